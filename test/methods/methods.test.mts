import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';

import { AgentAiClient } from '../../nodes/AgentAi/client/client.ts';
import { unwrap } from '../../nodes/AgentAi/failures/failureError.ts';
import { getActionInputs, searchActions } from '../../nodes/AgentAi/methods/actions.ts';
import { searchOpenClawAgents } from '../../nodes/AgentAi/methods/openClawAgents.ts';
import { searchSessions } from '../../nodes/AgentAi/methods/sessions.ts';
import { searchTools } from '../../nodes/AgentAi/methods/throughTool.ts';

interface Sent {
	tool: string;
	args: IDataObject;
}

/** The panel of a node, with an instance whose tools answer as told; `undefined` is a tool that the policy forbids. */
function panel(
	answer: (sent: Sent) => object | undefined,
	parameters: IDataObject = {},
	catalogue: unknown[] = [],
	credential: IDataObject = {},
) {
	const sent: Sent[] = [];
	const tokens = crypto.randomUUID();
	const context = {
		getNode: () => ({ name: 'Agent.ai', type: 'agentAi' }),
		getCurrentNodeParameter: (name: string) => ({ instance: 'automatic', ...parameters })[name],
		getCredentials: () =>
			Promise.resolve({ apiToken: tokens, baseUrl: 'http://127.0.0.1:1/v1', instanceIp: '10.0.0.1', authToken: tokens, ...credential }),
		helpers: {
			httpRequestWithAuthentication: (_type: string, { url, body }: { url: string; body: IDataObject | string }) => {
				if (url.endsWith('/functions')) return Promise.resolve({ statusCode: 200, headers: {}, body: catalogue });
				const { tool, args_json: args } = (typeof body === 'string' ? JSON.parse(body) : body) as { tool: string; args_json: string };
				const call = { tool, args: JSON.parse(args) as IDataObject };
				sent.push(call);
				const details = answer(call);
				const response = details
					? { ok: true, result: { content: [{ type: 'text', text: JSON.stringify(details) }], details } }
					: { ok: false, error: { type: 'not_found', message: `Tool not available: ${tool}` } };
				return Promise.resolve({ statusCode: 200, headers: {}, body: { status: 200, response } });
			},
		},
	} as unknown as ILoadOptionsFunctions;
	return { context, sent };
}

test('a wrong gateway token in one panel refuses neither another instance nor the account', async () => {
	const credential = { apiToken: crypto.randomUUID(), instanceIp: '', authToken: '' };
	const waits = { maxLimitWaitMs: 0, maxDownWaitMs: 0 };
	const context = (authToken: string) => {
		const { context: one } = panel(
			() => ({ agents: [{ id: 'main' }] }),
			{
				instance: 'defineBelow',
				instance_ip: `${authToken}.example.com`,
				auth_token: authToken,
			},
			[],
			credential,
		);
		const { helpers } = one;
		const right = helpers.httpRequestWithAuthentication.bind(one);
		helpers.httpRequestWithAuthentication = async (type, options): Promise<unknown> => {
			const wrong = JSON.stringify(options.body ?? {}).includes('wrong');
			const body = { error: { message: 'Unauthorized', type: 'unauthorized' } };
			return wrong ? { statusCode: 401, headers: {}, body } : ((await right(type, options)) as unknown);
		};
		return one;
	};
	await expect(searchOpenClawAgents.call(context('wrong'))).rejects.toThrow('auth token');
	for (const name of ['right', 'other']) {
		const client = unwrap(await AgentAiClient.open(context(name)));
		const request = { action: 'openclaw_tools_invoke', body: { tool: 'x', args_json: '{}' }, timeoutSeconds: 1, secrets: [] };
		expect(await client.requestInTurn({ ...request, instance: `${name} x` }, waits)).toMatchObject({ ok: true });
		expect(await client.requestInTurn(request, waits)).toMatchObject({ ok: true });
	}
});

describe('agents', () => {
	const sessions = { sessions: [{ key: 'agent:research:x', agentId: 'research' }, { key: 'agent:sales:y' }, { key: 'short' }, 7] };
	const agents = { agents: [{ id: 'main', name: 'Main' }, { id: 'research' }, { id: '' }, null] };

	test('are those of agents_list and those of sessions_list, each once, by name', async () => {
		const { context } = panel(({ tool }) => (tool === 'agents_list' ? agents : sessions));
		expect((await searchOpenClawAgents.call(context)).results).toEqual([
			{ name: 'Main (main)', value: 'main' },
			{ name: 'research', value: 'research' },
			{ name: 'sales', value: 'sales' },
		]);
	});

	test('can be searched', async () => {
		const { context } = panel(({ tool }) => (tool === 'agents_list' ? agents : sessions));
		expect((await searchOpenClawAgents.call(context, ' SAL')).results.map(({ value }) => value)).toEqual(['sales']);
	});

	test.each(['agents_list', 'sessions_list'])('come from %s alone where the policy allows no more', async (allowed) => {
		const { context } = panel(({ tool }) => (tool === allowed ? { ...agents, ...sessions } : undefined));
		expect((await searchOpenClawAgents.call(context)).results.length).toBe(2);
	});

	test('that cannot be listed are typed', async () => {
		const { context } = panel(() => undefined);
		await expect(searchOpenClawAgents.call(context)).rejects.toMatchObject({
			message: 'The tool is not available on the OpenClaw instance',
			description: expect.stringMatching(/To type the agent’s ID, choose By ID beside the list\.$/) as string,
		});
	});
});

describe('sessions', () => {
	const row = (key: string, more: object = {}) => ({ key, ...more });

	test('are those that somebody has named, in the gateway’s order', async () => {
		const { context } = panel(() => ({
			sessions: [
				row('agent:main:b', { label: 'Customer B' }),
				row('agent:main:openai:8a1f'),
				row('agent:main:a', { displayName: 'agent:main:a' }),
				row('agent:main:openai:77', { label: 'Kept' }),
				row(''),
			],
		}));
		expect(await searchSessions.call(context)).toEqual({
			results: [
				{ name: 'Customer B (agent:main:b)', value: 'agent:main:b' },
				{ name: 'agent:main:a', value: 'agent:main:a' },
				{ name: 'Kept (agent:main:openai:77)', value: 'agent:main:openai:77' },
			],
		});
	});

	test('are searched by the gateway, and paged by it', async () => {
		const { context, sent } = panel(({ args }) =>
			args.offset === 100 ? { sessions: [row('agent:main:z')] } : { sessions: [row('agent:main:y')], hasMore: true, nextOffset: 100 },
		);
		const first = await searchSessions.call(context, ' cust ');
		expect(first).toEqual({ results: [{ name: 'agent:main:y', value: 'agent:main:y' }], paginationToken: '100' });
		expect(await searchSessions.call(context, 'cust', first.paginationToken!)).toEqual({
			results: [{ name: 'agent:main:z', value: 'agent:main:z' }],
		});
		expect(sent.map(({ args }) => args)).toEqual([{ search: 'cust' }, { search: 'cust', offset: 100 }]);
	});

	test('a page without any that can be chosen is passed over, three at most', async () => {
		const { context, sent } = panel(({ args }) => {
			const offset = Number(args.offset ?? 0);
			return { sessions: [row(`agent:main:openai:${offset}`)], hasMore: true, nextOffset: offset + 100 };
		});
		expect(await searchSessions.call(context)).toEqual({ results: [], paginationToken: '300' });
		expect(sent).toHaveLength(3);
	});

	test('an older gateway, which has no pages, says that there are more', async () => {
		const { context } = panel(() => ({ sessions: [row('agent:main:x')], hasMore: true }));
		expect((await searchSessions.call(context)).results.map(({ name }) => name)).toEqual([
			'agent:main:x',
			'There are more sessions: search for a part of the key',
		]);
	});

	test('that cannot be listed are typed', async () => {
		const { context } = panel(() => ({ something: 'else' }));
		await expect(searchSessions.call(context)).rejects.toMatchObject({
			message: expect.stringContaining('tool policy may not allow sessions_list') as string,
			description: 'Allow sessions_list on the instance, or enter the value. To type the key, choose By ID beside the list.',
		});
	});
});

test('tools are those that the HTTP endpoint of the gateway lets through', async () => {
	const { context } = panel(() => ({}));
	const names = (await searchTools.call(context)).results.map(({ value }) => value);
	expect(names).toContain('sessions_list');
	for (const refused of ['cron', 'automations', 'gateway', 'nodes', 'sessions_send', 'sessions_spawn', 'exec']) {
		expect(names).not.toContain(refused);
	}
	expect((await searchTools.call(context, 'search the web')).results.map(({ value }) => value)).toEqual(['web_search']);
});

describe('actions and their inputs', () => {
	const catalogue = [
		{ name: 'web_search', description: 'Finds', parameters: { properties: { query: { type: 'string' } }, required: ['query'] } },
		{ name: 'invoke_agent', parameters: {} },
		{ name: 'openclaw_get_details' },
	];

	test('have names for people, and can be found by what they do', async () => {
		const { context } = panel(() => ({}), {}, catalogue);
		expect((await searchActions.call(context)).results.map(({ name }) => name)).toEqual([
			'Invoke Agent (invoke_agent)',
			'Web Search (web_search)',
		]);
		expect((await searchActions.call(context, 'finds')).results.map(({ value }) => value)).toEqual(['web_search']);
	});

	test('the chosen action’s inputs become fields; an expression has none', async () => {
		const ping = { name: 'ping', parameters: { properties: {} } };
		const fields = async (actionName: string) =>
			await getActionInputs.call(panel(() => ({}), { actionName }, [...catalogue, ping]).context);
		expect((await fields('web_search')).fields.map(({ id, required }) => [id, required])).toEqual([['query', true]]);
		expect((await fields('invoke_agent')).fields.map(({ id }) => id)).toEqual(['id', 'user_input', 'run_id']);
		expect(await fields('')).toEqual({ fields: [] });
		expect(await fields('ping')).toEqual({ fields: [], emptyFieldsNotice: 'This action has no inputs' });
		expect((await fields('={{ $json.action }}')).emptyFieldsNotice).toMatch(/Using JSON/);
		await expect(fields('gone')).rejects.toMatchObject({
			message: 'agent.ai has no action “gone”',
			description: expect.stringContaining('set Specify Inputs to Using JSON') as string,
		});
	});
});

test.each([
	['an expression as address', { instance: 'defineBelow', instance_ip: '={{ $json.ip }}', auth_token: 'x' }, /cannot use expressions/],
	['no token', { instance: 'defineBelow', instance_ip: '10.0.0.1', auth_token: '' }, /^Auth Token is empty$/],
])('%s: the list says what it needs', async (_what, parameters, message) => {
	const { context, sent } = panel(() => ({}), parameters);
	await expect(searchOpenClawAgents.call(context)).rejects.toThrow(message);
	expect(sent).toHaveLength(0);
});

test('a credential whose token is an expression has none without an item: the list says so, and sends nothing', async () => {
	const { context, sent } = panel(() => ({}), {}, [], { apiToken: '' });
	const failed: unknown = await searchOpenClawAgents.call(context).catch((error: unknown) => error);
	expect(failed).toMatchObject({
		message: 'API Token in the Agent.ai credential is empty',
		description: expect.stringContaining('Lists in the panel have no item') as string,
	});
	expect(sent).toHaveLength(0);
});
