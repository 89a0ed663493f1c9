import { createServer } from 'node:http';

import nock from 'nock';

import { runNode } from '../support/engine.mts';
import { portOf } from '../support/port.mts';
import { credentialFor, startSandbox, textOf } from '../support/sandbox.mts';
import { WireServer } from '../support/wireServer.mts';

const BASE_URL = 'https://api-lr.agent.ai/v1';
const CREDENTIAL = { apiToken: 'test-token', baseUrl: BASE_URL, instanceIp: '10.0.0.1', authToken: 'gateway-token' };

afterEach(() => nock.cleanAll());
// its stand-ins for sockets must not reach the other tests of this process
afterAll(() => nock.restore());

/** Runs one item whose action is answered with the given body. */
async function runWithAnswer(body: object | string, parameters: Record<string, unknown> = {}, row: Record<string, unknown> = {}) {
	nock('https://api-lr.agent.ai').post('/v1/action/openclaw_chat_completion').reply(200, body);
	return await runNode({ credential: CREDENTIAL, parameters: { message: 'hi', ...parameters }, items: [row as never] });
}

describe('the item', () => {
	const answer = { status: 200, response: { response_text: 'hello', extra: [1, { two: null }] }, metadata: { id: 7 } };

	test('is the ActionResponse as it came, with the answer under its name as a copy', async () => {
		const { items, error } = await runWithAnswer(answer);
		expect(error).toBeUndefined();
		expect(items[0]?.json).toEqual({ ...answer, openclaw_result: answer.response });
		expect(items[0]?.json.openclaw_result).not.toBe(items[0]?.json.response);
		expect(items[0]?.pairedItem).toEqual({ item: 0 });
	});

	test('Simplify gives the name, and metadata', async () => {
		const { items } = await runWithAnswer(answer, { simplify: true, output_variable_name: 'reply' });
		expect(items[0]?.json).toEqual({ reply: answer.response, metadata: answer.metadata });
	});

	test('Include Input Fields gives the row with the answer, which wins over a field of its name', async () => {
		const { items } = await runWithAnswer(answer, { options: { includeInputFields: true } }, { id: 9, openclaw_result: 'old' });
		expect(items[0]?.json).toEqual({ id: 9, openclaw_result: answer.response, metadata: answer.metadata });
	});

	test('Include Input Fields: what the server sends beside the answer overwrites nothing of the row', async () => {
		const row = { q: 'a', id: 4711, model: 'VW Golf', name: 'Ada' };
		const body = { status: 200, id: 'srv-9', model: 'gpt-x', name: 'srv', trace: 't-1', response: { response_text: 'hi' } };
		const { items } = await runWithAnswer(body, { options: { includeInputFields: true } }, row);
		expect(items[0]?.json).toEqual({ ...row, trace: 't-1', openclaw_result: { response_text: 'hi' } });
	});

	test.each([
		['an object', { response_text: 'x' }],
		['a text', 'just text'],
		['a list', [1, 'two', { three: 3 }]],
	])('a response that is %s comes through unharmed', async (_kind, response) => {
		const { items, error } = await runWithAnswer({ status: 200, response });
		expect(error).toBeUndefined();
		expect(items[0]?.json).toEqual({ status: 200, response, openclaw_result: response });
	});

	test('Include Request Info adds tries, times and the usage', async () => {
		const usage = { total_tokens: 12 };
		const { items } = await runWithAnswer(
			{ status: 200, response: { response_text: 'x', usage } },
			{ simplify: true, options: { includeRequestInfo: true } },
		);
		expect(items[0]?.json.request).toEqual({ tries: 1, latencyMs: expect.any(Number) as number, waitedMs: 0, usage });
	});

	test('an answer that quotes a token comes without it', async () => {
		const { items } = await runWithAnswer({ status: 200, response: { response_text: 'it is gateway-token' } });
		expect(items[0]?.json.openclaw_result).toEqual({ response_text: 'it is [hidden]' });
	});
});

describe('Parse Response as JSON', () => {
	const parsing = async (text: string, onInvalidJson?: string) =>
		await runWithAnswer(
			{ status: 200, response: { response_text: text } },
			{ options: { parseJson: true, ...(onInvalidJson ? { onInvalidJson } : {}) } },
		);

	test.each([
		['bare', '{"a":1}'],
		['fenced', 'Sure:\n```json\n{"a":1}\n```\nDone.'],
	])('%s JSON becomes data beside the text', async (_kind, text) => {
		const { items } = await parsing(text);
		expect(items[0]?.json.openclaw_result).toEqual({ response_text: text, response_json: { a: 1 } });
	});

	test('a text that does not parse is kept, and the item says so', async () => {
		const { items, error } = await parsing('no json here');
		expect(error).toBeUndefined();
		expect(items[0]?.json.openclaw_result).toEqual({
			response_text: 'no json here',
			response_json: null,
			response_json_error: expect.stringContaining('JSON') as string,
		});
	});

	test('or fails the item, where that was chosen', async () => {
		const { error } = await parsing('no json here', 'fail');
		expect(error?.message).toBe('The agent’s answer is not JSON');
	});
});

describe('answers of other actions', () => {
	const functions = [
		{ name: 'describe_agent', parameters: { properties: { agent_id: { type: 'string' } } } },
		{ name: 'invoke_agent', parameters: { properties: { id: { type: 'string' }, input: { type: 'string' } }, required: ['id', 'input'] } },
		{ name: 'save', parameters: { properties: { id: { type: 'string' }, count: { type: 'number' }, data: { type: 'object' } } } },
	];
	const AGENT = { agent: { id: 'x' }, inputs: ['a'], outputs: ['b'] };

	/** Runs an action whose answer is given. */
	async function runAction(name: string, inputsJson: string, answer: object, more: Record<string, unknown> = {}) {
		nock('https://api-lr.agent.ai').get('/api/v2/mcp/functions').reply(200, functions).post(`/v1/action/${name}`).reply(200, answer);
		return await runNode({
			// the catalogue is remembered for an account
			credential: { ...CREDENTIAL, apiToken: crypto.randomUUID() },
			parameters: { resource: 'action', operation: 'run', actionName: name, inputsMode: 'json', inputsJson, ...more },
			items: [{ row: 1 }],
		});
	}

	test('describe_agent, whose answer has no response, gives all of it in every form', async () => {
		const run = async (more: object) =>
			(await runAction('describe_agent', '{"agent_id":"x"}', { status: 200, ...AGENT }, { ...more })).items[0]?.json;
		expect(await run({})).toEqual({ status: 200, ...AGENT, response: AGENT });
		expect(await run({ simplify: true })).toEqual({ response: AGENT });
		expect(await run({ options: { includeInputFields: true } })).toEqual({ row: 1, response: AGENT });
	});

	test('invoke_agent needs an id only, and its run_id is kept', async () => {
		const answer = { status: 200, response: 'Hi', run_id: 'r1', error: '' };
		const { items, error } = await runAction('invoke_agent', '{"id":"deepseek-r1","user_input":"Hi"}', answer, { simplify: true });
		expect(error).toBeUndefined();
		expect(items[0]?.json).toEqual({ response: 'Hi', run_id: 'r1' });
	});

	test('an empty error of the server is left out of the item', async () => {
		const { items } = await runAction('save', '{}', { status: 200, response: 1, error: '' });
		expect(items[0]?.json).toEqual({ response: 1, status: 200 });
	});
});

describe('numbers that a person typed', () => {
	test.each([
		['inside texts', '{"count":"10.10","data":"{\\"n\\":1.50}"}', '{"count":10.1,"data":{"n":1.5}}'],
		['in forms that JSON does not have', '{"count":"0x10"}', '{"count":16}'],
		['beyond 2^53, in quotes', '{"id":"7615917337495251231"}', '{"id":"7615917337495251231"}'],
		['none at all', '{}', '{}'],
	])('%s', async (_what, inputsJson, wire) => {
		const bodies: string[] = [];
		const server = createServer((request, response) => {
			response.setHeader('content-type', 'application/json');
			if (request.method === 'GET') {
				response.end(
					JSON.stringify([
						{ name: 'save', parameters: { properties: { id: { type: 'string' }, count: { type: 'number' }, data: { type: 'object' } } } },
					]),
				);
				return;
			}
			let body = '';
			request.on('data', (chunk: Buffer) => (body += chunk.toString()));
			request.on('end', () => {
				bodies.push(body);
				response.end('{"status":200,"response":1}');
			});
		});
		await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
		const { error } = await runNode({
			credential: { ...CREDENTIAL, baseUrl: `http://127.0.0.1:${portOf(server)}/v1` },
			parameters: { resource: 'action', operation: 'run', actionName: 'save', inputsMode: 'json', inputsJson },
		});
		await new Promise((closed) => server.close(closed));
		expect(error).toBeUndefined();
		expect(bodies).toEqual([wire]);
	});
});

test('Include Input Fields keeps the binary data of the row, and nothing else does', async () => {
	const sandbox = await startSandbox();
	const file = { mimeType: 'text/plain', data: 'aGk=', fileName: 'a.txt' };
	const run = async (includeInputFields: boolean) =>
		await runNode({
			credential: credentialFor(sandbox),
			parameters: { message: 'hi', options: { includeInputFields } },
			items: [{}],
			binary: { file },
		});
	expect((await run(true)).items[0]?.binary).toEqual({ file });
	expect((await run(false)).items[0]?.binary).toBeUndefined();
});

describe('streaming', () => {
	test.each(['stream', 'one JSON body'])('an answer as %s becomes the same item', async (kind) => {
		const sandbox = await startSandbox({ fault: () => (kind === 'stream' ? undefined : 'stream-as-json') });
		const { items, error } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { message: 'one two  three', options: { stream: true } },
		});
		expect(error).toBeUndefined();
		expect(textOf(items[0]!.json)).toBe('You said: one two  three');
		expect(items[0]?.json.status).toBe(200);
	});

	test('an answer that breaks off is an error that keeps the text so far', async () => {
		const sandbox = await startSandbox({ fault: () => 'stream-cut' });
		const { items } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { message: 'one two three', options: { stream: true } },
			onError: 'continueRegularOutput',
		});
		expect(items[0]?.json.error).toMatchObject({ partialText: 'You said: ' });
	});
});

describe('linked items', () => {
	test('a later node finds the answer and the row of each item, errors included', async () => {
		const sandbox = await startSandbox({ latencyMs: ({ message }) => (message === 'a' ? 60 : 0) });
		const { downstream } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { message: '={{ $json.row }}' },
			items: [{ row: 'a' }, { row: '' }, { row: 'c' }],
			onError: 'continueRegularOutput',
			downstreamReads: "={{ $('Rows').item.json.row + ' → ' + ($('Agent.ai').item.json.openclaw_result?.response_text ?? 'failed') }}",
		});
		expect(downstream.map(({ json }) => json.read)).toEqual(['a → You said: a', ' → failed', 'c → You said: c']);
	});
});

test('no input items give no output items and no request', async () => {
	const sandbox = await startSandbox();
	const { items, error } = await runNode({ credential: credentialFor(sandbox), parameters: { message: 'hi' }, items: [] });
	expect(error).toBeUndefined();
	expect(items).toHaveLength(0);
	expect(sandbox.requests).toHaveLength(0);
});

test.each([true, false])('answers that were cut short say so in each item, and are counted in a hint (stream: %s)', async (stream) => {
	const choice = { index: 0, finish_reason: 'length' };
	const body = stream
		? [
				`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'The first part' }, finish_reason: null }] })}\n\n`,
				`data: ${JSON.stringify({ choices: [{ ...choice, delta: {} }] })}\n\ndata: [DONE]\n\n`,
			]
		: JSON.stringify({ object: 'chat.completion', choices: [{ ...choice, message: { content: 'The first part' } }] });
	const server = await WireServer.start({ contentType: stream ? 'text/event-stream' : 'application/json', body });
	const { items, hints } = await runNode({
		credential: { apiToken: 'cut-api-token', authToken: 'cut-gateway-token', instanceIp: '10.0.0.1', baseUrl: server.baseUrl },
		parameters: { message: 'hi', options: { stream } },
		items: [{}, {}, {}],
	});
	const said = items.map(({ json }) => json.openclaw_result as { response_text: string; finish_reason: string });
	expect(said.map(({ response_text, finish_reason }) => [response_text, finish_reason])).toEqual(
		Array(3).fill(['The first part', 'length']),
	);
	expect(hints.join('\n')).toContain('3 of 3 answers were cut short (3 by its length)');
});
