import fc from 'fast-check';

import { askOnce } from '../../nodes/AgentAi/batch/batches.ts';
import type { Attempt, Settled } from '../../nodes/AgentAi/batch/types.ts';
import { failure } from '../../nodes/AgentAi/failures/failure.ts';
import { Account } from '../../nodes/AgentAi/limiter/account.ts';
import { runBatch } from '../support/runBatch.mts';
import { VirtualClock } from '../support/virtualClock.mts';

/** How many random schedules; more are had with RANDOM_RUNS. */
const RUNS = Number(process.env.RANDOM_RUNS ?? 300);

const OPTIONS = {
	maxTries: 2,
	retryUncertain: false,
	maxLimitWaitMs: 10_000_000,
	requestsPerMinute: 0,
	live: false,

	maxDownWaitMs: 900_000,
};

/** A server with a fixed window, which tells its state in every answer. */
class WindowServer {
	refused = 0;

	/** Requests taken in each window. */
	readonly taken: number[] = [];

	private endsAt = -1;

	constructor(
		private readonly limit: number,
		private readonly windowMs: number,
	) {}

	arrive(now: number) {
		if (now >= this.endsAt) {
			this.endsAt = now + this.windowMs;
			this.taken.push(0);
		}
		const used = this.taken.at(-1) ?? 0;
		const refused = used >= this.limit;
		if (refused) this.refused++;
		else this.taken[this.taken.length - 1] = used + 1;
		const remaining = this.limit - (this.taken.at(-1) ?? 0);
		return { refused, at: this.endsAt, limits: { limit: this.limit, remaining } };
	}
}

const job = fc.record({
	lane: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
	latency: fc.integer({ min: 1, max: 900 }),
	outcome: fc.constantFrom('ok', 'ok', 'ok', 'final', 'notDelivered'),
});

const run = fc.record({
	jobs: fc.array(job, { minLength: 1, maxLength: 12 }),
	startsAt: fc.integer({ min: 0, max: 5_000 }),
	maxConcurrency: fc.integer({ min: 1, max: 4 }),
	/** A chat asks one thing, a batch several. */
	live: fc.boolean(),
	stopsAt: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
});

test(`${RUNS} random schedules of several runs on one account: the limit, the lines, and nothing lost or left behind`, async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(run, { minLength: 1, maxLength: 6 }),
			fc.integer({ min: 10, max: 20 }),
			fc.integer({ min: 3_000, max: 60_000 }),
			async (runs, limit, windowMs) => {
				const clock = new VirtualClock();
				const account = new Account(0, clock);
				const server = new WindowServer(limit, windowMs);
				const inLane = new Map<string, number>();
				const started: { run: number; lane: string | undefined; position: number }[] = [];
				const ended: Promise<void>[] = [];
				const counts = runs.map(() => 0);

				const attempt = async (run: number, position: number): Promise<Attempt<number>> => {
					const { lane, latency, outcome } = runs[run]!.jobs[position]!;
					if (lane !== undefined) {
						// exclusive, over all runs
						expect(inLane.get(lane) ?? 0).toBe(0);
						inLane.set(lane, 1);
					}
					started.push({ run, lane, position });
					const { refused, at, limits } = server.arrive(clock.now());
					await clock.sleep(latency);
					if (lane !== undefined) inLane.set(lane, 0);
					const window = { name: 'ratelimit', ...limits, resetInMs: at - clock.now(), fixedEnd: true };
					const report = { windows: [window], ...(refused ? { refused } : {}) };
					if (refused) return { ok: false, failure: failure('rateLimited'), limits: report };
					if (outcome === 'ok') return { ok: true, value: position, limits: report };
					return { ok: false, failure: failure('unexpected', { delivery: outcome }), limits: report };
				};

				for (const [index, { jobs, startsAt, maxConcurrency, live, stopsAt }] of runs.entries()) {
					const stop = new AbortController();
					if (stopsAt !== undefined) void clock.sleep(stopsAt).then(() => stop.abort());
					const work = async () => {
						await clock.sleep(startsAt);
						if (live) {
							const { lane } = jobs[0]!;
							await askOnce(account, { lane }, async () => await attempt(index, 0), { ...OPTIONS, live }, stop.signal);
							counts[index] = jobs.length;
							return;
						}
						const onSettled = (_job: object, settled: Settled<number>) => {
							expect(settled.state).not.toBe('notSent');
							counts[index]!++;
						};
						await runBatch(
							jobs.map(({ lane }, position) => ({ position, ...(lane === undefined ? {} : { lane }) })),
							async ({ position }) => await attempt(index, position),
							{ ...OPTIONS, maxConcurrency, stopAfterFailures: 0, stopOnFailure: false },
							{ account, signal: stop.signal, onSettled },
						);
					};
					ended.push(work());
				}
				await clock.run(Promise.all(ended));
				// what was in flight at a stop ends later than its run
				await clock.run(clock.sleep(1_000_000));

				for (const taken of server.taken) expect(taken).toBeLessThanOrEqual(limit);
				// refusals cost at most what had gone out before the server told its limit
				expect(server.refused).toBeLessThanOrEqual(10);
				for (const [index, { jobs, stopsAt }] of runs.entries()) if (stopsAt === undefined) expect(counts[index]).toBe(jobs.length);
				// in each run, the turns of a line keep the order of the input
				for (const [index] of runs.entries()) {
					for (const lane of ['a', 'b']) {
						const positions = started.filter((start) => start.run === index && start.lane === lane).map(({ position }) => position);
						expect(positions).toEqual([...positions].sort((a, b) => a - b));
					}
				}
				expect(account.turns.idle).toBe(true);
				expect(account.sessionLocks.idle).toBe(true);
			},
		),
		{ numRuns: RUNS },
	);
}, 3_600_000);
