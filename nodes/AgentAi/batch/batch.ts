import { failure, notSent, type NotSentReason, waitsTooLong } from '../failures/failure';
import type { Account } from '../limiter/account';
import { Pauses, withPauses } from '../limiter/clock';
import type { Asker } from '../limiter/obstacles';
import type { Applicant, Denial } from '../limiter/turns';
import type { Ticket } from '../limiter/window';
import { Brake } from './brake';
import { DownTime } from './downTime';
import { Ends } from './ends';
import { Queue, type Task } from './queue';
import { beginNext, beginTry, limitsOf, nextTry, noteFailure } from './retry';
import type { Member, RunBounds } from './runBounds';
import { Stopwatch } from './stopwatch';
import type { Attempt, BatchContext, BatchOptions, BatchResult, Job } from './types';

/**
 * The jobs of a run that belong to one account, as a queue with a sliding window: the moment one ends, the next starts. Jobs of one
 * lane run one after another in input order, a rate limit holds everyone, what was refused goes first when it resets, what goes to
 * a place that is down waits until it is back, and a failing job takes no other with it.
 */
export class Batch<J extends Job<T>, T> implements Member {
	private readonly asker: Asker;

	private readonly applicant: Applicant;

	/** Runs while a start is asked for: work is ready and there is room for it, but the account's limit holds it back. */
	private readonly limited: Stopwatch;

	private readonly brake: Brake;

	private readonly queue: Queue<J>;

	private readonly downTime: DownTime;

	private readonly ends: Ends<J, T>;

	private inFlight = 0;

	private answered = 0;

	private halted?: NotSentReason;

	private defect?: { error: unknown };

	/** Lets it look for work. */
	wake: () => void = () => {};

	/** @param onTaken called when a job has been taken out of those that were added */
	constructor(
		private readonly account: Account,
		private readonly bounds: RunBounds,
		private readonly attempt: (job: J) => Promise<Attempt<T>>,
		private readonly options: BatchOptions,
		private readonly context: BatchContext<J, T>,
		onTaken: () => void,
	) {
		const { clock, sessionLocks } = account;
		const now = clock.now();
		this.asker = { begunAt: options.isLaterRound ? -Infinity : now, asksAtOnce: options.asksAtOnce };
		this.applicant = {
			...options,
			acquired: (start) => {
				this.limited.end();
				this.startNext(start);
			},
			refused: (denial) => {
				this.limited.end();
				this.deny(denial);
			},
		};
		this.brake = new Brake(options.maxConcurrency, now);
		this.downTime = new DownTime(options.maxDownWaitMs, account, this.asker, context.onOutage);
		this.limited = new Stopwatch(clock);
		this.queue = new Queue(sessionLocks, clock, this.limited, onTaken, () => this.wake());
		this.ends = new Ends(bounds, context.onSettled);
	}

	add(job: J): void {
		this.queue.add(job);
		this.wake();
	}

	/** No more jobs come. */
	complete(): void {
		this.queue.complete();
		this.wake();
	}

	async run(): Promise<BatchResult> {
		const { signal } = this.context;
		const onAbort = () => {
			this.halt({ why: 'aborted' });
			this.wake();
		};
		const endChanges = this.account.obstacles.onChange(() => this.lookAgain());
		signal?.addEventListener('abort', onAbort);
		const leaveRun = this.bounds.join(this);
		if (signal?.aborted) onAbort();
		try {
			await this.loop();
			if (!this.defect && !signal?.aborted) await this.settleUnsent();
		} finally {
			signal?.removeEventListener('abort', onAbort);
			endChanges();
			leaveRun();
			this.withdraw();
			this.queue.close();
		}
		if (this.defect) throw this.defect.error;
		return {
			heldMs: this.limited.ms,
			sessionMs: this.queue.behind.ms,
			outages: this.downTime.end(),
			enoughAtOnce: this.brake.enoughAtOnce(this.account.clock.now(), this.account.windows.perMinute),
		};
	}

	/** Starts nothing more, and leaves the lines of the sessions to others. */
	halt(reason: NotSentReason): void {
		if (this.halted) return;
		this.halted = reason;
		this.withdraw();
		this.queue.close();
		this.wake();
	}

	private async loop(): Promise<void> {
		const pauses = new Pauses(this.account.clock);
		for (;;) {
			const woken = this.nextWake();
			const found = this.lookForWork(pauses);
			if (this.defect || this.context.signal?.aborted) return;
			if (found === undefined) {
				await pauses.take();
				continue;
			}
			if (!found && this.inFlight === 0 && (this.halted || this.queue.isEmpty)) return;
			await this.nextEvent(woken);
			pauses.restart();
		}
	}

	/** Looks for a task that may start, and asks for its start when there is room; gives what `Queue.look` gives. */
	private lookForWork(pauses: Pauses): boolean | undefined {
		if (this.account.clock.now() >= this.downTime.lookAt) this.lookAgain();
		while (!this.halted && !this.limited.runs && this.bounds.free) {
			const found = this.queue.look((task) => this.blocked(task), pauses);
			if (!found || this.halted) return found;
			this.limited.begin();
			this.account.turns.acquire(this.applicant);
		}
		return false;
	}

	private withdraw(): void {
		if (!this.limited.runs) return;
		this.limited.end();
		this.account.turns.leave(this.applicant);
	}

	/** One request may start now: the first ready task that is worth it. */
	private startNext(start: () => Ticket): void {
		// another batch of the run has taken the last place meanwhile
		if (!this.bounds.free) return this.wake();
		for (let task = this.queue.next(); task; task = this.queue.next()) {
			if (this.blocked(task)) continue;
			this.start(task, start());
			break;
		}
		this.wake();
	}

	/** The limit resets too late for this batch: the refused fail, the others are not sent. */
	private deny({ by, ...times }: Denial): void {
		const reason = { why: by, ...times };
		const task = this.queue.next();
		if (task) this.ends.unsent(task, reason, notSent(reason));
		this.halt(reason);
	}

	/** Whether something stands in front of a task: then it is held, or ended where nobody waits for that any longer. */
	private blocked(task: Task<J>): boolean {
		const block = this.downTime.inFrontOf(task.job.instance);
		if (!block) return false;
		const { failure } = block.reason;
		if (block.waits) this.queue.hold(task);
		else if (task.lastFailure) this.ends.with(task, { ok: false, failure: task.lastFailure });
		else if (this.ends.unsent(task, block.reason, failure).state !== 'answered' && this.options.stopOnFailure) {
			this.bounds.halt({ why: 'stopped', failure });
		}
		return true;
	}

	private lookAgain(): void {
		if (!this.queue.holds) return;
		this.downTime.lookAt = Infinity;
		this.queue.releaseHeld();
		this.wake();
	}

	private start(task: Task<J>, ticket: Ticket): void {
		const startedAt = this.account.clock.now();
		task.limitWaitMs += this.limited.ms - task.limitedBefore;
		beginTry(task, startedAt);
		this.inFlight++;
		this.bounds.begin();
		void this.carryOut(task, ticket, startedAt);
	}

	private async carryOut(task: Task<J>, ticket: Ticket, startedAt: number): Promise<void> {
		const { account } = this;
		const { signal } = this.context;
		const noteEnd = account.obstacles.begin(task.job.instance, this.asker);
		try {
			const result = await this.attempt(task.job).catch((error) => this.broken(error));
			account.turns.release(ticket, limitsOf(result));
			task.latencyMs = account.clock.now() - startedAt;
			this.brake.note(task.latencyMs);
			this.inFlight--;
			this.bounds.end(this);
			noteEnd(result.ok ? 'answered' : result.failure);
			if (!this.defect && !signal?.aborted) this.conclude(task, result);
		} catch (error) {
			this.broken(error);
		}
		// a settled task has left its line already
		if (this.defect || signal?.aborted) task.place?.leave();
		this.wake();
	}

	/** A defect ends the batch; others of the account go on, so that its request ends as any does. */
	private broken(error: unknown): Attempt<T> {
		this.defect ??= { error };
		return { ok: false, failure: failure('unexpected') };
	}

	private conclude(task: Task<J>, result: Attempt<T>): void {
		if (!result.ok) return this.concludeFailed(task, result);
		this.answered++;
		this.bounds.failuresInARow = 0;
		this.downTime.over();
		if (!result.goesOn) this.ends.with(task, result);
		else if (this.halted) this.ends.unsent(task, this.halted);
		else {
			beginNext(task);
			this.queue.putBack(task);
		}
	}

	private concludeFailed(task: Task<J>, result: Extract<Attempt<T>, { ok: false }>): void {
		const { failure } = result;
		const { clock } = this.account;
		if (failure.delivery === 'rateLimited') task.answeredAtRefusal ??= this.answered;
		if (failure.delivery === 'uncertain') this.downTime.noteLost(task.job.instance);
		noteFailure(task, failure);
		const isDown = failure.shared?.as === 'down' && this.downTime.waitsFor(task.job.instance);
		const next = this.halted ? { again: 'never' as const } : nextTry(result, task, this.options, clock, isDown);
		if (next.again === 'whenAllowed') return this.queue.putBack(task);
		if (next.again === 'whenBack') return this.queue.hold(task);
		if (next.again === 'after') return this.queue.delay(task, next.delayMs);
		const waitedEnough = task.refused && task.limitWaitMs >= this.options.maxLimitWaitMs;
		const failed = waitedEnough ? waitsTooLong(failure, this.account.windows.resetInMs(clock.now())) : failure;
		// nobody was answered all this time: the others would only wait as long for the same refusal
		if (task.refused && task.answeredAtRefusal === this.answered) this.halt({ why: 'shared', failure: failed });
		if (this.downTime.isUnheard && failure.shared?.as === 'down') this.halt({ why: 'shared', failure });
		this.ends.with(task, { ok: false, failure: failed });
	}

	/** Ends what a halt left over: what had been tried keeps its own failure, the rest was never sent. */
	private async settleUnsent(): Promise<void> {
		const reason = this.halted;
		if (!reason) return;
		for (;;) {
			const woken = this.nextWake();
			await withPauses(this.account.clock, this.queue.drain(), (task) => void this.ends.unsent(task, reason));
			if (this.queue.isEmpty || this.context.signal?.aborted) return;
			await woken;
		}
	}

	private async nextWake(): Promise<void> {
		return await new Promise((resolve) => (this.wake = resolve));
	}

	/** Resolves when an attempt ends, a session is free, a start is granted, the batch is stopped, or a retry or a look is due. */
	private async nextEvent(woken: Promise<void>): Promise<void> {
		const { clock } = this.account;
		// where a start is asked for already, what falls due meanwhile is looked at when it is granted
		const waits = this.halted !== undefined || this.limited.runs || !this.bounds.free;
		const heldMs = this.queue.holds ? Math.max(0, this.downTime.lookAt - clock.now()) : Infinity;
		const dueMs = waits ? Infinity : Math.min(this.queue.untilDueMs(), heldMs);
		if (!Number.isFinite(dueMs)) return await woken;
		const timer = new AbortController();
		await Promise.race([woken, clock.sleep(dueMs, timer.signal)]);
		timer.abort();
	}
}
