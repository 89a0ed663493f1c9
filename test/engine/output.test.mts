import nock from 'nock';

import { runNode } from '../support/engine.mts';
import { credentialFor, startSandbox, textOf } from '../support/sandbox.mts';

const BASE_URL = 'https://api-lr.agent.ai/v1';
const CREDENTIAL = { apiToken: 'test-token', baseUrl: BASE_URL, instanceIp: '10.0.0.1', authToken: 'gateway-token' };

afterEach(() => nock.cleanAll());

/** Runs one item whose action is answered with the given body. */
async function runWithAnswer(body: object | string, parameters: Record<string, unknown> = {}, row: Record<string, unknown> = {}) {
	nock('https://api-lr.agent.ai').post('/v1/action/openclaw_chat_completion').reply(200, body);
	return await runNode({ credential: CREDENTIAL, parameters: { message: 'hi', ...parameters }, items: [row as never] });
}

describe('the item', () => {
	const answer = { status: 200, response: { response_text: 'hello', extra: [1, { two: null }] }, metadata: { id: 7 } };

	test('is the ActionResponse as it came, with the answer under its name as the same object', async () => {
		const { items, error } = await runWithAnswer(answer);
		expect(error).toBeUndefined();
		expect(items[0]?.json).toEqual({ ...answer, openclaw_result: answer.response });
		expect(items[0]?.json.openclaw_result).toBe(items[0]?.json.response);
		expect(items[0]?.pairedItem).toEqual({ item: 0 });
	});

	test('Simplify gives the name alone', async () => {
		const { items } = await runWithAnswer(answer, { simplify: true, output_variable_name: 'reply' });
		expect(items[0]?.json).toEqual({ reply: answer.response });
	});

	test('Include Input Fields gives the row with the answer, which wins over a field of its name', async () => {
		const { items } = await runWithAnswer(answer, { options: { includeInputFields: true } }, { id: 9, openclaw_result: 'old' });
		expect(items[0]?.json).toEqual({ id: 9, openclaw_result: answer.response });
	});

	test.each([
		['an object', { response_text: 'x' }],
		['a text', 'just text'],
		['a list', [1, 'two', { three: 3 }]],
		['null', null],
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

	test('Include Input Fields keeps the row beside an error in Continue, and the single key on the error output', async () => {
		const sandbox = await startSandbox();
		const run = async (onError: 'continueRegularOutput' | 'continueErrorOutput') =>
			await runNode({
				credential: credentialFor(sandbox),
				parameters: { message: '={{ "" }}', options: { includeInputFields: true } },
				items: [{ row: 'a' }],
				onError,
			});
		expect((await run('continueRegularOutput')).items[0]?.json).toEqual({
			row: 'a',
			error: expect.objectContaining({ message: 'Message is empty' }) as object,
		});
		const routed = await run('continueErrorOutput');
		expect(routed.items).toHaveLength(0);
		expect(routed.errorItems[0]?.json).toMatchObject({ row: 'a', error: { message: 'Message is empty' } });
	});
});

test('no input items give no output items and no request', async () => {
	const sandbox = await startSandbox();
	const { items, error } = await runNode({ credential: credentialFor(sandbox), parameters: { message: 'hi' }, items: [] });
	expect(error).toBeUndefined();
	expect(items).toHaveLength(0);
	expect(sandbox.requests).toHaveLength(0);
});
