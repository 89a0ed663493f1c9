import { Heap } from './heap';
import type { Pace } from './pace';
import { retryDelayMs } from './retryTiming';
import type { Attempt, Clock, Effort, FailureTraits, Job, NotSentReason, Settled } from './types';

export interface BatchOptions {
	/** Most attempts in flight at once, 1 or more. */
	maxConcurrency: number;
	/** Most requests for one job, refusals by a rate limit not counted; 1 or more. */
	maxTries: number;
	/** Whether to try again what may have run already. */
	retryUncertain: boolean;
	/** Jobs failing one after another, in order of finishing, that end the batch; 0 for never. */
	stopAfterFailures: number;
	/** Whether the first failure ends the batch. */
	stopOnFailure: boolean;
	/** Longest time one job waits for rate limits altogether, in ms. */
	maxLimitWaitMs: number;
}

export interface BatchContext<J, T, F> {
	clock: Clock;
	pace: Pace;
	/** Stops everything: nothing more starts, and what is in flight is no longer awaited. */
	signal?: AbortSignal;
	/** Called once for each job, the moment it is settled; no more after an abort. */
	onSettled: (job: J, settled: Settled<T, F>) => void;
}

export interface BatchResult {
	/** Time in which work was ready and there was room for it, but the rate limit held it back, in ms. */
	heldMs: number;
	aborted: boolean;
}

/** A job that has been asked for and is not settled yet. */
interface Task<J, F> {
	job: J;
	/** Where the job stands among all jobs, counted from 0. */
	position: number;
	/** 0 refused by a rate limit, 1 tried before, 2 next of its lane: the order in which ready tasks start. */
	rank: 0 | 1 | 2;
	tries: number;
	/** Tries that count against maxTries. */
	countedTries: number;
	latencyMs: number;
	waitedMs: number;
	limitWaitMs: number;
	/** When the last try ended and the wait for the next began. */
	waitingSince?: number;
	/** How many jobs had been answered when this one was first refused. */
	answeredAtRefusal?: number;
	/** When a retry may start. */
	notBefore: number;
	/** How the last try failed, for the case that there will be no other. */
	lastFailure?: F;
}

/**
 * Runs jobs as a queue with a sliding window: the moment one ends, the next starts. Jobs of one lane run one after
 * another in input order, a rate limit holds everyone, what was refused goes first when it lifts, and a failing job
 * takes no other with it (design decisions 5 to 8).
 *
 * @param jobs in input order; each is asked for when there is room for it, and let go when it is settled, so that
 * thousands of requests need not be in memory at once
 * @param attempt sends one request for a job and reports how it went; called anew for every try; must not reject
 * @throws whatever `attempt` rejects with: a defect, after which nothing more is started
 */
export async function runBatch<J extends Job<T, F>, T, F extends FailureTraits>(
	jobs: Iterable<J>,
	attempt: (job: J) => Promise<Attempt<T, F>>,
	options: BatchOptions,
	context: BatchContext<J, T, F>,
): Promise<BatchResult> {
	return await new Batch(jobs[Symbol.iterator](), attempt, options, context).run();
}

class Batch<J extends Job<T, F>, T, F extends FailureTraits> {
	/** Tasks that may start now. All of them stand before `upcoming` in the input, so they go first. */
	private readonly ready = new Heap<Task<J, F>>((a, b) => a.rank - b.rank || a.position - b.position);

	private readonly delayed = new Heap<Task<J, F>>((a, b) => a.notBefore - b.notBefore || a.position - b.position);

	/** The next job that no lane holds back. */
	private upcoming: Task<J, F> | undefined;

	/** Jobs asked for so far. */
	private taken = 0;

	/** There are no more jobs to ask for. */
	private exhausted = false;

	/** Tasks that wait for the one before them; a lane is present while one of its jobs is under way. */
	private readonly lanes = new Map<string, Array<Task<J, F>>>();

	private settledCount = 0;

	private inFlight = 0;

	private answered = 0;

	private failuresInARow = 0;

	private halted?: NotSentReason<F>;

	private defect?: { error: unknown };

	private heldMs = 0;

	private heldSince?: number;

	private wake: () => void = () => {};

	constructor(
		private readonly jobs: Iterator<J>,
		private readonly attempt: (job: J) => Promise<Attempt<T, F>>,
		private readonly options: BatchOptions,
		private readonly context: BatchContext<J, T, F>,
	) {}

	async run(): Promise<BatchResult> {
		const { signal } = this.context;
		const onAbort = () => {
			this.halted ??= { why: 'aborted' };
			this.wake();
		};
		signal?.addEventListener('abort', onAbort);
		if (signal?.aborted) onAbort();
		try {
			await this.loop();
		} finally {
			signal?.removeEventListener('abort', onAbort);
		}
		if (this.defect) throw this.defect.error;
		if (!signal?.aborted) this.settleUnsent();
		return { heldMs: this.heldMs, aborted: signal?.aborted ?? false };
	}

	private async loop(): Promise<void> {
		for (;;) {
			const sleepMs = this.startWhatMay();
			const idle = this.inFlight === 0;
			if (this.defect || this.context.signal?.aborted) return;
			if (idle && (this.halted || (this.exhausted && this.settledCount === this.taken))) return;
			await this.nextEvent(sleepMs);
		}
	}

	/** Starts all that may start now; gives the time until more may, or `Infinity` when only an answer can tell. */
	private startWhatMay(): number {
		const { clock, pace } = this.context;
		for (;;) {
			if (this.halted) return this.noteHeld(false, Infinity);
			const now = clock.now();
			for (let due = this.delayed.peek(); due && due.notBefore <= now; due = this.delayed.peek()) {
				this.ready.push(this.delayed.pop() as Task<J, F>);
			}
			const nextDelayed = this.delayed.peek();
			const untilDelayed = nextDelayed ? nextDelayed.notBefore - now : Infinity;
			if (this.inFlight >= this.options.maxConcurrency) return this.noteHeld(false, Infinity);
			if (!this.hasReady()) {
				if (this.halted) continue;
				return this.noteHeld(false, untilDelayed);
			}
			const waitMs = pace.waitMs(now, this.inFlight);
			if (waitMs > 0) {
				const dailyResetMs = pace.dailyResetMs(now);
				if (dailyResetMs !== undefined) {
					this.halted = { why: 'dailyLimit', resetInMs: dailyResetMs };
					continue;
				}
				return this.noteHeld(true, Math.min(waitMs, untilDelayed));
			}
			this.start(this.ready.pop() ?? this.takeUpcoming(), now);
		}
	}

	/** Whether a task may start. Jobs whose lane is busy are put into its queue on the way. */
	private hasReady(): boolean {
		if (this.ready.size > 0) return true;
		while (!this.upcoming) {
			const task = this.take();
			if (!task) return false;
			const { lane, known } = task.job;
			if (known) {
				this.settleKnown(task, known);
				if (this.halted) return false;
				continue;
			}
			const waiting = lane === undefined ? undefined : this.lanes.get(lane);
			if (waiting) waiting.push(task);
			else this.upcoming = task;
		}
		return true;
	}

	/** Ends a task whose result was known before it was sent; it proves nothing about the others. */
	private settleKnown(task: Task<J, F>, known: NonNullable<J['known']>): void {
		if (known.ok) this.settle(task.job, { state: 'answered', value: known.value, ...NOTHING_SPENT });
		else {
			this.settle(task.job, failed(known.failure, NOTHING_SPENT));
			if (this.options.stopOnFailure) this.halted ??= { why: 'stopped', failure: known.failure };
		}
	}

	/** Asks for the next job. */
	private take(): Task<J, F> | undefined {
		if (this.exhausted) return undefined;
		const { done, value } = this.jobs.next();
		if (!done) return newTask(value, this.taken++);
		this.exhausted = true;
		return undefined;
	}

	/** The task that `hasReady` has found; its lane is busy from now on. */
	private takeUpcoming(): Task<J, F> {
		const task = this.upcoming as Task<J, F>;
		this.upcoming = undefined;
		if (task.job.lane !== undefined) this.lanes.set(task.job.lane, []);
		return task;
	}

	private noteHeld(held: boolean, sleepMs: number): number {
		const now = this.context.clock.now();
		if (this.heldSince !== undefined) this.heldMs += now - this.heldSince;
		this.heldSince = held ? now : undefined;
		return sleepMs;
	}

	private start(task: Task<J, F>, now: number): void {
		const { clock, pace } = this.context;
		if (task.waitingSince !== undefined) {
			task.waitedMs += now - task.waitingSince;
			if (task.rank === 0) task.limitWaitMs += now - task.waitingSince;
			task.waitingSince = undefined;
		}
		this.inFlight++;
		task.tries++;
		task.countedTries++;
		const ticket = pace.started(now);
		void this.attempt(task.job)
			.then((result) => {
				const ended = clock.now();
				this.inFlight--;
				pace.ended(ended, ticket, result.limits);
				task.latencyMs = ended - now;
				if (!this.context.signal?.aborted) this.conclude(task, result, ended);
			})
			.catch((error: unknown) => {
				this.defect ??= { error };
			})
			.finally(() => this.wake());
	}

	private conclude(task: Task<J, F>, result: Attempt<T, F>, now: number): void {
		if (result.ok) {
			this.answered++;
			this.failuresInARow = 0;
			const { tries, latencyMs, waitedMs } = task;
			this.settle(task.job, { state: 'answered', value: result.value, tries, latencyMs, waitedMs });
			this.advanceLane(task.job);
			return;
		}
		const { shared } = result.failure;
		if (shared?.scope === 'all' && !(shared.untilAnswered && this.answered > 0)) {
			this.halted ??= { why: 'shared', failure: result.failure };
		}
		if (!this.halted && this.schedule(task, result, now)) {
			task.lastFailure = result.failure;
			return;
		}
		this.fail(task, result.failure);
		this.advanceLane(task.job);
	}

	/** Plans another try when there may be one; says whether there will be. */
	private schedule(task: Task<J, F>, result: Extract<Attempt<T, F>, { ok: false }>, now: number): boolean {
		const { options, context } = this;
		if (result.passedOn) return false;
		if (result.failure.delivery === 'rateLimited') {
			task.countedTries--;
			task.answeredAtRefusal ??= this.answered;
			if (task.limitWaitMs + context.pace.holdMs(now) > options.maxLimitWaitMs) {
				// nobody was answered all this time: the others would only wait as long for the same refusal
				if (task.answeredAtRefusal === this.answered) this.halted ??= { why: 'shared', failure: result.failure };
				return false;
			}
			task.rank = 0;
			task.waitingSince = now;
			this.ready.push(task);
			return true;
		}
		const mayRepeat = result.failure.delivery === 'notDelivered' || (result.failure.delivery === 'uncertain' && options.retryUncertain);
		if (!mayRepeat || task.countedTries >= options.maxTries) return false;
		task.rank = 1;
		task.waitingSince = now;
		task.notBefore = now + retryDelayMs(task.countedTries, context.clock.random());
		this.delayed.push(task);
		return true;
	}

	private fail(task: Task<J, F>, failure: F): void {
		const { options } = this;
		this.settle(task.job, failed(failure, task));
		this.failuresInARow++;
		if (options.stopOnFailure) this.halted ??= { why: 'stopped', failure };
		if (options.stopAfterFailures > 0 && this.failuresInARow >= options.stopAfterFailures) {
			this.halted ??= { why: 'failuresInARow', count: this.failuresInARow, failure };
		}
	}

	private advanceLane({ lane }: J): void {
		if (lane === undefined) return;
		const next = this.lanes.get(lane)?.shift();
		if (next === undefined) this.lanes.delete(lane);
		else this.ready.push(next);
	}

	private settle(job: J, settled: Settled<T, F>): void {
		this.settledCount++;
		this.context.onSettled(job, settled);
	}

	/** Ends what a halt left over: what had been tried keeps its own failure, the rest was never sent. */
	private settleUnsent(): void {
		const reason = this.halted;
		if (!reason) return;
		for (const task of this.unsent()) {
			const { job, lastFailure } = task;
			this.settle(job, lastFailure === undefined ? { state: 'notSent', reason, ...NOTHING_SPENT } : failed(lastFailure, task));
		}
	}

	private *unsent(): Iterable<Task<J, F>> {
		for (const queue of [this.ready, this.delayed]) {
			for (let task = queue.pop(); task; task = queue.pop()) yield task;
		}
		if (this.upcoming) yield this.upcoming;
		for (const waiting of this.lanes.values()) yield* waiting;
		for (let task = this.take(); task; task = this.take()) yield task;
	}

	/** Resolves when an attempt ends, the batch is stopped, or the time is over. */
	private async nextEvent(sleepMs: number): Promise<void> {
		const woken = new Promise<void>((resolve) => {
			this.wake = resolve;
		});
		if (!Number.isFinite(sleepMs)) return await woken;
		const timer = new AbortController();
		await Promise.race([woken, this.context.clock.sleep(sleepMs, timer.signal)]);
		timer.abort();
	}
}

const newTask = <J, F>(job: J, position: number): Task<J, F> => ({
	job,
	position,
	rank: 2,
	tries: 0,
	countedTries: 0,
	latencyMs: 0,
	waitedMs: 0,
	limitWaitMs: 0,
	notBefore: 0,
});

/** The effort for a job that was never sent. */
export const NOTHING_SPENT: Effort = { tries: 0, latencyMs: 0, waitedMs: 0 };

const failed = <F>(failure: F, { tries, latencyMs, waitedMs }: Effort): Settled<never, F> => ({
	state: 'failed',
	failure,
	tries,
	latencyMs,
	waitedMs,
});
