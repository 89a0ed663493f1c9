import type { IDataObject } from 'n8n-workflow';

import { runNode } from '../support/engine.mts';
import { credentialFor, startSandbox } from '../support/sandbox.mts';

const id = (value: unknown) => ({ __rl: true, mode: 'id', value });

/** Runs one item and gives the body that arrived, or the error. */
async function send(parameters: IDataObject, credential: IDataObject = {}) {
	const sandbox = await startSandbox({ latencyMs: 0 });
	const result = await runNode({
		credential: { ...credentialFor(sandbox), ...credential },
		parameters: { message: 'hi', ...parameters },
	});
	return { body: sandbox.requests[0], requests: sandbox.requests.length, error: result.error };
}

describe('refused before any request', () => {
	test.each<[string, IDataObject, RegExp, RegExp]>([
		['no message', { message: '={{ "" }}' }, /^Message is empty$/, /Enter a Message/],
		[
			'no message of the user',
			{ message: ' ', options: { messages_json: '[{"role":"system","content":"x"}]' } },
			/contains no user message/,
			/Enter a Message/,
		],
		['broken JSON', { options: { messages_json: '[{"role"' } }, /Earlier Messages \(JSON\) is not valid JSON/, /Use the format/],
		['no list', { options: { messages_json: '{"role":"user"}' } }, /must be a list of messages, not an object/, /format/],
		[
			'a wrong role',
			{ options: { messages_json: '[{"role":"user","content":"x"},{"role":"bot","content":"x"}]' } },
			/The role of message 2 of Earlier Messages \(JSON\) is “bot”/,
			/system, developer, user, assistant, tool/,
		],
		['null content', { options: { messages_json: '[{"role":"user","content":null}]' } }, /content of message 1.*not null/, /format/],
		[
			'a bad content part',
			{ options: { messages_json: '[{"role":"user","content":[{"type":"text","text":"x"},"y"]}]' } },
			/Content part 2 of message 1/,
			/"type":"text"/,
		],
		[
			'both kinds of earlier messages',
			{
				options: {
					messages_json: '[{"role":"user","content":"x"}]',
					messages: { message: [{ role: 'user', content: 'y' }] },
				},
			},
			/both filled in/,
			/Remove one of them/,
		],
		['an object as message', { message: '={{ { a: 1 } }}' }, /Message must be text, not an object/, /JSON\.stringify/],
		['a bad output name', { output_variable_name: '1st' }, /must start with a letter.*“1st”/, /openclaw_result/],
		['an empty output name', { output_variable_name: '={{ "" }}' }, /must start with a letter/, /openclaw_result/],
		['the name status', { output_variable_name: 'status' }, /cannot be “status”/, /another name/],
		['the name error', { output_variable_name: 'error' }, /cannot be “error”/, /another name/],
		['the name metadata', { output_variable_name: 'metadata' }, /cannot be “metadata”/, /another name/],
		[
			'the name request with request info',
			{ output_variable_name: 'request', options: { includeRequestInfo: true } },
			/cannot be “request”/,
			/another name/,
		],
		['a timeout of nothing', { options: { timeout: 0 } }, /Timeout must be a number of seconds/, /Correct Timeout/],
		['a concurrency of 0', { options: { maxConcurrency: 0 } }, /Max Concurrency must be a whole number from 1 to 100, not 0/, /Options/],
		[
			'an agent and a model that disagree',
			{ agent_id: id('research'), options: { model: 'openclaw:sales' } },
			/Agent is “research”, but Model names the agent “sales”/,
			/remove Model/,
		],
		[
			'a session of another agent',
			{ agent_id: id('research'), session_key: id('agent:main:conv1') },
			/Session Key belongs to the agent “main”, but Agent is “research”/,
			/without the prefix “agent:…:”/,
		],
		['an empty address', { instance: 'defineBelow', instance_ip: '={{ "" }}', auth_token: 'x' }, /^Instance IP is empty$/, /Automatic/],
		[
			'an empty token for an instance of its own',
			{ instance: 'defineBelow', instance_ip: '10.0.0.2', auth_token: '={{ " " }}' },
			/^Auth Token is empty$/,
			/not sent elsewhere/,
		],
		[
			'a path in the address',
			{ instance: 'defineBelow', instance_ip: '10.0.0.2/x', auth_token: 'x' },
			/must be a host name/,
			/without a path/,
		],
		['four dots as address', { instance: 'defineBelow', instance_ip: '[....]', auth_token: 'x' }, /must be a host name/, /IPv6/],
		['no IPv4 address', { instance: 'defineBelow', instance_ip: '999.999.999.999', auth_token: 'x' }, /must be a host name/, /167\.71/],
		[
			'a token that no header can carry',
			{ instance: 'defineBelow', instance_ip: '10.0.0.2', auth_token: 'tök\ud800en' },
			/^Auth Token contains a character that is not allowed in a token$/,
			/Copy the token again/,
		],
		[
			'an agent that is set and a model that means another',
			{ agent_id: id('research'), options: { model: 'openclaw/default' } },
			/Agent is “research”, but Model “openclaw\/default” names the agent that the instance is set to/,
			/remove Model/,
		],
		[
			'a short key where nobody names the agent',
			{ session_key: id('conv1'), options: { model: 'openclaw/default' } },
			/Session Key “conv1” needs an agent, but Model “openclaw\/default” does not name one/,
			/agent:main:customer-4711/,
		],
		...['Session Key', 'Agent', 'Model'].map((label): [string, IDataObject, RegExp, RegExp] => [
			`a control character in ${label}`,
			{ 'Session Key': { session_key: id('a\tb') }, Agent: { agent_id: id('a\nb') }, Model: { options: { model: 'a\u0007b' } } }[label]!,
			new RegExp(`^${label} contains a line break or another control character$`),
			/replace/,
		]),
		[
			'a switch that is neither on nor off',
			{ options: { stream: 'maybe' } },
			/Stream must be true or false, not “maybe”/,
			/Turn Stream on or off/,
		],
		['another one', { simplify: '={{ 7 }}' }, /Simplify must be true or false, not 7/, /Turn Simplify/],
		[
			'the name message beside the row',
			{ output_variable_name: 'message', options: { includeInputFields: true } },
			/cannot be “message” while Include Input Fields/,
			/another name/,
		],
		[
			'the name details beside the row',
			{ output_variable_name: 'details', options: { includeInputFields: 'true' } },
			/cannot be “details” while/,
			/another name/,
		],
		['spaces in the address', { instance: 'defineBelow', instance_ip: 'my host', auth_token: 'x' }, /must be a host name/, /Use the form/],
	])('%s', async (_what, parameters, message, description) => {
		const { error, requests } = await send(parameters);
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(description);
		expect(error?.context?.itemIndex).toBe(0);
		expect(requests).toBe(0);
	});

	test('user info in an address is not repeated', async () => {
		const { error } = await send({ instance: 'defineBelow', instance_ip: 'me:s3cret@10.0.0.2', auth_token: 'x' });
		expect(error?.message).toContain('“…@10.0.0.2”');
		expect(error?.message).not.toContain('s3cret');
	});

	test('Automatic with an instance but no token', async () => {
		const { error, requests } = await send({}, { authToken: '' });
		expect(error?.message).toMatch(/no OpenClaw Auth Token/);
		expect(requests).toBe(0);
	});

	test('one bad row costs only itself in Continue, and in Stop nothing is sent at all', async () => {
		const sandbox = await startSandbox();
		const options = {
			credential: credentialFor(sandbox),
			parameters: { message: '={{ $json.row }}' },
			items: [{ row: 'a' }, { row: '' }, { row: 'c' }],
		};
		const stopped = await runNode(options);
		expect(stopped.error?.message).toContain('Message is empty (0 of 3 items answered, 1 failed, 2 not sent)');
		expect(sandbox.requests).toHaveLength(0);
		const continued = await runNode({ ...options, onError: 'continueRegularOutput' });
		expect(continued.items.map(({ json }) => 'error' in json)).toEqual([false, true, false]);
	});
});

describe('what goes out', () => {
	test.each<[string, IDataObject, object]>([
		['the agent leads when only it was changed', { agent_id: id('research') }, { agent_id: 'research', model: 'openclaw:research' }],
		[
			'the model leads when only it was changed',
			{ options: { model: 'agent:research' } },
			{ agent_id: 'research', model: 'agent:research' },
		],
		[
			'both may name the same agent',
			{ agent_id: id('research'), options: { model: 'openclaw/Research' } },
			{ agent_id: 'research', model: 'openclaw/Research' },
		],
		['a short key of main is completed', { session_key: id(' conv1 ') }, { session_key: 'agent:main:conv1' }],
		[
			'a short key of another agent is completed',
			{ agent_id: id('research'), session_key: id('conv1') },
			{ session_key: 'agent:research:conv1' },
		],
		[
			'a full key stays as it is',
			{ agent_id: id('research'), session_key: id('agent:research:conv1') },
			{ session_key: 'agent:research:conv1' },
		],
		['a plain string instead of a locator', { agent_id: 'research', session_key: 'conv1' }, { session_key: 'agent:research:conv1' }],
		['a number as session key', { session_key: id('={{ 4711 }}') }, { session_key: 'agent:main:4711' }],
		[
			'the word Bearer in front of a token',
			{ instance: 'defineBelow', instance_ip: '10.0.0.2', auth_token: 'Bearer \u200bsandbox-gateway-token' },
			{ auth_token: 'sandbox-gateway-token' },
		],
		['a text in a switch', { options: { stream: 'false' } }, { stream: false }],
		['an empty list of earlier messages', { options: { messages_json: '[]' } }, { messages_json: undefined }],
		[
			'earlier messages as they were typed, numbers beyond 2^53 included',
			{ options: { messages_json: '[ {"role":"user","content":"x","id":7615917337495251231} ]' } },
			{ messages_json: '[ {"role":"user","content":"x","id":7615917337495251231} ]' },
		],
		[
			'an assistant that only called tools',
			{ options: { messages_json: '[{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}]' } },
			{ messages_json: '[{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}]' },
		],
		['a number as message', { message: '={{ 42 }}' }, { message: '42' }],
		['a long timeout', { options: { timeout: 3600 } }, { timeout: '3600' }],
		[
			'earlier messages from an expression',
			{ options: { messages_json: '={{ [{ role: "user", content: "x" }] }}' } },
			{ messages_json: '[{"role":"user","content":"x"}]' },
		],
		[
			'earlier messages field by field',
			{ options: { messages: { message: [{ role: 'assistant', content: 'x' }] } } },
			{ messages_json: '[{"role":"assistant","content":"x"}]' },
		],
		[
			'an address as people paste it',
			{ instance: 'defineBelow', instance_ip: ' https://claw.example.com:18789/ ', auth_token: 'sandbox-gateway-token' },
			{ instance_ip: 'claw.example.com:18789' },
		],
	])('%s', async (_what, parameters, expected) => {
		const { body, error } = await send(parameters);
		expect(error).toBeUndefined();
		// undefined: not sent at all
		expect({ ...(body as object) }).toEqual(
			expect.objectContaining(Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined))),
		);
		for (const [name, value] of Object.entries(expected)) if (value === undefined) expect(body).not.toHaveProperty(name);
	});
});

test('an empty Message is marked before the run, unless earlier messages are given', async () => {
	const sandbox = await startSandbox();
	const run = async (parameters: IDataObject) => await runNode({ credential: credentialFor(sandbox), parameters });
	await expect(run({ message: '' })).rejects.toThrow(/Parameter "Message" is required|The workflow has issues/);
	const messages = { message: [{ role: 'user', content: 'hi' }] };
	expect((await run({ message: '', options: { messages } })).error).toBeUndefined();
	expect((await run({ message: '', options: { messages_json: '={{ [{ role: "user", content: "hi" }] }}' } })).error).toBeUndefined();
});

test.each(['canceled', 'It was CANCELLED.', 'cancelled'])('a person’s own “%s” never makes n8n call the run canceled', async (word) => {
	const sandbox = await startSandbox();
	const { run, error } = await runNode({
		credential: credentialFor(sandbox),
		parameters: { message: 'hi', output_variable_name: `={{ ${JSON.stringify(word)} + " !" }}` },
	});
	expect(run.status).toBe('error');
	expect(error?.message).toMatch(/Output Variable Name must start with a letter/);
	expect(error?.message).not.toContain('canceled');
});

test.each<[string, IDataObject, RegExp]>([
	['API Token', { apiToken: 'tok\u0000en' }, /^API Token in the Agent\.ai credential contains a character/],
	['OpenClaw Auth Token', { authToken: 'töken' }, /^OpenClaw Auth Token in the Agent\.ai credential contains a character/],
])('a credential whose %s no header can carry says so, without the token', async (_field, credential, message) => {
	const { error, requests } = await send({}, credential);
	expect(error?.message).toMatch(message);
	expect(requests).toBe(0);
});

test.each<[string, IDataObject, object]>([
	['goes alone', {}, { model: 'openclaw/default' }],
	['goes with the whole key of a session', { session_key: id('agent:main:x') }, { model: 'openclaw/default', session_key: 'agent:main:x' }],
])('a model that names no agent %s', async (_what, parameters, expected) => {
	// with several agents, the gateway wants one to be named
	const sandbox = await startSandbox({ agents: ['main'] });
	const { error } = await runNode({
		credential: credentialFor(sandbox),
		parameters: { message: 'hi', ...parameters, options: { model: 'openclaw/default' } },
	});
	expect(error).toBeUndefined();
	expect(sandbox.requests[0]).toMatchObject(expected);
	expect(sandbox.requests[0]).not.toHaveProperty('agent_id');
});
