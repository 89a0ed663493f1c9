import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';

import { getAgentInputs, searchAgents } from '../../nodes/AgentAi/methods/agents.ts';
import type { SandboxOptions } from '../../sandbox/server.mts';
import { credentialFor, startSandbox } from '../support/sandbox.mts';
import { WireServer } from '../support/wireServer.mts';

/** The panel of a node, whose requests go to a real server. */
const panelOf = (credential: object, parameters: IDataObject) =>
	({
		getNode: () => ({ name: 'Agent.ai', type: 'agentAi' }),
		getCurrentNodeParameter: (name: string) => parameters[name],
		getCredentials: () => Promise.resolve(credential),
		helpers: {
			httpRequestWithAuthentication: async (_type: string, { url, body }: { url: string; body: unknown }) => {
				const headers = { 'content-type': 'application/json', authorization: `Bearer ${(credential as { apiToken: string }).apiToken}` };
				const answer = await fetch(url, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
				return { statusCode: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.json() };
			},
		},
	}) as unknown as ILoadOptionsFunctions;

async function agents(options: SandboxOptions = {}) {
	const sandbox = await startSandbox(options);
	const panel = (parameters: IDataObject = {}) => panelOf(credentialFor(sandbox), parameters);
	return {
		sent: () => sandbox.actions.map(({ name, body }) => [name, body]),
		list: async (parameters: IDataObject = {}, filter?: string, page?: string) =>
			await searchAgents.call(panel({ visibility: 'public', ...parameters }), filter, page),
		inputs: async (agent: IDataObject) => await getAgentInputs.call(panel({ agent })),
	};
}

/** A server that finds this one agent, whatever it is asked. */
async function finding(agent: object) {
	const entry = { type: 'function', function: agent };
	const server = await WireServer.start({ body: JSON.stringify({ status: 200, response: [entry] }) });
	return panelOf({ apiToken: 'token', baseUrl: server.baseUrl }, { agent: fromList('x1', 'X'), visibility: 'public' });
}

const fromList = (value: string, cachedResultName: string) => ({ __rl: true, mode: 'list', value, cachedResultName });
const typed = (value: string, mode = 'id') => ({ __rl: true, mode, value });

describe('the list', () => {
	test('shows name and first line, and links to the page that agent.ai has named', async () => {
		const { list } = await agents();
		expect((await list({}, 'scout')).results).toEqual([
			{ name: 'Lead Scout', value: 'sc0ut01', description: 'Looks a company up.', url: 'https://agent.ai/agent/lead-scout' },
		]);
		const [handbook] = (await list({}, 'handbook')).results;
		expect(handbook).toMatchObject({ name: 'House Rules', value: 'kn0w02' });
		expect(handbook).not.toHaveProperty('url');
	});

	test('is searched at the server: the choice beside it goes out as status, the typed text as query', async () => {
		const { list, sent } = await agents();
		expect((await list({ visibility: 'team' }, ' digest ')).results.map(({ name }) => name)).toEqual(['Weekly Digest']);
		expect((await list({ visibility: 'all' }, 'digest')).results.map(({ name }) => name)).toEqual(['Topic Digest', 'Weekly Digest']);
		expect(sent()).toEqual([
			['search', { query: 'digest', status: 'team', limit: 100, page: 0 }],
			['search', { query: 'digest', status: 'all', limit: 100, page: 0 }],
		]);
	});

	test('goes on page by page, and the same question is asked once', async () => {
		const { list, sent } = await agents({ fillerAgents: 222 });
		const pages = [await list(), await list({}, '', '1'), await list({}, '', '2'), await list()];
		expect(pages.map(({ results, paginationToken }) => [results.length, paginationToken])).toEqual([
			[100, '1'],
			[100, '2'],
			[30, undefined],
			[100, '1'],
		]);
		expect(sent()).toHaveLength(3);
	});

	test('cuts a description that is too long, and shows an agent of which only the function’s name is known', async () => {
		const panel = await finding({ name: 'invoke_agent_x1', description: `${'word '.repeat(40)}\n\nmore` });
		const [entry] = (await searchAgents.call(panel)).results;
		expect(entry).toMatchObject({ name: 'x1', value: 'x1' });
		expect(entry?.description).toMatch(/^(?:word ){23}word…$/);
	});

	test('goes on behind a full page of which one entry is no agent', async () => {
		const entry = (number: number) => ({ function: number === 7 ? {} : { name: `invoke_agent_x${number}` } });
		const response = Array.from({ length: 100 }, (_, number) => entry(number));
		const server = await WireServer.start({ body: JSON.stringify({ status: 200, response }) });
		const listed = await searchAgents.call(panelOf({ apiToken: 'token', baseUrl: server.baseUrl }, { visibility: 'public' }));
		expect([listed.results.length, listed.paginationToken]).toEqual([99, '1']);
	});

	test('asks again for what it has not found, after a while in which it may have been made', async () => {
		let now = performance.now();
		const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
		const made = JSON.stringify({ status: 200, response: [{ function: { name: 'invoke_agent_x1' } }] });
		const server = await WireServer.start((_body, number) => ({ body: number === 1 ? '{"status":200,"response":[]}' : made }));
		const panel = panelOf({ apiToken: 'token', baseUrl: server.baseUrl }, { visibility: 'public' });
		const found: number[] = [];
		for (const pauseMs of [0, 9_000, 2_000, 100_000]) {
			now += pauseMs;
			found.push((await searchAgents.call(panel, 'x1')).results.length);
		}
		clock.mockRestore();
		expect(found).toEqual([0, 0, 1, 1]);
		expect(server.requests).toHaveLength(2);
	});

	test('asks again where agent.ai is out for a moment, because a question only reads', async () => {
		const answers = [{ status: 503, body: '{"error":"busy"}', headers: { 'retry-after': '0' } }, { body: '{"status":200,"response":[]}' }];
		const server = await WireServer.start((_body, number) => answers[number - 1]!);
		const panel = panelOf({ apiToken: 'token', baseUrl: server.baseUrl }, { visibility: 'public' });
		expect(await searchAgents.call(panel)).toEqual({ results: [] });
		expect(server.requests).toHaveLength(2);
	});

	test('that cannot be had says how to go on', async () => {
		const server = await WireServer.start({ status: 400, body: '{"status":400,"error":"no search today"}' });
		const panel = panelOf({ apiToken: 'token', baseUrl: server.baseUrl }, { visibility: 'public' });
		await expect(searchAgents.call(panel)).rejects.toMatchObject({
			description: expect.stringMatching(/no search today.*choose By ID or By URL beside the list/s) as string,
		});
	});
});

describe('the inputs of an agent', () => {
	const LEAD_SCOUT = [
		['company', 'Company name', 'string', true, undefined, undefined],
		['market', 'Market', 'options', false, 'EU', ['EU', 'US', 'other']],
		['detail', 'How much detail', 'string', false, 'short', undefined],
		['remarks', 'Remarks for the agent', 'string', false, undefined, undefined],
	];
	const shown = ({ fields }: Awaited<ReturnType<typeof getAgentInputs>>) =>
		fields.map(({ id, displayName, type, required, defaultValue, options }) => [
			id,
			displayName,
			type,
			required,
			defaultValue,
			options?.map(({ value }) => value),
		]);

	test('have labels without marks, choices and defaults; what has a default does not block', async () => {
		const { inputs, sent } = await agents();
		expect(shown(await inputs(fromList('sc0ut01', 'Lead Scout')))).toEqual(LEAD_SCOUT);
		expect(sent()).toEqual([['search', { query: 'Lead Scout', status: 'all', limit: 100, page: 0 }]]);
	});

	test('are the same for an agent by its slug or its page: what it is called is asked first', async () => {
		const { inputs, sent } = await agents();
		for (const agent of [typed('lead-scout'), typed('https://agent.ai/agent/lead-scout', 'url')]) {
			expect(shown(await inputs(agent))).toEqual(LEAD_SCOUT);
		}
		expect(sent().map(([name]) => name)).toEqual(['describe_agent', 'search']);
	});

	test('are none for an agent without any: it gets a Message', async () => {
		const { inputs } = await agents();
		for (const agent of [fromList('kn0w02', 'House Rules'), fromList('kn0w03', 'Opening Hours'), typed('opening-hours')]) {
			expect(await inputs(agent)).toEqual({ fields: [], emptyFieldsNotice: expect.stringContaining('give it a Message') as string });
		}
	});

	test('are not asked for before there is an agent, and not for one that an expression chooses', async () => {
		const { inputs, sent } = await agents();
		expect(await inputs(typed(''))).toEqual({ fields: [] });
		expect((await inputs(typed('={{ $json.agent }}'))).emptyFieldsNotice).toMatch(/map the columns automatically/);
		expect(sent()).toEqual([]);
	});

	test('of an agent that is not there say so', async () => {
		const { inputs } = await agents();
		await expect(inputs(typed('nobody'))).rejects.toMatchObject({
			description: expect.stringMatching(/Agent not found.*set Specify Inputs to Using JSON/s) as string,
		});
	});

	test('lose every mark around their label, and none inside', async () => {
		const labels = { a: ' * Name * : ', b: 'Ratio 1:2 *', c: '***', d: 'First line:\nsecond', e: '' };
		const properties = Object.fromEntries(Object.entries(labels).map(([name, description]) => [name, { type: 'string', description }]));
		const panel = await finding({ name: 'invoke_agent_x1', metadata: { id: 'x1', name: 'X' }, parameters: { properties } });
		const { fields } = await getAgentInputs.call(panel);
		expect(fields.map(({ displayName }) => displayName)).toEqual(['Name', 'Ratio 1:2', 'C', 'First line', 'E']);
	});
});
