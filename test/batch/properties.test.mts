import fc from 'fast-check';

import type { Attempt, BatchOptions, Settled } from '../../nodes/AgentAi/batch/types.ts';
import { failure } from '../../nodes/AgentAi/failures/failure.ts';
import type { Delivery } from '../../nodes/AgentAi/failures/failureRow.ts';
import { Account } from '../../nodes/AgentAi/limiter/account.ts';
import { runBatch } from '../support/runBatch.mts';
import { VirtualClock } from '../support/virtualClock.mts';

/** Cases per property; `RANDOM_RUNS` asks for more. */
const RUNS = Number(process.env.RANDOM_RUNS ?? 1_000);

interface PlannedJob {
	lane: string | undefined;
	latency: number;
	/** Outcomes of the tries, the last one repeated; `ok` or a delivery. */
	outcomes: ('ok' | Delivery)[];
}

const plannedJob = fc.record<PlannedJob>({
	lane: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
	latency: fc.integer({ min: 0, max: 500 }),
	outcomes: fc.array(
		fc.oneof(
			{ arbitrary: fc.constant('ok' as const), weight: 5 },
			{ arbitrary: fc.constantFrom<Delivery>('notDelivered', 'uncertain', 'final', 'rateLimited'), weight: 2 },
		),
		{ minLength: 1, maxLength: 4 },
	),
});

const settings = fc.record({
	maxConcurrency: fc.integer({ min: 1, max: 8 }),
	maxTries: fc.integer({ min: 1, max: 4 }),
	retryUncertain: fc.boolean(),
	stopAfterFailures: fc.integer({ min: 0, max: 3 }),
	stopOnFailure: fc.boolean(),
});

interface Started {
	index: number;
	from: number;
	to: number;
	outcome: 'ok' | Delivery;
}

interface Server {
	/** Judges a request at its arrival; what it gives goes into the answer. */
	arrive(now: number): { refused: boolean; limits?: { limit: number; remaining: number; resetInMs: number } };
}

const UNLIMITED: Server = { arrive: () => ({ refused: false }) };

/** A fixed window that tells its state in every answer. */
class WindowServer implements Server {
	private endsAt = -1;

	private used = 0;

	refused = 0;

	constructor(
		private readonly limit: number,
		private readonly windowMs: number,
	) {}

	arrive(now: number) {
		if (now >= this.endsAt) {
			this.endsAt = now + this.windowMs;
			this.used = 0;
		}
		const refused = this.used >= this.limit;
		if (refused) this.refused++;
		else this.used++;
		return { refused, limits: { limit: this.limit, remaining: this.limit - this.used, resetInMs: this.endsAt - now } };
	}
}

async function simulate(
	planned: PlannedJob[],
	options: Omit<BatchOptions, 'maxLimitWaitMs' | 'maxDownWaitMs' | 'requestsPerMinute' | 'live'>,
	server: Server = UNLIMITED,
	pace: { requestsPerMinute?: number } = {},
) {
	const clock = new VirtualClock();
	const started: Started[] = [];
	const settled: (Settled<number> & { index: number })[] = [];
	const tries = new Map<number, number>();
	const attempt = async ({ index }: { index: number }): Promise<Attempt<number>> => {
		const { outcomes, latency } = planned[index]!;
		const number = (tries.get(index) ?? 0) + 1;
		tries.set(index, number);
		const verdict = server.arrive(clock.now());
		const outcome = verdict.refused
			? 'rateLimited'
			: (outcomes[number - 1] ?? (outcomes.at(-1) === 'rateLimited' ? 'ok' : outcomes.at(-1)!));
		const entry = { index, from: clock.now(), to: Infinity, outcome };
		started.push(entry);
		await clock.sleep(latency);
		entry.to = clock.now();
		const limits = {
			...(verdict.limits
				? { windows: [{ name: 'ratelimit', ...verdict.limits, resetInMs: verdict.limits.resetInMs - latency, fixedEnd: true }] }
				: {}),
			...(outcome === 'rateLimited' ? { refused: true } : {}),
		};
		return outcome === 'ok'
			? { ok: true, value: index, limits }
			: { ok: false, failure: failure('unexpected', { delivery: outcome }), limits };
	};
	const jobs = planned.map(({ lane }, index) => ({ index, ...(lane === undefined ? {} : { lane }) }));
	const result = await clock.run(
		runBatch(
			jobs,
			attempt,
			{ ...options, requestsPerMinute: 0, ...pace, live: false, maxLimitWaitMs: 900_000, maxDownWaitMs: 900_000 },
			{
				account: new Account(0, clock),
				onSettled: ({ index }, end) => settled.push({ ...end, index }),
			},
		),
	);
	return { ...result, started, settled };
}

const overlapping = (started: Started[], at: number) => started.filter(({ from, to }) => from <= at && at < to).length;

test('the window, the lanes, the tries and the order hold for any items, latencies and failures', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(plannedJob, { maxLength: 25 }), settings, async (planned, options) => {
			const { started, settled } = await simulate(planned, options);
			// never more than the concurrency in flight
			for (const { from } of started) expect(overlapping(started, from)).toBeLessThanOrEqual(options.maxConcurrency);
			// each item settled exactly once, as itself
			expect(settled.map(({ index }) => index).sort((a, b) => a - b)).toEqual(planned.map((_, index) => index));
			for (const item of settled) if (item.state === 'answered') expect(item.value).toBe(item.index);
			for (const item of settled) {
				const tries = started.filter(({ index }) => index === item.index);
				expect(item.tries).toBe(tries.length);
				// refusals by a rate limit do not count against Max Tries
				expect(tries.filter(({ outcome }) => outcome !== 'rateLimited').length).toBeLessThanOrEqual(options.maxTries);
				expect(item.state === 'notSent').toBe(tries.length === 0);
				expect(item.state === 'answered').toBe(tries.at(-1)?.outcome === 'ok');
				// what may have run is not sent again unless that was asked for, and what is final never
				for (const { outcome } of tries.slice(0, -1)) {
					expect(outcome).not.toBe('final');
					if (!options.retryUncertain) expect(outcome).not.toBe('uncertain');
				}
			}
			// order inside each lane: no turn starts before the one before it has ended for good
			for (const lane of ['a', 'b', 'c']) {
				const turns = started.filter(({ index }) => planned[index]!.lane === lane);
				for (const [position, turn] of turns.entries()) {
					const before = turns[position - 1];
					if (before) {
						expect(turn.index).toBeGreaterThanOrEqual(before.index);
						expect(turn.from).toBeGreaterThanOrEqual(before.to);
					}
				}
			}
		}),
		{ numRuns: RUNS },
	);
}, 120_000);

test('a server that tells its limit is never asked while it says zero', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(plannedJob, { minLength: 1, maxLength: 40 }),
			fc.integer({ min: 1, max: 8 }),
			fc.integer({ min: 0, max: 12 }),
			fc.integer({ min: 5_000, max: 60_000 }),
			async (planned, maxConcurrency, spare, windowMs) => {
				// the first requests go out before anything is known: a limit below the concurrency cannot be foreseen
				const server = new WindowServer(maxConcurrency + spare, windowMs);
				const answering = planned.map((job) => ({ ...job, outcomes: ['ok' as const] }));
				const { settled } = await simulate(
					answering,
					{ maxConcurrency, maxTries: 4, retryUncertain: false, stopAfterFailures: 0, stopOnFailure: false },
					server,
				);
				expect(settled.every(({ state }) => state === 'answered')).toBe(true);
				expect(server.refused).toBe(0);
			},
		),
		{ numRuns: RUNS },
	);
}, 120_000);

test('a limit that is met by surprise costs at most what was in flight, and everything is answered', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(plannedJob, { minLength: 1, maxLength: 40 }),
			fc.integer({ min: 1, max: 8 }),
			fc.integer({ min: 1, max: 8 }),
			fc.integer({ min: 5_000, max: 60_000 }),
			async (planned, maxConcurrency, limit, windowMs) => {
				const server = new WindowServer(limit, windowMs);
				const answering = planned.map((job) => ({ ...job, outcomes: ['ok' as const] }));
				const { settled } = await simulate(
					answering,
					{ maxConcurrency, maxTries: 1, retryUncertain: false, stopAfterFailures: 0, stopOnFailure: false },
					server,
				);
				expect(settled.every(({ state }) => state === 'answered')).toBe(true);
				expect(server.refused).toBeLessThanOrEqual(Math.max(0, maxConcurrency - limit));
			},
		),
		{ numRuns: RUNS },
	);
}, 120_000);

test('Requests per Minute holds in any 60 seconds', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(plannedJob, { minLength: 1, maxLength: 40 }),
			settings,
			fc.integer({ min: 1, max: 20 }),
			async (planned, options, requestsPerMinute) => {
				const { started } = await simulate(planned, options, UNLIMITED, { requestsPerMinute });
				for (const { from } of started) {
					const within = started.filter((other) => other.from > from - 60_000 && other.from <= from);
					expect(within.length).toBeLessThanOrEqual(requestsPerMinute);
				}
			},
		),
		{ numRuns: RUNS },
	);
}, 120_000);
