import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../sandbox/faults.mts';
import { runNode } from '../support/engine.mts';
import { goFaster } from '../support/fastClock.mts';
import { credentialFor, startSandbox, textOf } from '../support/sandbox.mts';

// a server that never reports the timeout costs a test this instead of ten seconds
jest.mock('../../nodes/AgentAi/transport/wireRequest.ts', () => ({ TIMEOUT_MARGIN_S: 0.2 }));
// waits that are ordered in whole seconds pass the sooner
jest.mock('../../nodes/AgentAi/client/systemClock.ts', () => jest.requireActual<object>('../support/fastClock.mts'));

const rows = (count: number) => Array.from({ length: count }, (_, row) => ({ row: `row ${row}` }));
const MESSAGE = { message: '={{ $json.row }}' };

describe('a batch', () => {
	test('50 items, one 429 with Retry-After: at most 5 in flight, all answers in order, 51 requests', async () => {
		const sandbox = await startSandbox({
			latencyMs: ({ message }) => 5 + (message!.length % 7) * 5,
			fault: (_body, number) => (number === 20 ? '429-retry-after' : undefined),
		});
		const { items, hints } = await runNode({ credential: credentialFor(sandbox), parameters: MESSAGE, items: rows(50) });
		expect(items.map(({ json }) => textOf(json))).toEqual(rows(50).map(({ row }) => `You said: ${row}`));
		expect(sandbox.maxInFlight).toBeLessThanOrEqual(5);
		expect(sandbox.requests).toHaveLength(51);
		expect(sandbox.agent.runs).toHaveLength(50);
		expect(hints).toEqual([
			expect.stringMatching(
				/^50 items: 50 answered, 0 failed; 1 sent more than once; waited 1 s for the rate limit; 51 requests, \d+ tokens, \d s$/,
			),
		]);
	});

	test('60 items in 20 sessions against a limit of 20 per window: no session out of order, hardly any refused', async () => {
		const sandbox = await startSandbox({ rateLimit: 20, rateWindowMs: 1_000, latencyMs: 2 });
		const items = Array.from({ length: 60 }, (_, row) => ({ row: `row ${row}`, session: `s${row % 20}` }));
		const result = await runNode({
			credential: credentialFor(sandbox),
			parameters: { ...MESSAGE, session_key: { __rl: true, mode: 'id', value: '={{ $json.session }}' } },
			items,
		});
		expect(result.items.every(({ json }) => textOf(json) !== undefined)).toBe(true);
		for (let session = 0; session < 20; session++) {
			const turns = sandbox.agent.runs.filter((run) => run.session === `agent:main:s${session}`);
			expect(turns.map(({ message }) => message)).toEqual(items.filter((item) => item.session === `s${session}`).map(({ row }) => row));
		}
		expect(sandbox.rateLimit!.refused).toBeLessThanOrEqual(4);
	}, 60_000);

	test('all spellings of one session are one lane', async () => {
		const sandbox = await startSandbox({ latencyMs: 20 });
		const keys = ['Conv1', ' conv1', 'agent:main:CONV1', 'conv1'];
		const { error } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { ...MESSAGE, session_key: { __rl: true, mode: 'id', value: '={{ $json.key }}' } },
			items: keys.map((key, row) => ({ key, row: `row ${row}` })),
		});
		expect(error).toBeUndefined();
		expect(sandbox.maxInFlight).toBe(1);
		expect(sandbox.agent.runs.map(({ message }) => message)).toEqual(['row 0', 'row 1', 'row 2', 'row 3']);
	});

	test('credits gone in the middle: the rest is not sent, and says why', async () => {
		const sandbox = await startSandbox({ fault: ({ message }) => (message === 'row 4' ? '402' : undefined) });
		const { items, hints } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { ...MESSAGE, options: { maxConcurrency: 1 } },
			items: rows(20),
			onError: 'continueRegularOutput',
		});
		expect(sandbox.requests).toHaveLength(5);
		expect(items.filter(({ json }) => textOf(json))).toHaveLength(4);
		expect((items[19]?.json.error as IDataObject).description).toMatch(/^This item was not sent/);
		expect(hints).toEqual([
			expect.stringMatching(/^20 items: 4 answered, 1 failed, 15 not sent; 5 requests, \d+ tokens/),
			expect.stringMatching(
				/^Failed, items counted from 0: 1 × The agent\.ai account has no credits left \(item 4\)\. It is the item with a field “error”/,
			) as string,
		]);
	});

	test('a refused agent.ai token at the start ends the batch after what is in flight', async () => {
		const sandbox = await startSandbox({ apiToken: 'another-token' });
		const lines: string[] = [];
		sandbox.options.onRequest = (line) => lines.push(line);
		const { items } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { ...MESSAGE, options: { maxConcurrency: 2 } },
			items: rows(30),
			onError: 'continueRegularOutput',
		});
		expect(lines).toHaveLength(2);
		expect(items.every(({ json }) => (json.error as IDataObject).message === 'agent.ai did not accept the API token')).toBe(true);
	});

	test('one row with a wrong gateway token costs only that row', async () => {
		const sandbox = await startSandbox();
		const { items } = await runNode({
			credential: credentialFor(sandbox),
			parameters: {
				...MESSAGE,
				instance: 'defineBelow',
				instance_ip: '10.0.0.1',
				auth_token: '={{ $json.row === "row 0" ? "wrong-gateway-token" : "sandbox-gateway-token" }}',
			},
			items: rows(10),
			onError: 'continueRegularOutput',
		});
		expect(items.map(({ json }) => 'error' in json)).toEqual([true, ...Array<boolean>(9).fill(false)]);
	});

	test('Stop After Failures in a Row', async () => {
		const sandbox = await startSandbox({ fault: ({ message }) => (/row [1-9]/.test(message!) ? '400' : undefined) });
		const { items } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { ...MESSAGE, options: { maxConcurrency: 1, stopAfterFailures: 3 } },
			items: [{ row: 'row 0' }, { row: '' }, ...rows(10).slice(1)],
			onError: 'continueRegularOutput',
		});
		// the row without a message was refused before sending and does not count
		expect(sandbox.requests).toHaveLength(4);
		expect((items[5]?.json.error as IDataObject).message).toBe('Not sent, because 3 items had failed in a row');
	});

	test('the log says every tenth of the way how far it is, from 50 items on', async () => {
		const sandbox = await startSandbox();
		const { log } = await runNode({ credential: credentialFor(sandbox), parameters: MESSAGE, items: rows(50) });
		expect(log.match(/Agent\.ai: \d+ of 50 items done/g)).toHaveLength(10);
		expect(log).toContain('Agent.ai: 50 of 50 items done (50 answered, 0 failed)');
	});

	test('Include Request Info stands inside the error of a failed item', async () => {
		const sandbox = await startSandbox({ fault: () => 'resetAfter' });
		const { items } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { ...MESSAGE, options: { includeRequestInfo: true } },
			items: rows(1),
			onError: 'continueRegularOutput',
		});
		expect(items[0]?.json.error).toMatchObject({ request: { tries: 1, latencyMs: expect.any(Number) as number, waitedMs: 0 } });
	});

	test('Retry On Fail is explained where it is on', async () => {
		const sandbox = await startSandbox();
		const { hints } = await runNode({
			credential: credentialFor(sandbox),
			parameters: MESSAGE,
			items: rows(2),
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		});
		expect(hints[1]).toMatch(/^Retry On Fail is on/);
	});
});

test('mixed faults over 400 items: every item has its own answer or its own error, and nothing ran twice', async () => {
	goFaster(10);
	const kinds: Fault[] = ['resetBefore', 'resetAfter', '500', 'stall', 'truncated-json', 'html'];
	// 5% each; the refusals stand together, because each one holds everybody for a second
	const faultOf = (row: number): Fault | undefined => (row < 20 ? '429-retry-after' : kinds[row % 19]);
	const met = new Set<string>();
	const sandbox = await startSandbox({
		fault: ({ message }) => {
			const fault = faultOf(Number(/\d+/.exec(message!)?.[0]));
			if (fault !== '429-retry-after') return fault;
			if (met.has(message!)) return undefined;
			met.add(message!);
			return fault;
		},
	});
	const { items } = await runNode({
		credential: credentialFor(sandbox),
		parameters: { ...MESSAGE, options: { maxConcurrency: 100, timeout: '={{ $json.timeout }}', maxTries: 1 } },
		// time is short only where no answer ever comes: on a busy machine a good one may be slow
		items: rows(400).map(({ row }, index) => ({ row, timeout: faultOf(index) === 'stall' ? 0.1 : 60 })),
		onError: 'continueRegularOutput',
	});
	for (const [row, { json }] of items.entries()) {
		const fault = faultOf(row);
		if (fault === undefined || fault === '429-retry-after') expect(textOf(json)).toBe(`You said: row ${row}`);
		else expect(json.error).toMatchObject({ itemIndex: row, message: expect.any(String) as string });
	}
	const runs = sandbox.agent.runs.map(({ message }) => message);
	expect(new Set(runs).size).toBe(runs.length);
}, 120_000);

test('Retry Uncertain Failures sends again what may have run', async () => {
	const sandbox = await startSandbox({ fault: (_body, number) => (number === 1 ? 'resetAfter' : undefined) });
	const { items, error } = await runNode({
		credential: credentialFor(sandbox),
		parameters: { message: 'hi', options: { retryUncertainFailures: true, includeRequestInfo: true } },
	});
	expect(error).toBeUndefined();
	expect(items[0]?.json.request).toMatchObject({ tries: 2 });
	expect(sandbox.agent.runs).toHaveLength(2);
});

describe('Stop', () => {
	test('with 50 in flight the server sees all connections closed long before their time is up, and nothing more is sent', async () => {
		// that it answers is known from the first row
		const sandbox = await startSandbox({ fault: ({ message }) => (message === 'row 0' ? undefined : 'stall') });
		let cancel: (() => void) | undefined;
		const running = runNode({
			credential: credentialFor(sandbox),
			parameters: { ...MESSAGE, options: { maxConcurrency: 50, retryUncertainFailures: true } },
			items: rows(200),
			onError: 'continueRegularOutput',
			onStart: (execution) => {
				cancel = () => execution.cancel();
			},
		});
		while (sandbox.inFlight < 50) await new Promise((resolve) => setTimeout(resolve, 5));
		cancel!();
		while (sandbox.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
		await running;
		expect(sandbox.disconnected).toBe(50);
		expect(sandbox.requests).toHaveLength(51);
	}, 30_000);
});
