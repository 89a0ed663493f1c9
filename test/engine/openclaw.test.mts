import type { IDataObject } from 'n8n-workflow';

import type { SandboxOptions } from '../../sandbox/server.mts';
import { runNode } from '../support/engine.mts';
import { credentialFor, startSandbox, textOf } from '../support/sandbox.mts';
import { WireServer } from '../support/wireServer.mts';

const locator = (value: string) => ({ __rl: true, mode: 'id', value });

/** A sandbox, and a credential that names no instance. */
async function account(options: SandboxOptions = {}) {
	const sandbox = await startSandbox(options);
	return { sandbox, credential: { ...credentialFor(sandbox), instanceIp: '', authToken: '' } };
}

const named = (sandbox: Awaited<ReturnType<typeof startSandbox>>, name: string) => sandbox.actions.filter((each) => each.name === name);

describe('Get Details', () => {
	test('gives the instance without its token, and says that it was left out', async () => {
		const { sandbox, credential } = await account();
		const result = await runNode({ credential, parameters: { operation: 'getDetails', output_variable_name: 'openclaw' } });
		expect(result.items[0]?.json.openclaw).toEqual({
			instance_ip: '127.0.0.1',
			status: 'running',
			auth_token_omitted: expect.stringContaining('Include Auth Token') as string,
		});
		expect(result.everything).not.toContain(sandbox.options.authToken);
		expect(sandbox.actions).toEqual([{ name: 'openclaw_get_details', body: { output_variable_name: 'openclaw' } }]);
	});

	test('gives the token where it was asked for, also when the credential holds the same', async () => {
		const sandbox = await startSandbox();
		const { items } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { operation: 'getDetails', output_variable_name: 'openclaw', simplify: true, options: { includeAuthToken: true } },
		});
		expect(items[0]?.json).toEqual({ openclaw: { instance_ip: '127.0.0.1', status: 'running', auth_token: sandbox.options.authToken } });
	});
});

describe('OpenClaw Instance: Automatic', () => {
	const chat = { message: '={{ $json.row }}', options: { maxConcurrency: 10 } };
	const rows = (count: number) => Array.from({ length: count }, (_, row) => ({ row: `row ${row}` }));

	test('asks agent.ai once for a run, and not again within ten minutes', async () => {
		const { sandbox, credential } = await account({ latencyMs: 5 });
		const first = await runNode({ credential, parameters: chat, items: rows(30) });
		expect(first.items.filter(({ json }) => textOf(json))).toHaveLength(30);
		await runNode({ credential, parameters: chat, items: rows(3) });
		expect(named(sandbox, 'openclaw_get_details')).toHaveLength(1);
		expect(first.everything).not.toContain(sandbox.options.authToken);
	});

	test('runs that start together ask once', async () => {
		const { sandbox, credential } = await account();
		await Promise.all([1, 2, 3].map(async () => await runNode({ credential, parameters: chat, items: rows(2) })));
		expect(named(sandbox, 'openclaw_get_details')).toHaveLength(1);
	});

	test('an offline instance is one clear error, and nothing is sent to it', async () => {
		const { sandbox, credential } = await account({ instanceStatus: 'stopped' });
		const { error } = await runNode({ credential, parameters: chat, items: rows(5) });
		expect(error?.message).toMatch(/^The OpenClaw instance of the account is not running/);
		expect(error?.description).toContain('status: stopped');
		expect(sandbox.requests).toHaveLength(0);
		expect(named(sandbox, 'openclaw_get_details')).toHaveLength(1);
		sandbox.options.instanceStatus = 'running';
		expect((await runNode({ credential, parameters: chat, items: rows(1) })).error).toBeUndefined();
	});

	test('in Continue every item says why', async () => {
		const { credential } = await account({ instanceStatus: 'offline' });
		const { items } = await runNode({ credential, parameters: chat, items: rows(2), onError: 'continueRegularOutput' });
		expect(items.map(({ json }) => (json.error as IDataObject).message)).toEqual(
			Array(2).fill('The OpenClaw instance of the account is not running'),
		);
	});

	test('is asked for again when its token is refused, and the row sent with the new one', async () => {
		const { sandbox, credential } = await account();
		await runNode({ credential, parameters: chat, items: rows(1) });
		sandbox.options.authToken = 'renewed-gateway-token';
		expect((await runNode({ credential, parameters: chat, items: rows(1) })).error).toBeUndefined();
		expect(named(sandbox, 'openclaw_get_details')).toHaveLength(2);
	});

	test.each([
		[500, '{"error":"oops"}'],
		[200, '<html>One moment</html>'],
	])(
		'stays the one that is known while agent.ai cannot say (%s %s)',
		async (status, body) => {
			const details = { status: 200, response: { instance_ip: '10.0.0.1', auth_token: 'gateway-token-4711', status: 'running' } };
			let [questions, chats] = [0, 0];
			const server = await WireServer.start((_body, _number, path) => {
				if (path.endsWith('get_details')) return questions++ === 0 ? { body: JSON.stringify(details) } : { status, body };
				// what may mean that the instance has moved
				return chats++ === 2 ? { status: 504, body: '' } : { body: '{"status":200,"response":{"response_text":"re: hi"}}' };
			});
			const { items } = await runNode({
				credential: { apiToken: crypto.randomUUID(), baseUrl: server.baseUrl },
				parameters: { ...chat, options: { maxConcurrency: 1 } },
				items: rows(300),
				mode: 'trigger',
				onError: 'continueRegularOutput',
			});
			expect(items.flatMap(({ json }, index) => (json.error ? [index] : []))).toEqual([2]);
			expect(questions).toBeLessThan(10);
		},
		60_000,
	);

	test('is not asked for where the node defines the instance itself', async () => {
		const { sandbox, credential } = await account();
		const { error } = await runNode({
			credential,
			parameters: { ...chat, instance: 'defineBelow', instance_ip: '10.0.0.9', auth_token: sandbox.options.authToken },
			items: rows(1),
		});
		expect(error).toBeUndefined();
		expect(named(sandbox, 'openclaw_get_details')).toHaveLength(0);
	});
});

describe('Invoke Tool', () => {
	const invoke = async (parameters: IDataObject, options: SandboxOptions = {}) => {
		const sandbox = await startSandbox(options);
		const result = await runNode({
			credential: credentialFor(sandbox),
			parameters: { operation: 'invokeTool', output_variable_name: 'tool_result', ...parameters },
		});
		return { ...result, sent: sandbox.actions[0]?.body };
	};

	test('all defaults', async () => {
		const { items, sent } = await invoke({ tool: locator('agents_list'), session_key: locator('main') });
		expect(JSON.stringify(sent)).toBe(
			'{"instance_ip":"127.0.0.1","auth_token":"sandbox-gateway-token","tool":"agents_list","session_key":"main","dry_run":false,"timeout":"60","output_variable_name":"tool_result"}',
		);
		expect(items[0]?.json.tool_result).toMatchObject({
			ok: true,
			result: { content: [{ type: 'text' }], details: { requester: 'main', agents: [{ id: 'main' }] } },
		});
	});

	test('all fields set', async () => {
		const { sent, error } = await invoke({
			tool: 'web_search',
			args_json: '={{ { query: "n8n" } }}',
			session_key: locator('agent:research:x'),
			output_variable_name: 'found',
			options: { action: 'json', dry_run: true, message_channel: 'slack', account_id: 'work', timeout: 400 },
		});
		expect(error).toBeUndefined();
		expect(JSON.stringify(sent)).toBe(
			'{"instance_ip":"127.0.0.1","auth_token":"sandbox-gateway-token","tool":"web_search","action":"json","args_json":"{\\"query\\":\\"n8n\\"}","session_key":"agent:research:x","dry_run":true,"message_channel":"slack","account_id":"work","timeout":"400","output_variable_name":"found"}',
		);
	});

	test('arguments that look like a resource locator are arguments', async () => {
		const { sent } = await invoke({ tool: 'agents_list', args_json: '={{ { mode: "fast", value: 3 } }}' });
		expect(sent).toMatchObject({ args_json: '{"mode":"fast","value":3}' });
	});

	test('arguments go out as they were typed, and a short session key as the full key', async () => {
		const { sent } = await invoke({ tool: 'agents_list', args_json: ' {"id": 7615917337495251231} ', session_key: locator('conv1') });
		expect(sent).toMatchObject({ args_json: ' {"id": 7615917337495251231} ', session_key: 'agent:main:conv1' });
	});

	test('every optional field empty', async () => {
		const { sent } = await invoke({ tool: 'agents_list', session_key: locator(''), options: { timeout: '', action: '' } });
		expect(JSON.stringify(sent)).toBe(
			'{"instance_ip":"127.0.0.1","auth_token":"sandbox-gateway-token","tool":"agents_list","dry_run":false,"output_variable_name":"tool_result"}',
		);
	});

	test.each<[string, IDataObject, RegExp, RegExp]>([
		['a tool’s own error', { tool: 'web_search', args_json: '{}' }, /^The tool could not complete the call$/, /query required/],
		['a tool that is not there', { tool: 'exec' }, /^The tool is not available/, /Tool not available: exec/],
		['broken arguments', { tool: 'web_search', args_json: '{"query"' }, /^Arguments \(JSON\) is not valid JSON/, /JSON object such as/],
		['a list as arguments', { tool: 'web_search', args_json: '[1]' }, /must be an object, not a list/, /JSON object/],
		['no tool', { tool: '={{ "" }}' }, /^Tool is empty$/, /Choose a tool/],
	])('%s', async (_what, parameters, message, description) => {
		const { error } = await invoke(parameters);
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(description);
	});

	test('a tool that the policy forbids', async () => {
		const { error } = await invoke({ tool: 'web_search' }, { forbiddenTools: ['web_search'] });
		expect(error?.message).toBe('The tool is not available on the OpenClaw instance');
	});
});

describe('Action: Run', () => {
	const run = async (parameters: IDataObject, items: IDataObject[] = [{}], options: SandboxOptions = {}) => {
		const sandbox = await startSandbox(options);
		const result = await runNode({
			credential: credentialFor(sandbox),
			parameters: { resource: 'action', operation: 'run', ...parameters },
			items,
		});
		return { ...result, sandbox, sent: sandbox.actions[0]?.body };
	};
	const json = (actionName: string, inputs: unknown, more: IDataObject = {}) => ({
		actionName: locator(actionName),
		inputsMode: 'json',
		inputsJson: typeof inputs === 'string' ? inputs : JSON.stringify(inputs),
		...more,
	});

	test('inputs as fields keep their JSON types, and empty ones are left out', async () => {
		const { sent, items, error } = await run(
			{
				actionName: locator('sandbox_company_facts'),
				inputsMode: 'fields',
				inputs: { mappingMode: 'defineBelow', value: { company: '={{ $json.name }}', quarter: '2', year: 2026 } },
			},
			[{ name: 'Acme' }],
		);
		expect(error).toBeUndefined();
		expect(sent).toEqual({ company: 'Acme', quarter: 2, year: 2026 });
		// this action has no output variable name: the ActionResponse alone
		expect(items[0]?.json).toEqual({ status: 200, response: { action: 'sandbox_company_facts', inputs: sent } });
	});

	test('inputs that look like a resource locator are inputs', async () => {
		const { error, sandbox } = await run(json('sandbox_weather', '={{ { mode: "fast", value: 3 } }}'));
		expect(error?.message).toBe('sandbox_weather has no input “mode”');
		expect(sandbox.actions).toHaveLength(0);
	});

	test('rows map by themselves, other columns aside', async () => {
		const { sent } = await run(
			{ actionName: locator('sandbox_weather'), inputsMode: 'fields', inputs: { mappingMode: 'autoMapInputData', value: null } },
			[{ city: 'Lisbon', days: 5, unrelated: 'x' }],
		);
		expect(sent).toEqual({ city: 'Lisbon', days: 5, output_variable_name: 'weather' });
	});

	test('fields that an action has lost since are not sent', async () => {
		const { sent } = await run({
			actionName: locator('sandbox_weather'),
			inputsMode: 'fields',
			inputs: { mappingMode: 'defineBelow', value: { city: 'Lisbon', gone: 'x', output_variable_name: 'w' } },
		});
		expect(sent).toEqual({ city: 'Lisbon', output_variable_name: 'w' });
	});

	test('the answer stands under the action’s own output variable name', async () => {
		const { items } = await run(json('sandbox_echo', { message: 'hi', output_variable_name: 'said' }));
		expect(items[0]?.json).toEqual({ status: 200, response: 'hi', said: 'hi' });
	});

	test.each<[string, unknown, unknown]>([
		['sandbox_shout', { input: 'hi' }, 'hi'],
		['sandbox_word_list', { input: 'a b' }, ['a', 'b']],
		['sandbox_nothing', {}, null],
		['sandbox_screenshot', { url: 'https://example.com' }, 'https://files.example.com/sandbox_screenshot.png'],
	])('%s: any kind of response comes through, also simplified', async (name, inputs, response) => {
		expect((await run(json(name, inputs))).items[0]?.json).toEqual({ status: 200, response });
		expect((await run(json(name, inputs, { simplify: true }))).items[0]?.json).toEqual({ response });
	});

	test.each<[string, IDataObject, RegExp, RegExp]>([
		['an unknown input', json('sandbox_weather', { city: 'x', town: 'y' }), /has no input “town”/, /city, days, celsius/],
		['a missing one', json('sandbox_weather', { days: 3 }), /The input “city” is empty/, /requires it/],
		['an empty one', json('sandbox_weather', { city: '' }), /The input “city” is empty/, /requires it/],
		['a wrong type', json('sandbox_weather', { city: 'x', days: 'many' }), /“days” must be a whole number, not “many”/, /Correct/],
		['too small a number', json('sandbox_weather', { city: 'x', days: 0 }), /“days” must be 1 or more, not 0/, /Correct/],
		[
			'a value outside the list',
			json('sandbox_web_page', { url: 'https://x.y', mode: 'all' }),
			/“mode” must be one of page, site/,
			/Correct/,
		],
		['no web address', json('sandbox_web_page', { url: 'x' }), /“url” must be a web address/, /Correct/],
		[
			'a wrong list',
			json('sandbox_contact_find', { email: 'x', fields: ['age'] }),
			/“fields” must be a list of name, phone, company/,
			/Correct/,
		],
		['an unknown action', json('sandbox_missing', {}), /agent\.ai has no action “sandbox_missing”/, /from the list/],
		['a name that would be another address', json('..', {}), /agent\.ai has no action “\.\.”/, /from the list/],
		['an OpenClaw action', json('openclaw_get_details', {}), /has its own operation/, /Resource to OpenClaw/],
		['broken JSON', json('sandbox_weather', '{'), /Inputs \(JSON\) is not valid JSON/, /JSON object/],
		['a reserved output name', json('sandbox_echo', { message: 'x', output_variable_name: 'error' }), /cannot be “error”/, /another name/],
		['a wrong password', json('sandbox_mailbox_check', { server: 'x', password: { a: 1 } }), /“password” must be text/, /Correct/],
	])('%s is refused before sending', async (_what, parameters, message, description) => {
		const { error, sandbox } = await run(parameters);
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(description);
		expect(sandbox.actions).toHaveLength(0);
	});

	test('the catalogue is read once for a batch; the batch engine is the same as everywhere', async () => {
		const { items, sandbox } = await run(
			json('sandbox_shout', '={{ { input: $json.row } }}'),
			Array.from({ length: 40 }, (_, row) => ({ row: `row ${row}` })),
			{ rateLimit: 20, rateWindowMs: 1_000 },
		);
		expect(items.map(({ json: { response } }) => response)).toEqual(Array.from({ length: 40 }, (_, row) => `row ${row}`));
		expect(sandbox.catalogueReads).toBe(1);
		expect(sandbox.rateLimit?.refused).toBe(0);
	});

	test('a password of an action never comes out, also when the server quotes it', async () => {
		const sandbox = await startSandbox({ fault: () => '400' });
		const result = await runNode({
			credential: credentialFor(sandbox),
			parameters: {
				resource: 'action',
				operation: 'run',
				...json('sandbox_mailbox_check', '={{ { server: "x", password: "pass" + "word-4711" } }}'),
			},
		});
		expect(result.error?.message).toBe('agent.ai could not accept the request');
		expect(result.everything).not.toContain('password-4711');
	});
});
