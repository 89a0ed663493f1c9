import type { Account } from '../limiter/account';
import type { Refusals } from '../limiter/refusals';
import type { Applicant, Denial, Ticket } from '../limiter/turns';
import { deniedEnd, deniedReason, knownEnd, unsentEnd } from './ends';
import { Groups } from './groups';
import { type Found, Queue, type Task } from './queue';
import { beginTry, effortOf, nextTry } from './retry';
import { type Attempt, type FailureTraits, type Job, type NotSentReason, type RetryOptions, type Settled } from './types';

/** How long a walk over jobs may keep the process from everything else, in ms. */
const LONGEST_BLOCK_MS = 20;

export interface BatchOptions extends RetryOptions {
	/** Most attempts in flight at once, 1 or more. */
	maxConcurrency: number;
	/** Jobs failing one after another, in order of finishing, that end the batch; 0 for never. */
	stopAfterFailures: number;
	/** Whether the first failure ends the batch. */
	stopOnFailure: boolean;
}

export interface BatchContext<J, T, F extends FailureTraits> {
	/** Whose pace and session lines hold. */
	account: Account;
	/** What the account's other runs have met; nothing, unless given. */
	refusals?: Refusals<F>;
	/** Stops everything: nothing more starts, and what is in flight is no longer awaited. */
	signal?: AbortSignal;
	/** Called once for each job, the moment it is settled; no more after an abort. */
	onSettled: (job: J, settled: Settled<T, F>) => void;
}

export interface BatchResult {
	/** Time in which work was ready and there was room for it, but the account's limit held it back, in ms. */
	heldMs: number;
	/** Time in which a job waited for another run's request of its session, in ms. */
	sessionMs: number;
	aborted: boolean;
}

/**
 * Runs jobs as a queue with a sliding window: the moment one ends, the next starts. Jobs of one lane run one after
 * another in input order, a rate limit holds everyone, what was refused goes first when it lifts, and a failing job
 * takes no other with it.
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

class Batch<J extends Job<T, F>, T, F extends FailureTraits> implements Applicant {
	readonly live: boolean;

	readonly node?: string;

	readonly asksAtOnce?: boolean;

	readonly requestsPerMinute: number;

	readonly maxLimitWaitMs: number;

	private readonly queue: Queue<J, T, F>;

	private readonly groups: Groups<F>;

	private inFlight = 0;

	private answered = 0;

	private failuresInARow = 0;

	private halted?: NotSentReason<F>;

	private defect?: { error: unknown };

	private heldMs = 0;

	/** Since when a start has been asked for; `undefined` while none is. */
	private acquiringSince?: number;

	private wake: () => void = () => {};

	constructor(
		jobs: Iterator<J>,
		private readonly attempt: (job: J) => Promise<Attempt<T, F>>,
		private readonly options: BatchOptions,
		private readonly context: BatchContext<J, T, F>,
	) {
		this.live = options.live;
		this.node = options.node;
		this.asksAtOnce = options.asksAtOnce;
		this.requestsPerMinute = options.requestsPerMinute;
		this.maxLimitWaitMs = options.maxLimitWaitMs;
		const { sessionLocks, clock } = context.account;
		this.groups = new Groups(context.refusals);
		this.queue = new Queue(jobs, sessionLocks, clock, () => this.wake());
	}

	async run(): Promise<BatchResult> {
		const { signal } = this.context;
		const onAbort = () => {
			this.halt({ why: 'aborted' });
			this.wake();
		};
		signal?.addEventListener('abort', onAbort);
		if (signal?.aborted) onAbort();
		try {
			await this.loop();
			if (!this.defect && !signal?.aborted) await this.settleUnsent();
		} finally {
			signal?.removeEventListener('abort', onAbort);
			this.leaveTurns();
			this.queue.close();
		}
		if (this.defect) throw this.defect.error;
		return { heldMs: this.heldMs, sessionMs: this.queue.behindOthersMs, aborted: signal?.aborted ?? false };
	}

	/** One request may start now: the first ready task that is worth it. */
	acquired(start: () => Ticket): void {
		this.endHeld();
		for (let task = this.queue.next(); task; task = this.queue.next()) {
			if (this.settledByGroup(task)) continue;
			this.start(task, start());
			break;
		}
		this.wake();
	}

	/** The limit lifts too late for this batch: the refused fail, the others are not sent. */
	refused(denial: Denial): void {
		this.endHeld();
		const task = this.queue.next();
		if (task) {
			this.queue.release(task);
			this.context.onSettled(task.job, deniedEnd(task, denial));
		}
		this.halt(deniedReason(denial));
		this.wake();
	}

	private async loop(): Promise<void> {
		for (;;) {
			const woken = new Promise<void>((resolve) => {
				this.wake = resolve;
			});
			const found = this.halted ? 'none' : this.lookForWork();
			if (this.defect || this.context.signal?.aborted) return;
			if (found === 'none' && this.inFlight === 0 && (this.halted || this.queue.isEmpty)) return;
			if (found === 'more') await this.context.account.clock.pause();
			else await this.nextEvent(woken);
		}
	}

	/** Looks for a task that may start, and asks for its start when there is room. */
	private lookForWork(): Found {
		const { clock, turns } = this.context.account;
		const untilMs = clock.now() + LONGEST_BLOCK_MS;
		while (!this.halted && this.acquiringSince === undefined && this.inFlight < this.options.maxConcurrency) {
			const found = this.queue.look((task) => this.settledEarly(task), untilMs);
			if (found !== 'ready' || this.halted) return found;
			this.acquiringSince = clock.now();
			turns.acquire(this);
		}
		return 'none';
	}

	/** Settles a job whose result is known, or whose group has been refused; such a result proves nothing about the others. */
	private settledEarly(task: Task<J, F>): boolean {
		const { known } = task.job;
		if (!known) return this.settledByGroup(task);
		this.context.onSettled(task.job, knownEnd(known));
		if (!known.ok && this.options.stopOnFailure) this.halt({ why: 'stopped', failure: known.failure });
		return true;
	}

	private settledByGroup(task: Task<J, F>): boolean {
		const reason = this.groups.refusal(task.job);
		if (!reason) return false;
		this.queue.release(task);
		this.context.onSettled(task.job, unsentEnd(task, reason));
		return true;
	}

	private start(task: Task<J, F>, ticket: Ticket): void {
		const { account } = this.context;
		const startedAt = account.clock.now();
		if (!task.refused) task.limitWaitMs += startedAt - task.readySince;
		beginTry(task, startedAt);
		this.inFlight++;
		void this.carryOut(task, ticket, startedAt);
	}

	private async carryOut(task: Task<J, F>, ticket: Ticket, startedAt: number): Promise<void> {
		const { account, signal } = this.context;
		try {
			const result = await this.attempt(task.job);
			account.turns.release(ticket, result.limits);
			task.latencyMs = account.clock.now() - startedAt;
			this.inFlight--;
			if (!signal?.aborted) this.conclude(task, result);
		} catch (error) {
			this.defect ??= { error };
		}
		// a settled task has left its line already
		if (this.defect || signal?.aborted) this.queue.release(task);
		this.wake();
	}

	private conclude(task: Task<J, F>, result: Attempt<T, F>): void {
		if (result.ok) {
			this.answered++;
			this.failuresInARow = 0;
			this.groups.noteAnswer(task.job);
			this.queue.release(task);
			this.context.onSettled(task.job, { state: 'answered', value: result.value, ...effortOf(task) });
			return;
		}
		this.noteShared(task, result.failure);
		if (result.failure.delivery === 'rateLimited') task.answeredAtRefusal ??= this.answered;
		const next = this.halted ? { again: 'never' as const } : nextTry(result, task, this.options, this.context.account.clock);
		if (next.again === 'whenAllowed') this.queue.putBack(task);
		else if (next.again === 'after') this.queue.delay(task, next.delayMs);
		else {
			// nobody was answered all this time: the others would only wait as long for the same refusal
			if (task.refused && task.answeredAtRefusal === this.answered) this.halt({ why: 'shared', failure: result.failure });
			this.fail(task, result.failure);
		}
	}

	private noteShared(task: Task<J, F>, failure: F): void {
		const { shared } = failure;
		if (shared?.scope === 'all' && !(shared.untilAnswered && this.answered > 0)) this.halt({ why: 'shared', failure });
		this.groups.noteFailure(task.job, failure);
	}

	private fail(task: Task<J, F>, failure: F): void {
		const { options } = this;
		this.queue.release(task);
		this.context.onSettled(task.job, { state: 'failed', failure, ...effortOf(task) });
		this.failuresInARow++;
		if (options.stopOnFailure) this.halt({ why: 'stopped', failure });
		if (options.stopAfterFailures > 0 && this.failuresInARow >= options.stopAfterFailures) {
			this.halt({ why: 'failuresInARow', count: this.failuresInARow, failure });
		}
	}

	/** Starts nothing more, and leaves the lines of the sessions to others. */
	private halt(reason: NotSentReason<F>): void {
		if (this.halted) return;
		this.halted = reason;
		this.leaveTurns();
		this.queue.close();
	}

	private leaveTurns(): void {
		if (this.acquiringSince === undefined) return;
		this.endHeld();
		this.context.account.turns.leave(this);
	}

	private endHeld(): void {
		if (this.acquiringSince !== undefined) this.heldMs += this.context.account.clock.now() - this.acquiringSince;
		this.acquiringSince = undefined;
	}

	/** Ends what a halt left over: what had been tried keeps its own failure, the rest was never sent. */
	private async settleUnsent(): Promise<void> {
		const reason = this.halted;
		if (!reason) return;
		const { clock } = this.context.account;
		let pausedAt = clock.now();
		for (const task of this.queue.drain()) {
			const { known } = task.job;
			this.context.onSettled(task.job, known ? knownEnd(known) : unsentEnd(task, reason));
			if (clock.now() - pausedAt < LONGEST_BLOCK_MS) continue;
			await clock.pause();
			pausedAt = clock.now();
		}
	}

	/** Resolves when an attempt ends, a session is free, a start is granted, the batch is stopped, or a retry is due. */
	private async nextEvent(woken: Promise<void>): Promise<void> {
		// where a start is asked for already, what falls due meanwhile is looked at when it is granted
		const waits = this.halted !== undefined || this.acquiringSince !== undefined || this.inFlight >= this.options.maxConcurrency;
		const dueMs = waits ? Infinity : this.queue.untilDueMs();
		if (!Number.isFinite(dueMs)) return await woken;
		const timer = new AbortController();
		await Promise.race([woken, this.context.account.clock.sleep(dueMs, timer.signal)]);
		timer.abort();
	}
}
