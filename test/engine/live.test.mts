import type { INodeType, StructuredChunk } from 'n8n-workflow';

import { FOR_VISITORS } from '../../nodes/AgentAi/failures/readers.ts';
import type { Fault } from '../../sandbox/faults.mts';
import type { SandboxOptions } from '../../sandbox/server.mts';
import { calledAsTool } from '../support/calledAsTool.mts';
import { type OnError, runNode } from '../support/engine.mts';
import { needs } from '../support/features.mts';
import { credentialFor, startSandbox, textOf } from '../support/sandbox.mts';

// a server that never reports the timeout costs a test this instead of ten seconds
jest.mock('../../nodes/AgentAi/transport/wireRequest.ts', () => ({ TIMEOUT_MARGIN_S: 0.2 }));

const test = needs('streaming');

interface Setup {
	stream?: boolean;
	items?: string[];
	onError?: OnError;
	sandbox?: SandboxOptions;
	options?: Record<string, unknown>;
	onChunk?: (chunk: StructuredChunk) => Promise<void>;
	nodeType?: INodeType;
}

async function runLive(setup: Setup) {
	const chunks: StructuredChunk[] = [];
	const sandbox = await startSandbox(setup.sandbox ?? {});
	const result = await runNode({
		credential: credentialFor(sandbox),
		parameters: { message: '={{ $json.say }}', options: { stream: setup.stream ?? true, ...setup.options } },
		items: (setup.items ?? ['one two three']).map((say) => ({ say })),
		...(setup.onError ? { onError: setup.onError } : {}),
		...(setup.nodeType ? { nodeType: setup.nodeType } : {}),
		onChunk: async (chunk) => {
			if (chunk.metadata.nodeName !== 'Agent.ai') return;
			chunks.push(chunk);
			await setup.onChunk?.(chunk);
		},
	});
	const shown = (itemIndex = 0) =>
		chunks
			.filter(({ metadata }) => metadata.itemIndex === itemIndex)
			.map(({ type, content }) => (content === undefined ? type : `${type} ${content}`));
	return { ...result, sandbox, shown };
}

const PIECES = ['begin', 'item You ', 'item said: ', 'item one ', 'item two ', 'item three', 'end'];
const always = (fault: Fault) => ({ fault: () => fault });

test('each piece is shown, in order, and the item is the same as without streaming', async () => {
	const { shown, items } = await runLive({});
	expect(shown()).toEqual(PIECES);
	expect(textOf(items[0]!.json)).toBe('You said: one two three');
});

test.each([
	['Stream is off', { stream: false }],
	['the server answers with one JSON body', { sandbox: always('stream-as-json') }],
])('when %s, the finished text is shown as one piece', async (_what, setup) => {
	const { shown } = await runLive(setup);
	expect(shown()).toEqual(['begin', 'item You said: one two three', 'end']);
});

test('many items are shown under their own index, each begun and ended once', async () => {
	const { shown } = await runLive({ items: ['a', 'b', 'c'] });
	expect([0, 1, 2].map((index) => shown(index))).toEqual(
		['a', 'b', 'c'].map((say) => ['begin', 'item You ', 'item said: ', `item ${say}`, 'end']),
	);
});

test('a slow reader holds the answer back', async () => {
	let showing = 0;
	let most = 0;
	const { shown } = await runLive({
		onChunk: async () => {
			most = Math.max(most, ++showing);
			await new Promise(setImmediate);
			showing--;
		},
	});
	expect(shown()).toEqual(PIECES);
	expect(most).toBe(1);
});

test('once the first chunk is shown, nothing is tried again', async () => {
	const { sandbox, shown, error } = await runLive({ sandbox: always('stream-cut'), options: { retryUncertainFailures: true } });
	expect(error?.message).toMatch(/^The answer broke off before its end\. .*It was not sent again/);
	expect(sandbox.requests).toHaveLength(1);
	// the error chunk is n8n's own when the node throws: it shows the description alone
	expect(shown()).toEqual(['begin', 'item You ', 'item said: ', `error ${FOR_VISITORS}`]);
});

test('what was not shown yet is tried again, and shown once', async () => {
	const { shown, sandbox } = await runLive({ sandbox: { fault: (_body, number) => (number === 1 ? '429-retry-after' : undefined) } });
	expect(sandbox.requests).toHaveLength(2);
	expect(shown()).toEqual(PIECES);
});

test.each(['stopWorkflow', 'continueRegularOutput'] as const)(
	'visitors read one neutral sentence of a failure, its owner all of it (%s)',
	async (onError) => {
		const { shown, error, items } = await runLive({ sandbox: always('gateway-401'), onError });
		expect(shown()).toEqual([`error ${FOR_VISITORS}`]);
		const told = onError === 'stopWorkflow' ? error?.message : JSON.stringify(items[0]?.json.error);
		expect(told).toMatch(/did not accept its auth token.*Correct the OpenClaw Auth Token.*Unauthorized/);
	},
);

test('a stream that falls silent ends at the timeout, and keeps the text so far', async () => {
	const time = new AbortController();
	const realTimeout = AbortSignal.timeout.bind(AbortSignal);
	// the whole time of the request; it is up when the first piece has been shown, however slow this machine is
	const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => (ms === 3_600_200 ? time.signal : realTimeout(ms)));
	const { error, items, sandbox } = await runLive({
		sandbox: { pieceDelayMs: 3_600_000 },
		options: { timeout: 3600 },
		onError: 'continueRegularOutput',
		onChunk: async ({ type }) => {
			await Promise.resolve();
			if (type === 'item') time.abort();
		},
	}).finally(() => timeout.mockRestore());
	expect(error).toBeUndefined();
	expect(items[0]?.json.error).toMatchObject({ message: 'No response within 3600 seconds', partialText: 'You ' });
	// breaking off closes the connection
	while (sandbox.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
	expect(sandbox.disconnected).toBe(1);
}, 30_000);

describe('in a streaming chat whose agent calls the node as its tool', () => {
	test.each([
		['an answer in pieces', { stream: true }],
		['an answer as a whole', { stream: false }],
	])('%s is read by the agent alone, and shown to no visitor', async (_what, setup) => {
		const { shown, items } = await runLive({ ...setup, nodeType: calledAsTool() });
		expect(shown()).toEqual([]);
		expect(items[0]?.json).toEqual({ response: 'You said: one two three' });
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)('a failure is too (%s)', async (onError) => {
		const { shown, items, errorItems } = await runLive({ sandbox: always('gateway-401'), onError, nodeType: calledAsTool() });
		expect(shown()).toEqual([]);
		expect([...items, ...errorItems]).toHaveLength(1);
	});

	test('a failure that ends the node tells the agent', async () => {
		const { error } = await runLive({ sandbox: always('gateway-401'), nodeType: calledAsTool() });
		expect(error?.description).not.toBe(FOR_VISITORS);
	});
});

test('no other operation shows anything', async () => {
	const chunks: unknown[] = [];
	const sandbox = await startSandbox();
	await runNode({
		credential: credentialFor(sandbox),
		parameters: { operation: 'getDetails', output_variable_name: 'openclaw' },
		onChunk: (chunk) => void chunks.push(chunk),
	});
	expect(chunks).toEqual([]);
});
