import type { IDataObject } from 'n8n-workflow';

import { type OnError, retryData, runNode } from '../support/engine.mts';
import { needs } from '../support/features.mts';
import { credentialFor, startSandbox, textOf } from '../support/sandbox.mts';
import { WireServer } from '../support/wireServer.mts';

const ONCE = { message: '={{ $json.q }}', options: { sameRequestOnce: true } };
/** Each mode, and how many rows it is tried with: a thousand once. */
const MODES: [OnError, number][] = [
	['stopWorkflow', 200],
	['continueRegularOutput', 1_000],
	['continueErrorOutput', 200],
];

/** Of a thousand rows: 700 questions, of which 100 stand four times; every tenth question is refused where that is wanted. */
const tableOf = (count: number) =>
	Array.from({ length: count }, (_, row) => ({ row, q: `question ${row < 0.7 * count ? row : (row - 0.7 * count) % (0.1 * count)}` }));
const isRefused = (message: string | undefined) => message?.endsWith('7') === true;

describe('Send Same Request Once', () => {
	test('equal rows are asked once, and each has its own copy of the answer and its own fields', async () => {
		const sandbox = await startSandbox();
		const { items, hints } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { ...ONCE, options: { sameRequestOnce: true, includeInputFields: true } },
			items: [
				{ q: 'a', n: 0 },
				{ q: 'b', n: 1 },
				{ q: 'a', n: 2 },
				{ q: 'a', n: 3 },
			],
		});
		expect(sandbox.requests.map(({ message }) => message).sort()).toEqual(['a', 'b']);
		expect(items.map(({ json, pairedItem }) => [json.n, pairedItem, textOf(json)])).toEqual([
			[0, { item: 0 }, 'You said: a'],
			[1, { item: 1 }, 'You said: b'],
			[2, { item: 2 }, 'You said: a'],
			[3, { item: 3 }, 'You said: a'],
		]);
		expect(items[0]!.json.openclaw_result).not.toBe(items[2]!.json.openclaw_result);
		expect(hints[0]).toMatch(
			/^4 items: 4 answered, 0 failed; 2 requests saved, because the same one had been sent; 2 requests, \d+ tokens/,
		);
	});

	test('off, every row is asked', async () => {
		const sandbox = await startSandbox();
		const { hints } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { message: '={{ $json.q }}' },
			items: [{ q: 'a' }, { q: 'a' }],
		});
		expect(sandbox.requests).toHaveLength(2);
		expect(hints[0]).not.toContain('saved');
	});

	test.each<[string, IDataObject, IDataObject[]]>([
		['a session', { session_key: { __rl: true, mode: 'id', value: 'one' } }, [{ q: 'a' }, { q: 'a' }]],
		[
			'another agent',
			{ agent_id: { __rl: true, mode: 'id', value: '={{ $json.agent }}' } },
			[
				{ q: 'a', agent: 'main' },
				{ q: 'a', agent: 'research' },
			],
		],
		[
			'another gateway token',
			{ instance: 'defineBelow', instance_ip: '127.0.0.1', auth_token: '={{ $json.token }}' },
			[
				{ q: 'a', token: 'token-of-one' },
				{ q: 'a', token: 'token-of-two' },
			],
		],
	])('%s is asked for each row', async (_what, parameters, items) => {
		const sandbox = await startSandbox();
		await runNode({ credential: credentialFor(sandbox), parameters: { ...ONCE, ...parameters }, items, onError: 'continueRegularOutput' });
		expect(sandbox.requests).toHaveLength(2);
	});

	test('another account is asked for itself', async () => {
		const server = await WireServer.start({ body: '{"status":200,"response":{"response_text":"yes"}}' });
		const { items } = await runNode({
			credential: { apiToken: '={{ $json.token }}', baseUrl: server.baseUrl, instanceIp: '10.9.0.0', authToken: 'gateway-token' },
			parameters: ONCE,
			items: ['one', 'two', 'one'].map((token) => ({ q: 'a', token: `token-of-${token}` })),
		});
		expect(items.map(({ json }) => textOf(json))).toEqual(['yes', 'yes', 'yes']);
		expect(server.requests).toHaveLength(2);
	});

	test.each(MODES)(
		'%s: %d rows, 30%% of them equal to others, a tenth refused: as many requests as there are questions, and the same ends for the same',
		async (onError, count) => {
			const table = tableOf(count);
			let refuses = onError !== 'stopWorkflow';
			const sandbox = await startSandbox({ fault: ({ message }) => (refuses && isRefused(message) ? '400' : undefined) });
			const parameters = { message: '={{ $json.q }}', options: { sameRequestOnce: true, includeInputFields: true, maxConcurrency: 50 } };
			const run = await runNode({ credential: credentialFor(sandbox), parameters, items: table, onError });
			refuses = false;
			expect(sandbox.requests).toHaveLength(0.7 * count);
			const expected = (refused: boolean) => table.filter(({ q }) => isRefused(q) === refused || onError === 'stopWorkflow');
			const answered = run.items.filter(({ json }) => !('error' in json));
			expect(answered.map(({ json }) => [json.row, textOf(json)])).toEqual(expected(false).map(({ row, q }) => [row, `You said: ${q}`]));
			if (onError === 'stopWorkflow') return;
			const failed = onError === 'continueErrorOutput' ? run.errorItems : run.items.filter(({ json }) => 'error' in json);
			expect(failed.map(({ json }) => (json.error as IDataObject).itemIndex)).toEqual(expected(true).map(({ row }) => row));
			const [items, answers, refusals, saved] = [count, 0.9 * count, 0.1 * count, 0.3 * count];
			expect(run.hints[0]).toMatch(`${items} items: ${answers} answered, ${refusals} failed; ${saved} requests saved`);
			expect(run.hints[0]).toContain(`; ${0.7 * count} requests`);
		},
		60_000,
	);

	test('Stop Workflow: a failure is that of all that share the request, and Retry asks once', async () => {
		let broken = true;
		const sandbox = await startSandbox({ fault: ({ message }) => (broken && message === 'bad' ? '500' : undefined) });
		const items = ['good', 'bad', 'bad', 'good'].map((q) => ({ q }));
		const first = await runNode({ credential: credentialFor(sandbox), parameters: ONCE, items });
		expect(first.error?.message).toMatch(/2 of 4 items answered, 2 failed/);
		expect(sandbox.requests).toHaveLength(2);
		broken = false;
		const second = await runNode({ credential: credentialFor(sandbox), parameters: ONCE, retryOf: retryData(first.run.data) });
		expect(second.items.map(({ json }) => textOf(json))).toEqual(items.map(({ q }) => `You said: ${q}`));
		expect(sandbox.requests.map(({ message }) => message).sort()).toEqual(['bad', 'bad', 'good']);
		expect(second.hints[0]).toMatch(/4 answered, 0 failed; 2 kept from an earlier try; 1 request saved/);
	});

	needs('streaming')('where somebody listens, each row’s answer is shown', async () => {
		const sandbox = await startSandbox();
		const shown: string[] = [];
		await runNode({
			credential: credentialFor(sandbox),
			parameters: ONCE,
			items: [{ q: 'a' }, { q: 'a' }],
			onChunk: ({ type, metadata, content }) => {
				if (type === 'item') shown.push(`${metadata.itemIndex}: ${content}`);
			},
		});
		expect(shown.sort()).toEqual(['0: You said: a', '1: You said: a']);
	});
});

describe('Max Requests', () => {
	const rows = (count: number) => Array.from({ length: count }, (_, row) => ({ q: `row ${row}` }));
	const parameters = { message: '={{ $json.q }}', options: { maxRequests: 10, maxConcurrency: 3 } };

	test('Stop Workflow: the rest is not sent, and each Retry goes on with as many', async () => {
		const sandbox = await startSandbox();
		let run = await runNode({ credential: credentialFor(sandbox), parameters, items: rows(25) });
		expect(run.error?.message).toBe(
			'Not sent, because the run reached Max Requests in Options (10 sent) (10 of 25 items answered, 0 failed, 15 not sent)',
		);
		for (const sent of [10, 20, 25]) {
			expect(sandbox.requests).toHaveLength(sent);
			if (sent === 25) break;
			run = await runNode({ credential: credentialFor(sandbox), parameters, retryOf: retryData(run.run.data) });
		}
		expect(run.error).toBeUndefined();
		expect(run.items).toHaveLength(25);
		expect(new Set(sandbox.requests.map(({ message }) => message)).size).toBe(25);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)('%s: what was not sent may be sent again', async (onError) => {
		const sandbox = await startSandbox();
		const { items, errorItems, hints } = await runNode({ credential: credentialFor(sandbox), parameters, items: rows(25), onError });
		const failed = [...items, ...errorItems].filter(({ json }) => 'error' in json).map(({ json }) => json.error as IDataObject);
		expect(failed).toHaveLength(15);
		expect(failed.every(({ sendAgain, message }) => sendAgain === true && (message as string).includes('(10 sent)'))).toBe(true);
		expect(hints[0]).toMatch(/^25 items: 10 answered, 0 failed, 15 not sent; 10 requests/);
		expect(sandbox.requests).toHaveLength(10);
	});

	test('tries count as well', async () => {
		const sandbox = await startSandbox({ fault: (_body, number) => (number % 2 === 1 ? '429-retry-after' : undefined) });
		const { items } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { ...parameters, options: { maxRequests: 4, maxConcurrency: 1 } },
			items: rows(5),
			onError: 'continueRegularOutput',
		});
		expect(sandbox.requests).toHaveLength(4);
		expect(items.filter(({ json }) => !('error' in json))).toHaveLength(2);
	});

	test('as many as there are rows stop nothing, and equal rows cost nothing', async () => {
		const sandbox = await startSandbox();
		const { items, error, hints } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { ...parameters, options: { maxRequests: 2, sameRequestOnce: true, maxConcurrency: 1 } },
			items: ['a', 'b', 'a', 'b', 'a'].map((q) => ({ q })),
			onError: 'continueRegularOutput',
		});
		expect(error).toBeUndefined();
		expect(items.every(({ json }) => textOf(json) !== undefined)).toBe(true);
		expect(hints[0]).toMatch(/5 items: 5 answered, 0 failed; 3 requests saved/);
	});
});
