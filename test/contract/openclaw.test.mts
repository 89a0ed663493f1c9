import type { INodeProperties } from 'n8n-workflow';
import nock from 'nock';

import { AgentAi } from '../../nodes/AgentAi/AgentAi.node.ts';
import { OPERATIONS } from '../../nodes/AgentAi/operations/index.ts';
import contract from '../../sandbox/contract/openclaw_chat_completion.json' with { type: 'json' };
import detailsContract from '../../sandbox/contract/openclaw_get_details.json' with { type: 'json' };
import toolsContract from '../../sandbox/contract/openclaw_tools_invoke.json' with { type: 'json' };
import { runNode } from '../support/engine.mts';

// its stand-ins for sockets must not reach the other tests of this process
afterAll(() => nock.restore());

interface Field {
	type: string;
	default?: unknown;
	pattern?: string;
	'x-ui'?: string;
}

interface Contract {
	requestBody: { properties: Record<string, Field>; required: string[] };
}

/** The three actions, each with the operation that mirrors it. */
const MIRRORS: [operation: string, contract: Contract, fields: number][] = [
	['chatCompletion', contract, 10],
	['getDetails', detailsContract, 1],
	['invokeTool', toolsContract, 11],
];

/** Parameters of n8n's side, which are no fields of the action. */
const OURS = [
	'resource',
	'operation',
	'instance',
	'options',
	'argumentNotice',
	'messages',
	'simplify',
	'includeInputFields',
	'includeRequestInfo',
	'parseJson',
	'outputFields',
	'outputSchema',
	'repairAttempts',
	'onInvalidJson',
	'includeAuthToken',
	'maxConcurrency',
	'maxRateLimitWait',
	'requestsPerMinute',
	'handOverEvery',
	'handOverTo',
	'maxRequests',
	'maxTries',
	'sameRequestOnce',
	'retryUncertainFailures',
	'stopAfterFailures',
];

/** All parameters of the operation, options included, by name. */
function parameters(operation: string): Map<string, INodeProperties> {
	const shown = new AgentAi().description.properties.filter(({ displayOptions }) => {
		const { resource, operation: operations } = displayOptions?.show ?? {};
		const forOpenClaw = resource === undefined || resource.includes('openclaw');
		return forOpenClaw && (operations === undefined || operations.includes(operation));
	});
	const options = shown.find(({ name }) => name === 'options')?.options as INodeProperties[];
	return new Map([...shown, ...options].map((property) => [property.name, property]));
}

/** The contract's type of a parameter; `timeout` is a number of seconds in the panel and a string on the wire. */
function wireType({ name, type }: INodeProperties): string {
	if (name === 'timeout' && type === 'number') return 'string';
	return ({ string: 'string', resourceLocator: 'string', boolean: 'boolean', number: 'number' } as Record<string, string>)[type] ?? type;
}

/** A parameter's default as it goes over the wire; an empty text is no default. */
function wireDefault(property: INodeProperties): unknown {
	const { default: value, type, name } = property;
	const plain = type === 'resourceLocator' ? (value as { value: unknown }).value : value;
	if (plain === '') return undefined;
	return name === 'timeout' ? String(plain) : plain;
}

describe.each(MIRRORS)('the panel of %s and its contract', (operation, { requestBody }, fields) => {
	test('have the same fields', () => {
		const ours = [...parameters(operation).keys()].filter((name) => !OURS.includes(name)).sort();
		expect(ours).toEqual(Object.keys(requestBody.properties).sort());
		expect(ours).toHaveLength(fields);
	});

	test.each(Object.entries(requestBody.properties))('%s has its type, default, requirement and textarea', (name, field) => {
		const property = parameters(operation).get(name)!;
		expect(wireType(property)).toBe(field.type);
		expect(wireDefault(property)).toEqual(field.default);
		expect(property.required ?? false).toBe(requestBody.required.includes(name));
		expect((property.typeOptions?.rows ?? 1) > 1).toBe(field['x-ui'] === 'textarea');
	});
});

test('every operation of OpenClaw has its contract here', () => {
	const operations = OPERATIONS.filter(({ resource }) => resource === 'openclaw').map(({ option }) => option.value);
	expect(MIRRORS.map(([operation]) => operation)).toEqual(operations);
});

describe('the contract', () => {
	test.each(['a', 'A9_', '9a', '_a', 'a-b', 'a b', 'ä', 'a\n', 'a.b'])('the pattern decides about the output name %j', async (name) => {
		const pattern = new RegExp(contract.requestBody.properties.output_variable_name.pattern);
		nock('https://api-lr.agent.ai')
			.post('/v1/action/openclaw_chat_completion')
			.reply(200, { status: 200, response: { response_text: 'hello' } });
		const { error } = await run({ message: 'hi', output_variable_name: name });
		// surrounding white space is a slip of the keyboard and is taken off
		expect(error === undefined).toBe(pattern.test(name.trim()));
		nock.cleanAll();
	});

	test('the server is the credential’s default', async () => {
		const { AgentAiApi } = await import('../../credentials/AgentAiApi.credentials.ts');
		const baseUrl = new AgentAiApi().properties.find(({ name }) => name === 'baseUrl');
		expect(baseUrl?.default).toBe(contract.server);
	});
});

describe('exact bytes', () => {
	afterEach(() => nock.cleanAll());

	/** The request that goes out for the given parameters. */
	async function sent(parameterValues: Record<string, unknown>): Promise<{ body: string; headers: Record<string, string> }> {
		let request: { body: string; headers: Record<string, string> } | undefined;
		nock('https://api-lr.agent.ai')
			.post('/v1/action/openclaw_chat_completion')
			.reply(function (_uri, body) {
				request = {
					body: typeof body === 'string' ? body : JSON.stringify(body),
					headers: this.req.headers,
				};
				return [200, { status: 200, response: { response_text: 'ok' } }];
			});
		const { error } = await run(parameterValues);
		expect(error).toBeUndefined();
		return request!;
	}

	test('all defaults', async () => {
		const { body, headers } = await sent({ message: 'Hi' });
		expect(body).toBe(
			'{"instance_ip":"10.0.0.1","auth_token":"gateway-token","message":"Hi","model":"openclaw:main","agent_id":"main","stream":false,"timeout":"120","output_variable_name":"openclaw_result"}',
		);
		expect(headers.authorization).toBe('Bearer test-token');
		expect(headers['content-type']).toBe('application/json');
	});

	test('all fields set', async () => {
		const { body, headers } = await sent({
			instance: 'defineBelow',
			instance_ip: 'claw.example.com',
			auth_token: 'own-token',
			message: 'Grüße “an” alle\n🦞',
			agent_id: { __rl: true, mode: 'id', value: 'research' },
			session_key: { __rl: true, mode: 'id', value: 'conv1' },
			output_variable_name: 'reply',
			options: {
				messages_json: '[ {"role":"user", "content":"hi"} ]',
				model: 'agent:research',
				stream: true,
				timeout: 900,
			},
		});
		expect(body).toBe(
			'{"instance_ip":"claw.example.com","auth_token":"own-token","message":"Grüße “an” alle\\n🦞","messages_json":"[ {\\"role\\":\\"user\\", \\"content\\":\\"hi\\"} ]","model":"agent:research","agent_id":"research","session_key":"agent:research:conv1","stream":true,"timeout":"900","output_variable_name":"reply"}',
		);
		expect(headers.accept).toBe('text/event-stream, application/json');
	});

	test('every optional field empty', async () => {
		const { body } = await sent({
			message: '',
			agent_id: { __rl: true, mode: 'id', value: '' },
			session_key: { __rl: true, mode: 'id', value: '' },
			options: { messages_json: '[{"role":"user","content":"hi"}]', model: '', timeout: '' },
		});
		expect(body).toBe(
			'{"instance_ip":"10.0.0.1","auth_token":"gateway-token","messages_json":"[{\\"role\\":\\"user\\",\\"content\\":\\"hi\\"}]","stream":false,"output_variable_name":"openclaw_result"}',
		);
	});
});

async function run(parameterValues: Record<string, unknown>) {
	return await runNode({
		credential: { apiToken: 'test-token', baseUrl: contract.server, instanceIp: '10.0.0.1', authToken: 'gateway-token' },
		parameters: parameterValues as never,
	});
}
