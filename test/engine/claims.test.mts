import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';

import { systemClock } from '../../nodes/AgentAi/client/systemClock.ts';
import { FOR_VISITORS } from '../../nodes/AgentAi/failures/readers.ts';
import { downWaitSeconds } from '../../nodes/AgentAi/run/runContext.ts';
import { MAX_ANSWER_BYTES } from '../../nodes/AgentAi/transport/readBody.ts';
import type { Fault } from '../../sandbox/faults.mts';
import { runNode } from '../support/engine.mts';
import { messages, prompts, runRows } from '../support/rows.mts';
import { credentialFor, startSandbox, textOf } from '../support/sandbox.mts';
import { claims } from '../support/sayings.mts';

/** A sandbox that fails for some messages, which end in a number. */
const failingFor = async (fault: Fault, rows: (row: number) => boolean = () => true) =>
	await startSandbox({ fault: ({ message = '' }) => (rows(Number(/\d+$/.exec(message)?.[0])) ? fault : undefined) });

const errorOf = ({ json }: { json: IDataObject }) =>
	json.error as { message: string; description: string; sendAgain?: true; resetsAt?: string } | undefined;
const CONTINUE = { onError: 'continueRegularOutput' as const };

test('Stop After Failures in a Row', async () => {
	claims('Stop sending after this many consecutive failures. Requests already running finish. 0 never stops.');
	const sandbox = await failingFor('500');
	const { items } = await runRows(sandbox, 'row', 20, { ...CONTINUE, options: { stopAfterFailures: 2, maxConcurrency: 5 } });
	// two that failed, and at most the five places that were taken meanwhile
	expect(sandbox.requests.length).toBeGreaterThanOrEqual(2);
	expect(sandbox.requests.length).toBeLessThanOrEqual(7);
	expect(items).toHaveLength(20);
	const never = await failingFor('500');
	await runRows(never, 'row', 20, { ...CONTINUE, options: { stopAfterFailures: 0 } });
	expect(never.requests).toHaveLength(20);
});

test('Max Tries: waiting for the rate limit does not use up tries', async () => {
	claims('Waiting for the rate limit does not use up tries.');
	let refused = 2;
	const sandbox = await startSandbox({ fault: () => (refused-- > 0 ? '429-retry-after' : undefined) });
	const { items } = await runRows(sandbox, 'row', 1, { ...CONTINUE, options: { maxTries: 1 } });
	expect(items.map(errorOf)).toEqual([undefined]);
	expect(sandbox.requests).toHaveLength(3);
});

test('Max Wait 0 never waits, and what would wait longer names the reset time', async () => {
	claims('Items that would wait longer for the limit fail immediately and name the reset time. 0 never waits.');
	const sandbox = await failingFor('429-retry-after');
	const { items } = await runRows(sandbox, 'row', 1, { ...CONTINUE, options: { maxRateLimitWait: 0 } });
	expect(sandbox.requests).toHaveLength(1);
	expect(errorOf(items[0]!)?.resetsAt).toMatch(/^\d{4}-.*Z$/);
});

test('Requests per Minute holds over all runs of the node', async () => {
	claims('Maximum number of requests this node starts within any 60 seconds, across all its runs.');
	const sandbox = await startSandbox();
	const options = { requestsPerMinute: 2, maxRateLimitWait: 0 };
	const first = await runRows(sandbox, 'a', 2, { ...CONTINUE, options });
	const second = await runRows(sandbox, 'b', 2, { ...CONTINUE, options });
	expect(first.items.map(errorOf)).toEqual([undefined, undefined]);
	expect(sandbox.requests).toHaveLength(2);
	for (const item of second.items) expect(errorOf(item)).toMatchObject({ sendAgain: true, resetsAt: expect.any(String) as string });
});

test('20 a minute at agent.ai until it reports another limit, and nowhere else', async () => {
	const [perMinute = 0] = claims(/0 follows the rate limit that agent\.ai reports \((\d+) a minute at agent\.ai until it reports one\)\./);
	const sentTo = async (baseUrl: string) => {
		let sent = 0;
		const { origin, pathname } = new URL(baseUrl);
		nock(origin)
			.persist()
			.post(`${pathname}/action/openclaw_chat_completion`)
			.reply(200, () => {
				sent++;
				return { status: 200, response: { response_text: 'hi' } };
			});
		const credential = { apiToken: crypto.randomUUID(), baseUrl, instanceIp: '10.0.0.1', authToken: 'gateway-token' };
		const items = prompts('row', perMinute + 10).map((prompt) => ({ prompt }));
		await runNode({ credential, items, parameters: { message: '={{ $json.prompt }}', options: { maxRateLimitWait: 0 } }, ...CONTINUE });
		return sent;
	};
	expect(await sentTo('https://api-lr.agent.ai/v1')).toBe(perMinute);
	expect(await sentTo('https://agent.ai.example.com/v1')).toBe(perMinute + 10);
	nock.cleanAll();
	nock.restore();
});

test('Timeout: the node waits ten seconds longer', async () => {
	const [longer = 0] = claims(/The node waits (\d+) seconds longer, so that agent\.ai can report the timeout itself\./);
	const timer = jest.spyOn(AbortSignal, 'timeout');
	const sandbox = await startSandbox();
	await runRows(sandbox, 'row', 1, { options: { timeout: 7 } });
	expect(timer.mock.calls.map(([ms]) => ms)).toContain((7 + longer) * 1000);
	expect(sandbox.actions[0]?.body.timeout).toBe('7');
	timer.mockRestore();
});

test('operations that only read are always retried', async () => {
	claims('Operations that only read, such as *Get Many*, are always retried.');
	let left = 1;
	const sandbox = await startSandbox({ fault: () => (left-- > 0 ? '500' : undefined) });
	const { items } = await runRows(sandbox, 'row', 1, { ...CONTINUE, parameters: { resource: 'agent', operation: 'getAll', limit: 1 } });
	expect(items.map(errorOf)).toEqual([undefined]);
});

test('sendAgain tells what can be sent again as it is; a single 401 fails its own item', async () => {
	claims('`sendAgain: true` in the error means that nothing was run and the item itself is fine');
	claims('A single 401 among good answers fails only its own item.');
	const sandbox = await startSandbox({ fault: ({ message }) => (message === 'row 1' ? '401' : message === 'row 2' ? '500' : undefined) });
	const { items } = await runRows(sandbox, 'row', 5, { ...CONTINUE, options: { maxConcurrency: 1 } });
	expect(items.map((item) => [errorOf(item) !== undefined, errorOf(item)?.sendAgain])).toEqual([
		[false, undefined],
		[true, true],
		[true, undefined],
		[false, undefined],
		[false, undefined],
	]);
});

test('a retry sends only what has no answer, and the answers of a stopped run are kept', async () => {
	claims('The answers are kept: **Retry** of the execution sends only the items without an answer');
	const sandbox = await failingFor('500', (row) => row === 2);
	const { error } = await runRows(sandbox, 'row', 4, { options: { maxConcurrency: 1 } });
	expect(error?.message).toContain('2 of 4 items answered, 1 failed, 1 not sent');
	expect(error?.description).toMatch(/answers are kept/);
});

test('what a visitor reads', () => void claims(`a visitor reads “${FOR_VISITORS}”`));

test('Max Concurrency: as many as it says are sent at once, and the output keeps the order of the input', async () => {
	claims('It starts the next item as soon as one finishes, keeps the order of the input');
	const [atOnce = 0] = claims(
		/\| Max Concurrency \| `(\d+)` \| Maximum number of items sent at once\. The next one starts as soon as one finishes\./,
	);
	const sandbox = await startSandbox({ latencyMs: ({ message }) => (Number(/\d+$/.exec(message ?? '')?.[0]) % 3) * 40 + 400 });
	const { items } = await runRows(sandbox, 'row', 12);
	expect(sandbox.maxInFlight).toBe(atOnce);
	expect(items.map(({ json }) => textOf(json))).toEqual(prompts('row', 12).map((prompt) => `You said: ${prompt}`));
});

test('Stop Workflow: invalid input is found before anything is sent, and running requests finish', async () => {
	claims('No new items start and running requests finish. Then the node fails with the first error and the counts.');
	claims('Invalid input is found before anything is sent');
	const sandbox = await startSandbox({ fault: ({ message }) => (message === 'row 1' ? '400' : undefined), latencyMs: 200 });
	const { error } = await runRows(sandbox, 'row', 20, { options: { maxConcurrency: 3 } });
	expect(sandbox.requests.length).toBeLessThan(6);
	expect(sandbox.disconnected).toBe(0);
	expect(error?.message).toMatch(/^agent\.ai could not accept the request \(\d of 20 items answered, 1 failed, \d+ not sent\)$/);
	const invalid = await startSandbox();
	await runRows(invalid, 'row', 3, { parameters: { message: '={{ $itemIndex === 2 ? "" : "hi" }}' } });
	expect(invalid.requests).toHaveLength(0);
});

test('Continue: a failed item is its input item with an error added, in its place, or on the error output', async () => {
	claims(
		'Each failed item is its input item with an error added, `{ "error": { "message", "description", … }, …your fields }`, in its place',
	);
	const run = async (onError: 'continueRegularOutput' | 'continueErrorOutput') =>
		await runRows(await failingFor('400', (row) => row === 1), 'row', 3, { onError });
	const failed = {
		prompt: 'row 1',
		error: expect.objectContaining({ message: expect.any(String) as string, description: expect.any(String) as string }) as object,
	};
	expect((await run('continueRegularOutput')).items[1]?.json).toEqual(failed);
	const { items, errorItems } = await run('continueErrorOutput');
	expect([items.length, errorItems.map(({ json }) => json)]).toEqual([2, [failed]]);
});

test('what reached nobody is tried up to Max Tries, what may have run only with Retry Uncertain Failures', async () => {
	claims('requests that provably reached nobody (up to *Max Tries*)');
	claims('such items are sent again only with *Retry Uncertain Failures*');
	const [most = 0] = claims(/\| Max Tries \| `(\d+)` \| Maximum number of tries per item/);
	// tries follow each other at once
	Object.assign(systemClock, { random: () => 0 });
	const nobody = { apiToken: 'x', baseUrl: 'http://127.0.0.1:9/v1', instanceIp: '10.0.0.1', authToken: 'y' };
	const { items } = await runNode({ credential: nobody, parameters: { message: 'hi' }, ...CONTINUE });
	expect(errorOf(items[0]!)?.description).toContain(`It was tried ${most} times`);
	const sent = async (retryUncertainFailures: boolean) => {
		const sandbox = await failingFor('500');
		await runRows(sandbox, 'row', 1, { ...CONTINUE, options: { retryUncertainFailures } });
		return sandbox.requests.length;
	};
	expect([await sent(false), await sent(true)]).toEqual([1, most]);
	Object.assign(systemClock, { random: Math.random });
});

test('Max Wait for what is down: by who waits', () => {
	const [batch = 0, single = 0] = claims(
		/(\d+) seconds for a batch that a trigger starts, (\d+) seconds for a single item or when somebody is waiting, unless you set it/,
	);
	expect(
		claims(/Unless you set it, a single item, and any run that somebody is waiting for, waits (\d+) seconds for a server that is down/),
	).toEqual([single]);
	const wait = (mode: string, items: number, isLive = false) =>
		downWaitSeconds({ context: { getMode: () => mode }, items: new Array(items), isTool: false } as never, isLive);
	expect([wait('trigger', 2), wait('trigger', 1), wait('webhook', 2), wait('manual', 2), wait('trigger', 2, true)]).toEqual([
		batch,
		single,
		single,
		single,
		single,
	]);
});

test.each<[what: string, fault: Fault]>([
	['credits run out', '402'],
	['the daily limit is used up', '429-daily'],
])('the node stops sending when %s, and the remaining items say so and cost nothing', async (what, fault) => {
	claims(
		/The node stops sending when credits run out\*\*, the daily limit is used up, or a token is refused\. The remaining items say so and cost nothing\./,
	);
	const sandbox = await startSandbox({ fault: (_body, number) => (number > 2 ? fault : undefined) });
	const { items } = await runRows(sandbox, 'row', 10, { ...CONTINUE, options: { maxConcurrency: 1 } });
	expect([what, sandbox.requests.length]).toEqual([what, 3]);
	const rest = items.slice(3).map((item) => errorOf(item));
	expect(
		rest.every((error) => /credits|daily/.test(error?.message ?? '') && /was not sent|cost nothing/.test(error?.description ?? '')),
	).toBe(true);
});

test('from 50 items on the log shows the progress, and a hint counts', async () => {
	const [from = 0] = claims(/From (\d+) items on, n8n's log shows the progress/);
	claims('hints above the output count the answered, failed and retried items');
	const logOf = async (count: number) =>
		await runRows(await failingFor('400', (row) => row === 3), 'row', count, { ...CONTINUE, options: { maxConcurrency: 25 } });
	const { log, hints } = await logOf(from);
	expect(log).toContain(`of ${from} items done`);
	expect((await logOf(from - 1)).log).not.toContain('items done');
	expect(hints[0]).toContain(`${from - 1} answered, 1 failed`);
});

test('n8n’s timeout: the node ends five seconds before, in the Continue modes with an error for each other item', async () => {
	const [before = 0] = claims(
		/the node ends (\w+) seconds before the timeout\. In the \*Continue\* modes, the answers and an error for each other item go to the next node/,
	);
	const sandbox = await startSandbox({ fault: ({ message }) => (message === 'row 0' ? undefined : 'stall') });
	const timeoutAt = Date.now() + 100_000;
	const sleep = jest.spyOn(systemClock, 'sleep').mockImplementation(async (ms, signal?: AbortSignal) => {
		// the first row is answered by then
		const early = Math.abs(timeoutAt - Date.now() - ms - before * 1000) < 1000;
		await new Promise<void>((resolve) => {
			setTimeout(resolve, early ? 500 : ms).unref();
			signal?.addEventListener('abort', () => resolve());
		});
	});
	const { items } = await runRows(sandbox, 'row', 4, { ...CONTINUE, timeoutAt, options: { maxConcurrency: 1 } });
	sleep.mockRestore();
	expect(items.map((item) => errorOf(item)?.message)).toEqual([
		undefined,
		...new Array<string>(3).fill('The workflow is about to time out'),
	]);
});

test('a wrong gateway token: as many requests as the documents say lock agent.ai out, and the node sends fewer', async () => {
	const [most = 0] = claims(/(\w+) requests with a wrong gateway token lock the caller's address out for five minutes/);
	claims('before any answer: once');
	const sandbox = await startSandbox();
	const credential = { ...credentialFor(sandbox), authToken: 'another-token' };
	await runNode({
		credential,
		items: prompts('row', 30).map((prompt) => ({ prompt })),
		parameters: { message: '={{ $json.prompt }}', options: { maxConcurrency: 1 } },
		...CONTINUE,
	});
	expect([most, sandbox.requests.length, messages(sandbox)]).toEqual([10, 1, []]);
});

test('a response has a largest size', () =>
	expect(MAX_ANSWER_BYTES).toBe((claims(/The response is larger than (\d+) MiB/)[0] ?? 0) * 2 ** 20));
