import { createHook } from 'node:async_hooks';

import answers from '../fixtures/wire/answers.json' with { type: 'json' };
import wholeness from '../fixtures/wire/wholeness.json' with { type: 'json' };
import { CHAT_ASKERS, WORKFLOW_ASKERS } from '../support/askers.mts';
import { runNode } from '../support/engine.mts';
import { needs } from '../support/features.mts';
import { type Then, WireServer } from '../support/wireServer.mts';

// a server that never reports the timeout costs a test this instead of ten seconds
jest.mock('../../nodes/AgentAi/transport/wireRequest.ts', () => ({ TIMEOUT_MARGIN_S: 0.2 }));

// hands the model through, which n8n would put into LangChain's clothes
jest.mock('@n8n/ai-node-sdk', () => ({ supplyModel: (_context: unknown, model: unknown) => ({ response: model }) }));

interface Case {
	name: string;
	contentType: string | null;
	body: string[];
	/** How the body is written; UTF-8 where nothing is said. */
	bodyEncoding?: BufferEncoding;
	status?: number;
	headers?: Record<string, string>;
	then?: Then;
	options?: Record<string, unknown>;
	authToken?: string;
	expect: Expected;
}

interface Expected {
	text?: string;
	/** A damaged answer may also be mended. */
	orText?: string;
	fails?: boolean;
	names?: string;
	neverNames?: string[];
	partialText?: string;
	secretNowhere?: string;
	endsTheBatch?: boolean;
}

const cases = [...answers, ...wholeness] as Case[];

describe.each(cases.map((each) => [each.name, each] as const))(
	'%s',
	(_name, { body, bodyEncoding, options, authToken, expect: expected, ...answer }) => {
		const bytes = Buffer.from(body.join('\n'), bodyEncoding);

		const askAll = async (askers: typeof WORKFLOW_ASKERS) => {
			const asking = Object.entries(askers).map(async ([who, ask]) => {
				// the chat model reads no JSON
				if (options?.parseJson === true && who.startsWith('chat model')) return;
				const server = await WireServer.start({ ...answer, body: bytes });
				const asked = await ask({ baseUrl: server.baseUrl, ...(options ? { options } : {}), ...(authToken ? { authToken } : {}) });
				expect([who, server.requests.length]).toEqual([who, 1]);
				if (expected.fails && (expected.orText === undefined || asked.text !== expected.orText)) {
					const failed = asked.failed?.toLowerCase();
					expect([who, failed]).toEqual([who, expect.stringContaining(expected.names ?? '')]);
					for (const never of expected.neverNames ?? [])
						expect([who, failed]).not.toEqual([who, expect.stringContaining(never.toLowerCase())]);
					// the chat model hands on pieces, and only pieces
					if (expected.partialText && who !== 'chat model, whole') expect([who, asked.partialText]).toEqual([who, expected.partialText]);
				} else {
					const right = expected.text ?? expected.orText;
					expect([who, asked.failed, asked.text]).toEqual([who, undefined, right]);
					if (asked.shown !== undefined) expect([who, asked.shown.trimEnd()]).toEqual([who, right]);
				}
				if (expected.secretNowhere) expect(asked.everything).not.toContain(expected.secretNowhere);
			});
			await Promise.all(asking);
		};

		test('is the same for everybody who asks', async () => await askAll(WORKFLOW_ASKERS), 60_000);

		needs('streaming')('is the same in a chat that shows it as it comes', async () => await askAll(CHAT_ASKERS), 60_000);

		if (!expected.endsTheBatch) return;
		test.each([true, false])('ends the batch (stream: %s)', async (stream) => {
			const server = await WireServer.start({ ...answer, body: bytes });
			const { items } = await runNode({
				credential: { apiToken: 'wire-api-token', authToken: 'wire-gateway-token', instanceIp: '10.0.0.1', baseUrl: server.baseUrl },
				parameters: { message: 'hi', options: { stream, maxConcurrency: 1 } },
				items: Array.from({ length: 10 }, () => ({})),
				onError: 'continueRegularOutput',
			});
			expect(server.requests).toHaveLength(1);
			expect(items).toHaveLength(10);
		});
	},
);

/** Collects the timers that are set from now on; gives how long those take that still keep the process alive, in ms. */
function watchTimers(): () => Promise<number[]> {
	const alive = new Map<number, NodeJS.Timeout & { _idleTimeout?: number }>();
	const hook = createHook({
		init(id, type, _trigger, timer) {
			// jest's reporter sets timers of its own where it runs in this process
			if (type === 'Timeout' && !new Error().stack?.includes('@jest')) alive.set(id, timer as NodeJS.Timeout);
		},
		destroy: (id) => alive.delete(id),
	}).enable();
	return async () => {
		// what has fired or was cleared is told a turn later
		await new Promise((resolve) => setImmediate(resolve));
		hook.disable();
		return [...alive.values()].filter((timer) => timer.hasRef()).map(({ _idleTimeout }) => _idleTimeout ?? NaN);
	};
}

const PIECE = 'data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n';

test.each<[string, { body: string; then: Then; timeout?: number }]>([
	['is complete', { body: `${PIECE}data: [DONE]\n\n`, then: 'stayOpen' }],
	['breaks off', { body: PIECE, then: 'reset' }],
	['ends without its end', { body: PIECE, then: 'end' }],
	['falls silent', { body: PIECE, then: 'stayOpen', timeout: 1 }],
	['says an error', { body: `${PIECE}data: {"error":{"message":"No more"}}\n\n`, then: 'stayOpen' }],
])('no timer keeps n8n alive after a stream that %s', async (_name, { body, then, timeout = 60 }) => {
	const server = await WireServer.start({ contentType: 'text/event-stream', body, then });
	const alive = watchTimers();
	const { items } = await runNode({
		credential: { apiToken: 'wire-api-token', authToken: 'wire-gateway-token', instanceIp: '10.0.0.1', baseUrl: server.baseUrl },
		parameters: { message: 'hi', options: { stream: true, timeout } },
		onError: 'continueRegularOutput',
	});
	expect(items).toHaveLength(1);
	expect(await alive()).toEqual([]);
});
