import { Batches } from '../../nodes/AgentAi/batch/batches.ts';
import type { Attempt, BatchOptions, Job, Settled } from '../../nodes/AgentAi/batch/types.ts';
import { failure } from '../../nodes/AgentAi/failures/failure.ts';
import type { Delivery, Shared } from '../../nodes/AgentAi/failures/failureRow.ts';
import { Account } from '../../nodes/AgentAi/limiter/account.ts';
import { runBatch } from '../support/runBatch.mts';
import { VirtualClock } from '../support/virtualClock.mts';

const OPTIONS: BatchOptions = {
	maxConcurrency: 5,
	maxTries: 4,
	retryUncertain: false,
	stopAfterFailures: 0,
	stopOnFailure: false,
	maxLimitWaitMs: 900_000,
	maxDownWaitMs: 900_000,
	requestsPerMinute: 0,
	live: false,
};

type Result = Attempt<string>;

interface Numbered extends Job<string> {
	index: number;
}

interface Setup {
	jobs?: Numbered[];
	count?: number;
	options?: Partial<BatchOptions>;
	latency?: (index: number) => number;
	/** The outcome of a try, counted from 1 for each job. */
	outcome?: (index: number, attempt: number) => Result;
	signal?: AbortSignal;
	/** Where another run has been before. */
	account?: Account;
	clock?: VirtualClock;
}

async function run(setup: Setup) {
	const clock = setup.clock ?? new VirtualClock();
	const jobs: Numbered[] = setup.jobs ?? Array.from({ length: setup.count ?? 10 }, (_, index) => ({ index }));
	const settled: Settled<string>[] = [];
	const tries = new Map<number, number>();
	const starts: { index: number; at: number }[] = [];
	let inFlight = 0;
	let maxInFlight = 0;
	const attempt = async ({ index }: Numbered): Promise<Result> => {
		const number = (tries.get(index) ?? 0) + 1;
		tries.set(index, number);
		starts.push({ index, at: clock.now() });
		maxInFlight = Math.max(maxInFlight, ++inFlight);
		await clock.sleep(setup.latency?.(index) ?? 100);
		inFlight--;
		return setup.outcome?.(index, number) ?? { ok: true, value: `answer ${index}` };
	};
	const batch = await clock.run(
		runBatch<Numbered, string>(
			[...jobs],
			attempt,
			{ ...OPTIONS, ...setup.options },
			{
				account: setup.account ?? new Account(0, clock),
				signal: setup.signal,
				onSettled: ({ index }, end) => (settled[index] = end),
			},
		),
	);
	return { ...batch, settled, starts, maxInFlight, finishedAt: clock.now(), states: settled.map(({ state }) => state) };
}

const failing = (
	delivery: Delivery,
	{ shared, ...extra }: { shared?: Shared; passedOn?: boolean; limits?: Result['limits'] } = {},
): Result => ({
	ok: false,
	failure: { ...failure('unexpected', { delivery }), ...(shared ? { shared } : {}) },
	...extra,
});

describe('a job that goes on after its answer', () => {
	const goesOn: Result = { ok: true, value: 'first', goesOn: true };
	/** Jobs that keep their first answer, where the request that follows it has none; what they were told of that stands in `whys`. */
	function lasting(count: number, lane?: string) {
		const whys: (string | undefined)[] = [];
		const jobs = Array.from({ length: count }, (_, index) => ({
			index,
			lane,
			soFar: (failed?: { delivery: string }) => {
				whys.push(failed?.delivery);
				return { ok: true as const, value: 'first' };
			},
		}));
		return { jobs, whys };
	}

	test('sends what follows before fresh jobs, as a request with tries of its own', async () => {
		const { jobs } = lasting(3);
		const { starts, settled } = await run({
			jobs,
			options: { maxConcurrency: 1, maxTries: 2 },
			outcome: (index, attempt) =>
				index > 0 || attempt === 4 ? { ok: true, value: `end ${index}` } : attempt === 2 ? goesOn : failing('notDelivered'),
		});
		expect(starts.map(({ index }) => index).sort()).toEqual([0, 0, 0, 0, 1, 2]);
		expect(settled.map((end) => 'value' in end && end.value)).toEqual(['end 0', 'end 1', 'end 2']);
		expect(settled[0]).toMatchObject({ state: 'answered', tries: 4 });
	});

	test('keeps the line of its session, and waits for the limit as any other', async () => {
		const { jobs } = lasting(3, 'a');
		const { starts } = await run({
			jobs,
			outcome: (_index, attempt) =>
				attempt === 1 ? goesOn : attempt === 2 ? failing('rateLimited', { limits: { retryAfterMs: 5000 } }) : { ok: true, value: 'second' },
		});
		expect(starts.map(({ index }) => index)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
	});

	test('ends as its answer was where what follows fails, is not sent, or the run ends', async () => {
		const uncertain = lasting(1);
		const once = await run({ jobs: uncertain.jobs, outcome: (_index, attempt) => (attempt === 1 ? goesOn : failing('uncertain')) });
		expect(once.settled[0]).toMatchObject({ state: 'answered', value: 'first', tries: 2 });
		expect(uncertain.whys).toEqual(['uncertain']);

		const denied = lasting(2);
		const refused: Result = { ...failing('rateLimited'), limits: { retryAfterMs: 3_600_000 } };
		const late = await run({ jobs: denied.jobs, outcome: (_index, attempt) => (attempt === 1 ? goesOn : refused) });
		expect(late.states).toEqual(['answered', 'answered']);
		expect(denied.whys).toEqual(['rateLimited', 'rateLimited']);

		const stopped = lasting(2);
		const halted = await run({
			jobs: [{ index: 0 }, stopped.jobs[1] as Numbered],
			options: { stopOnFailure: true },
			latency: (index) => 100 + index,
			outcome: (index) => (index === 0 ? failing('final') : goesOn),
		});
		expect(halted.states).toEqual(['failed', 'answered']);
		expect(halted.starts).toHaveLength(2);
		expect(stopped.whys).toEqual([undefined]);
	});

	test('fails the run as it would have without what followed, where it came to a failure', async () => {
		const why = failure('answerMisfit');
		const jobs = [{ index: 0, soFar: () => ({ ok: false as const, failure: why }) }, { index: 1 }];
		const { settled } = await run({
			jobs,
			options: { stopOnFailure: true, maxConcurrency: 1 },
			outcome: (_index, attempt) => (attempt === 1 ? goesOn : failing('uncertain')),
		});
		expect(settled).toMatchObject([
			{ state: 'failed', failure: why },
			{ state: 'notSent', reason: { why: 'stopped', failure: why } },
		]);
	});
});

describe('the sliding window', () => {
	test('settles every job as itself, whatever finishes first', async () => {
		const { settled } = await run({ count: 20, latency: (index) => 1000 - index * 50 });
		expect(settled.map((item) => item.state === 'answered' && item.value)).toEqual(
			Array.from({ length: 20 }, (_, index) => `answer ${index}`),
		);
	});

	test('starts the next the moment one finishes: as fast as the in-order list schedule', async () => {
		// one in ten takes long, as agents do
		const latency = (index: number) => (index % 10 === 0 ? 4000 : 100 + ((index * 37) % 90));
		const { finishedAt, maxInFlight } = await run({ count: 200, latency });
		const workers = [0, 0, 0, 0, 0];
		for (let index = 0; index < 200; index++) {
			workers.sort((a, b) => a - b);
			workers[0] = workers[0]! + latency(index);
		}
		expect(finishedAt).toBeLessThanOrEqual(Math.max(...workers) * 1.05);
		expect(maxInFlight).toBe(5);
	});

	test('asks for a job only when there is room for it', async () => {
		let taken = 0;
		let settled = 0;
		function* jobs() {
			for (; taken < 50; taken++) {
				// what is in flight, and one that is ready to follow
				expect(taken - settled).toBeLessThanOrEqual(OPTIONS.maxConcurrency);
				yield { lane: undefined };
			}
		}
		const clock = new VirtualClock();
		const attempt = async (): Promise<Result> => {
			await clock.sleep(100);
			return { ok: true, value: '' };
		};
		await clock.run(runBatch(jobs(), attempt, OPTIONS, { account: new Account(0, clock), onSettled: () => settled++ }));
		expect(settled).toBe(50);
	});

	test('nothing to do ends at once', async () => {
		expect((await run({ jobs: [] })).settled).toEqual([]);
	});
});

describe('lanes', () => {
	const jobs = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => ({ index, ...(index % 2 === 0 ? { lane: 'a' } : {}) }));

	test('run one after another in input order, while others fill the window', async () => {
		const { starts } = await run({ jobs });
		const lane = starts.filter(({ index }) => index % 2 === 0);
		expect(lane.map(({ index }) => index)).toEqual([0, 2, 4, 6]);
		expect(lane.map(({ at }) => at)).toEqual([0, 100, 200, 300]);
		expect(starts.filter(({ index }) => index % 2 === 1).map(({ at }) => at)).toEqual([0, 0, 0, 0]);
	});

	test('a failed turn lets later turns run, and a retry never overtakes an earlier item of its lane', async () => {
		const { starts, states } = await run({
			jobs,
			outcome: (index, attempt) =>
				index === 2 ? failing('notDelivered') : index === 0 && attempt < 3 ? failing('notDelivered') : { ok: true, value: '' },
		});
		expect(starts.filter(({ index }) => index % 2 === 0).map(({ index }) => index)).toEqual([0, 0, 0, 2, 2, 2, 2, 4, 6]);
		expect(states[2]).toBe('failed');
		expect(states[4]).toBe('answered');
	});
});

describe('the wait for others’ requests of a session', () => {
	/** Runs jobs that take 10 s each, while somebody else holds sessions for some seconds from the start on. */
	async function behind(lanes: string[], held: Record<string, number>) {
		const clock = new VirtualClock();
		const account = new Account(0, clock);
		for (const [lane, seconds] of Object.entries(held)) {
			const place = account.sessionLocks.join(lane, {}, () => undefined);
			void clock.sleep(seconds * 1_000).then(() => place.leave());
		}
		const jobs = lanes.map((lane, index) => ({ index, lane }));
		const { sessionMs, settled } = await run({ clock, account, jobs, latency: () => 10_000 });
		return { sessionMs, waits: settled.map(({ sessionWaitMs }) => sessionWaitMs) };
	}

	test('does not count the own requests of the session that go before', async () => {
		expect(await behind(['a', 'a', 'a', 'a'], { a: 3 })).toEqual({ sessionMs: 3_000, waits: [3_000, 0, 0, 0] });
	});

	test('counts once where several sessions are waited for at once', async () => {
		expect(await behind(['a', 'b', 'a', 'b', 'c'], { a: 3, b: 5 })).toEqual({ sessionMs: 5_000, waits: [3_000, 5_000, 0, 0, 0] });
	});

	test('counts for both of two runs that take turns', async () => {
		const clock = new VirtualClock();
		const account = new Account(0, clock);
		const jobs = [{ index: 0, lane: 'a' }];
		const [first, second] = await Promise.all([1, 2].map(() => run({ clock, account, jobs, latency: () => 10_000 })));
		expect([first?.sessionMs, second?.sessionMs]).toEqual([0, 10_000]);
	});
});

describe('retries', () => {
	test.each([
		['notDelivered', false, 4],
		['notDelivered', true, 4],
		['uncertain', false, 1],
		['uncertain', true, 4],
		['final', true, 1],
	] as const)('%s with Retry Uncertain Failures %s takes %s tries', async (delivery, retryUncertain, tries) => {
		const { settled } = await run({ count: 1, options: { retryUncertain }, outcome: () => failing(delivery) });
		expect(settled[0]).toMatchObject({ state: 'failed', failure: { delivery }, tries });
	});

	test('wait longer each time, with jitter', async () => {
		const { starts, settled } = await run({
			count: 1,
			outcome: (_index, attempt) => (attempt < 4 ? failing('notDelivered') : { ok: true, value: '' }),
		});
		expect(starts.map(({ at }) => at)).toEqual([0, 600, 1700, 3800]);
		expect(settled[0]).toMatchObject({ state: 'answered', tries: 4, latencyMs: 100, waitedMs: 3500 });
	});

	test('what may have run is sent no more often than Max Tries says, however long its instance is down', async () => {
		const badGateway = () => failing('uncertain', { shared: { as: 'down', scope: 'instance' } });
		const jobs = Array.from({ length: 10 }, (_, index) => ({ index, instance: '10.0.0.1 token' }));
		const { settled, states } = await run({ jobs, options: { retryUncertain: true }, outcome: badGateway });
		expect(Math.max(...settled.map(({ tries }) => tries))).toBe(4);
		expect(states).not.toContain('answered');
		// what only reads does nothing twice, and waits for the end of it
		const reading = await run({
			count: 1,
			options: { reads: true },
			outcome: (_index, attempt) => (attempt < 9 ? badGateway() : { ok: true, value: '' }),
		});
		expect(reading.states).toEqual(['answered']);
	});

	test('nothing is tried again once a piece of the answer was passed on', async () => {
		const { settled } = await run({ count: 1, options: { retryUncertain: true }, outcome: () => failing('uncertain', { passedOn: true }) });
		expect(settled[0]).toMatchObject({ state: 'failed', tries: 1 });
	});
});

describe('rate limits', () => {
	test('a 429 holds everyone, and the refused goes first', async () => {
		const { starts, states } = await run({
			count: 12,
			options: { maxConcurrency: 3 },
			outcome: (index, attempt) =>
				index === 2 && attempt === 1 ? failing('rateLimited', { limits: { refused: true, retryAfterMs: 5000 } }) : { ok: true, value: '' },
		});
		expect(states.every((state) => state === 'answered')).toBe(true);
		expect(starts.filter(({ at }) => at > 100 && at < 5100)).toEqual([]);
		expect(starts.find(({ at }) => at >= 5100)?.index).toBe(2);
		expect(starts).toHaveLength(13);
	});

	test('are bounded by the waiting time, not by Max Tries', async () => {
		const { settled } = await run({
			count: 1,
			options: { maxTries: 1 },
			outcome: (_index, attempt) =>
				attempt < 12 ? failing('rateLimited', { limits: { refused: true, retryAfterMs: 60_000 } }) : { ok: true, value: '' },
		});
		expect(settled[0]).toMatchObject({ state: 'answered', tries: 12 });
	});

	test('a server that only ever refuses, without headers, ends everything after growing waits', async () => {
		const { settled, starts, finishedAt } = await run({ count: 100, outcome: () => failing('rateLimited', { limits: { refused: true } }) });
		expect(settled.some(({ state }) => state === 'notSent')).toBe(true);
		expect(settled.every(({ state }) => state !== 'answered')).toBe(true);
		expect(finishedAt).toBeGreaterThan(600_000);
		expect(finishedAt).toBeLessThan(1_900_000);
		expect(starts.length).toBeLessThan(100);
	});

	test('what waits for a server that is down does not wait for the limit: neither fresh rows nor refused ones', async () => {
		const clock = new VirtualClock();
		const refused = failing('rateLimited', { limits: { refused: true, retryAfterMs: 1_000 } });
		const down = failing('notDelivered', { shared: { as: 'down', scope: 'account' } });
		const tries: number[] = [];
		const { settled } = await run({
			clock,
			count: 6,
			options: { maxLimitWaitMs: 10_000 },
			outcome: (index, attempt) => {
				// row 0 is refused before, and every row after
				if (clock.now() < 1_000 && index === 0) return refused;
				if (clock.now() < 60_000) return down;
				tries[index] ??= attempt;
				return tries[index] === attempt ? refused : { ok: true, value: '' };
			},
		});
		expect(settled.map(({ state }) => state)).toEqual(Array(6).fill('answered'));
		for (const { limitWaitMs } of settled) expect(limitWaitMs).toBeLessThan(10_000);
	});

	describe('the wait for a place is no wait for the limit', () => {
		const MINUTES_10 = 600_000;
		/** Refuses a job once, after ten minutes, and answers it then. */
		function once(): (index: number) => Result {
			const refused = new Set<number>();
			return (index) => {
				if (refused.has(index)) return { ok: true, value: '' };
				refused.add(index);
				return failing('rateLimited', { limits: { refused: true, retryAfterMs: 2_000 } });
			};
		}

		test.each<[string, troubleMs: number, Result]>([
			['after an outage', 30_000, failing('notDelivered', { shared: { as: 'down', scope: 'account' } })],
			['where many retries are due at once', 100, failing('notDelivered')],
		])('%s', async (_what, troubleMs, trouble) => {
			const clock = new VirtualClock();
			const end = once();
			const { settled } = await run({
				clock,
				count: 6,
				options: { maxConcurrency: 2 },
				latency: () => (clock.now() < troubleMs ? 10 : MINUTES_10),
				outcome: (index) => (clock.now() < troubleMs ? trouble : end(index)),
			});
			expect(settled.map(({ state }) => state)).toEqual(Array(6).fill('answered'));
			for (const { limitWaitMs } of settled) expect(limitWaitMs).toBeLessThan(20_000);
		});

		test('where another account’s items take all places', async () => {
			const clock = new VirtualClock();
			const [first, second] = [new Account(0, clock), new Account(0, clock)];
			const settled: Settled<string>[] = [];
			const end = once();
			const batches = new Batches<Numbered, string>(
				async ({ index }) => {
					await clock.sleep(MINUTES_10);
					return index % 2 === 0 ? { ok: true, value: '' } : end(index);
				},
				{ ...OPTIONS, maxConcurrency: 1 },
				{ onSettled: ({ index }, end) => (settled[index] = end) },
			);
			for (let index = 0; index < 6; index++) await batches.add(index % 2 === 0 ? first : second, { index }, Infinity);
			await clock.run(batches.end());
			expect(settled.map(({ state }) => state)).toEqual(Array(6).fill('answered'));
			for (const { limitWaitMs } of settled) expect(limitWaitMs).toBeLessThan(20_000);
		});
	});

	test('the daily limit ends the batch at once and says when it resets', async () => {
		const limits = { windows: [{ name: 'day', remaining: 0, limit: 1000, resetInMs: 7_200_000, lengthMs: 86_400_000 }] };
		const { settled, finishedAt } = await run({
			count: 20,
			options: { maxConcurrency: 1 },
			outcome: () => ({ ok: true, value: '', limits }),
		});
		expect(settled[0]?.state).toBe('answered');
		expect(settled[1]).toMatchObject({ state: 'notSent', reason: { why: 'dailyLimit', resetInMs: 7_200_000 } });
		expect(finishedAt).toBe(100);
	});

	test('a page of maintenance that names two hours: that run ends, one 66 s later is answered', async () => {
		const clock = new VirtualClock();
		const account = new Account(0, clock);
		const down = failing('uncertain', { limits: { retryAfterMs: 7_200_000 } });
		const met = await run({ clock, account, outcome: () => down });
		expect(met.starts.length).toBeLessThanOrEqual(5);
		expect(met.settled.at(-1)).toMatchObject({ state: 'notSent', reason: { why: 'unavailable' } });
		await clock.run(clock.sleep(66_000));
		const later = await run({ clock, account, latency: () => 500 });
		expect(later.states).toEqual(Array(10).fill('answered'));
		// one row has asked for all of them
		expect(later.starts.filter(({ at }) => at < later.starts[0]!.at + 500)).toHaveLength(1);
	});

	test('Requests per Minute is a sliding limit', async () => {
		const { starts } = await run({ count: 30, options: { maxConcurrency: 100, requestsPerMinute: 10 } });
		for (const { at } of starts) {
			expect(starts.filter((other) => other.at > at - 60_000 && other.at <= at).length).toBeLessThanOrEqual(10);
		}
		// five go out before anything is known of the server
		expect(starts.at(-1)?.at).toBe(120_100);
	});
});

describe('Max Concurrency', () => {
	const minute = { windows: [{ name: 'minute', limit: 20, remaining: 15, lengthMs: 60_000 }] };
	const day = { name: 'day', limit: 1000, remaining: 900, lengthMs: 86_400_000 };
	const slow = { count: 30, latency: () => 60_000, outcome: (): Result => ({ ok: true, value: '', limits: minute }) };

	test('is the brake where answers are slow: the limit allows 20 a minute, and so many of a minute at once', async () => {
		expect((await run(slow)).enoughAtOnce).toBe(20);
		const limits = { windows: [...minute.windows, day] };
		expect((await run({ ...slow, outcome: () => ({ ok: true, value: '', limits }) })).enoughAtOnce).toBe(20);
	});

	test.each<[string, Setup]>([
		['the limit holds first', { ...slow, latency: () => 1_000 }],
		['no limit is known', { ...slow, outcome: () => ({ ok: true, value: '' }) }],
		['the limit of the day alone is known', { ...slow, outcome: () => ({ ok: true, value: '', limits: { windows: [day] } }) }],
		['there are hardly more rows than places', { ...slow, count: 9 }],
		['one session orders the rows', { ...slow, jobs: Array.from({ length: 30 }, (_, index) => ({ index, lane: 'one' })) }],
	])('is not, where %s', async (_what, setup) => {
		expect((await run(setup)).enoughAtOnce).toBeUndefined();
	});
});

describe('ending early', () => {
	test('Stop mode: nothing new starts, what is in flight is awaited', async () => {
		const { states, starts } = await run({
			count: 20,
			options: { stopOnFailure: true, maxConcurrency: 3 },
			latency: (index) => (index === 4 ? 10 : 100),
			outcome: (index) => (index === 4 ? failing('final') : { ok: true, value: '' }),
		});
		expect(starts).toHaveLength(6);
		expect(states.slice(0, 6)).toEqual(['answered', 'answered', 'answered', 'answered', 'failed', 'answered']);
		expect(states.slice(6).every((state) => state === 'notSent')).toBe(true);
	});

	test('a shared failure stops the batch, but not one that is doubted after a success', async () => {
		const credits = await run({
			count: 10,
			options: { maxConcurrency: 1 },
			outcome: (index) =>
				index === 3 ? failing('final', { shared: { scope: 'account', as: 'refused', askedByEachRun: true } }) : { ok: true, value: '' },
		});
		expect(credits.starts).toHaveLength(4);
		expect(credits.settled[9]).toMatchObject({ state: 'notSent', reason: { why: 'shared' } });
		const doubted = (bad: number) =>
			run({
				count: 10,
				options: { maxConcurrency: 1 },
				outcome: (index) =>
					index === bad
						? failing('final', { shared: { scope: 'account', as: 'refused', doubted: true, askedByEachRun: true } })
						: { ok: true, value: '' },
			});
		expect((await doubted(0)).starts).toHaveLength(1);
		expect((await doubted(3)).starts).toHaveLength(10);
	});

	test('Stop After Failures in a Row counts settled failures in order of finishing', async () => {
		const bad = new Set([1, 3, 4, 5, 6]);
		const { starts, settled } = await run({
			count: 20,
			options: { maxConcurrency: 1, stopAfterFailures: 3 },
			outcome: (index) => (bad.has(index) ? failing('final') : { ok: true, value: '' }),
		});
		expect(starts).toHaveLength(6);
		expect(settled[6]).toMatchObject({ state: 'notSent', reason: { why: 'failuresInARow', count: 3 } });
	});

	test('what waited for another try keeps its own failure when the batch ends', async () => {
		const { settled } = await run({
			count: 3,
			options: { maxConcurrency: 2, stopOnFailure: true },
			outcome: (index) => (index === 0 ? failing('notDelivered') : failing('final')),
		});
		expect(settled.map(({ state }) => state)).toEqual(['failed', 'failed', 'notSent']);
	});

	test('an abort ends it without waiting, and starts nothing more', async () => {
		const abort = new AbortController();
		const { starts, states } = await run({
			count: 50,
			signal: abort.signal,
			latency: (index) => {
				if (index === 4) abort.abort();
				return 1_000_000;
			},
		});
		expect(starts).toHaveLength(5);
		expect(states).toEqual([]);
	});

	test('an abort before the start sends nothing', async () => {
		const { starts } = await run({ signal: AbortSignal.abort() });
		expect(starts).toHaveLength(0);
	});

	test('a defect of the attempt itself is thrown, not swallowed, and leaves nothing of the account taken', async () => {
		const clock = new VirtualClock();
		const account = new Account(0, clock);
		const instance = '10.0.0.1 token';
		const broken = () => {
			const jobs = [{ lane: 'a', instance }, { lane: 'a' }, { lane: 'b' }];
			return clock.run(runBatch(jobs, () => Promise.reject(new Error('defect')), OPTIONS, { account, onSettled: () => undefined }));
		};
		await expect(broken()).rejects.toThrow('defect');
		expect([account.turns.idle, account.sessionLocks.idle]).toEqual([true, true]);
		// nor is a question open: what is down is asked about again
		await run({
			account,
			clock,
			count: 2,
			options: { maxDownWaitMs: 0 },
			outcome: () => failing('notDelivered', { shared: { as: 'down', scope: 'account' } }),
		});
		await clock.run(clock.sleep(60_000));
		await expect(broken()).rejects.toThrow('defect');
		expect(account.obstacles.downFor(undefined, { begunAt: 0 })).toHaveProperty('askedAt');
	});
});
