import { type Failure, notSent, type NotSentReason, type SharedReason, waitsTooLong } from '../failures/failure';
import { Pauses, withPauses } from '../limiter/clock';
import type { Asker } from '../limiter/obstacles';
import type { Denial } from '../limiter/turns';
import type { Ticket } from '../limiter/window';
import { Application, type Granted } from './application';
import { Brake } from './brake';
import { DownTime } from './downTime';
import { deniedEnd, deniedReason, endAs, knownEnd, unsentEnd } from './ends';
import { Queue, type Task } from './queue';
import { beginNext, beginTry, effortOf, limitsOf, nextTry } from './retry';
import { type Member, RunBounds } from './runBounds';
import type { Attempt, BatchContext, BatchOptions, BatchResult, Job, Settled } from './types';

/**
 * Runs jobs as a queue with a sliding window: the moment one ends, the next starts. Jobs of one lane run one after
 * another in input order, a rate limit holds everyone, what was refused goes first when it resets, what goes to a place that
 * is down waits until it is back, and a failing job takes no other with it.
 *
 * @param jobs in input order; each is asked for when there is room for it, and let go when it is settled, so that
 * thousands of requests need not be in memory at once; `undefined` while the next is not there yet
 * @param attempt sends one request for a job and reports how it went; called anew for every try; must not reject
 * @throws whatever `attempt` rejects with: a defect, after which nothing more is started
 */
export async function runBatch<J extends Job<T>, T>(
	jobs: Iterable<J | undefined>,
	attempt: (job: J) => Promise<Attempt<T>>,
	options: BatchOptions,
	context: BatchContext<J, T>,
): Promise<BatchResult> {
	return await new Batch(jobs[Symbol.iterator](), attempt, options, context).run();
}

class Batch<J extends Job<T>, T> implements Granted, Asker, Member {
	readonly asksAtOnce?: boolean;

	readonly begunAt: number;

	private readonly application: Application;

	private readonly brake: Brake;

	private readonly queue: Queue<J, T>;

	private readonly downTime: DownTime;

	private inFlight = 0;

	private answered = 0;

	private readonly bounds: RunBounds;

	private halted?: NotSentReason;

	private defect?: { error: unknown };

	private wake: () => void = () => {};

	constructor(
		jobs: Iterator<J | undefined>,
		private readonly attempt: (job: J) => Promise<Attempt<T>>,
		private readonly options: BatchOptions,
		private readonly context: BatchContext<J, T>,
	) {
		this.asksAtOnce = options.asksAtOnce;
		this.application = new Application(context.account, options, this);
		this.bounds = context.bounds ?? new RunBounds(options.maxConcurrency, options.maxRequests);
		context.onMore?.(() => this.wake());
		const { sessionLocks, clock } = context.account;
		this.begunAt = clock.now();
		this.brake = new Brake(options.maxConcurrency, this.begunAt);
		this.downTime = new DownTime(options.maxDownWaitMs, context.account, this, context.onOutage);
		this.queue = new Queue(jobs, sessionLocks, clock, () => this.wake());
	}

	async run(): Promise<BatchResult> {
		const { signal } = this.context;
		const onAbort = () => {
			this.halt({ why: 'aborted' });
			this.wake();
		};
		const endChanges = this.context.account.obstacles.onChange(() => this.lookAgain());
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
			this.application.leave();
			this.queue.close();
		}
		if (this.defect) throw this.defect.error;
		const { clock, windows } = this.context.account;
		return {
			heldMs: this.application.heldMs,
			sessionMs: this.queue.behindOthersMs,
			outages: this.downTime.end(),
			aborted: signal?.aborted ?? false,
			enoughAtOnce: this.brake.enoughAtOnce(clock.now(), windows.perMinute),
		};
	}

	/** One request may start now: the first ready task that is worth it. */
	acquired(start: () => Ticket): void {
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
	refused(denial: Denial): void {
		const task = this.queue.next();
		if (task) this.end(task, deniedEnd(task, denial), task.lastFailure ?? notSent(deniedReason(denial)));
		this.halt(deniedReason(denial));
		this.wake();
	}

	private async loop(): Promise<void> {
		const pauses = new Pauses(this.context.account.clock);
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
		if (this.context.account.clock.now() >= this.downTime.lookAt) this.lookAgain();
		while (!this.halted && !this.application.isOpen && this.bounds.free) {
			const found = this.queue.look(
				(task) => this.settledEarly(task),
				(task) => this.blocked(task),
				pauses,
			);
			if (!found || this.halted) return found;
			this.application.open();
		}
		return false;
	}

	/** Settles a job whose result is known; such a result proves nothing about the others. */
	private settledEarly(task: Task<J>): boolean {
		const { known } = task.job;
		if (!known) return false;
		this.context.onSettled(task.job, knownEnd(known));
		if (!known.ok && this.options.stopOnFailure) this.bounds.halt({ why: 'stopped', failure: known.failure });
		return true;
	}

	/** Whether something stands in front of a task: then it is held, or ended where nobody waits for that any longer. */
	private blocked(task: Task<J>): boolean {
		const block = this.downTime.inFrontOf(task.job.instance);
		if (!block) return false;
		if (block.waits) this.queue.hold(task);
		else this.giveUp(task, block.reason);
		return true;
	}

	/** Ends a task that is not sent (again), because what it goes to refuses, or has been down for too long. */
	private giveUp(task: Task<J>, reason: SharedReason): void {
		if (task.lastFailure) return this.fail(task, task.lastFailure);
		const { failure } = reason;
		const { state } = this.end(task, unsentEnd(task, reason), failure);
		if (this.options.stopOnFailure && state !== 'answered') this.bounds.halt({ why: 'stopped', failure });
	}

	private lookAgain(): void {
		if (!this.queue.holds) return;
		this.downTime.restart();
		this.queue.releaseHeld();
		this.wake();
	}

	private start(task: Task<J>, ticket: Ticket): void {
		const { account } = this.context;
		const startedAt = account.clock.now();
		if (!task.refused) task.limitWaitMs += startedAt - task.readySince;
		beginTry(task, startedAt);
		this.inFlight++;
		this.bounds.begin();
		void this.carryOut(task, ticket, startedAt);
	}

	private async carryOut(task: Task<J>, ticket: Ticket, startedAt: number): Promise<void> {
		const { account, signal } = this.context;
		const endOf = account.obstacles.begin(task.job.instance, this);
		try {
			const result = await this.attempt(task.job);
			account.turns.release(ticket, limitsOf(result));
			task.latencyMs = account.clock.now() - startedAt;
			this.brake.note(task.latencyMs);
			this.inFlight--;
			this.bounds.end(this);
			endOf(result.ok ? 'answered' : result.failure);
			if (!signal?.aborted) this.conclude(task, result);
		} catch (error) {
			this.defect ??= { error };
		}
		// a settled task has left its line already
		if (this.defect || signal?.aborted) this.queue.release(task);
		this.wake();
	}

	private conclude(task: Task<J>, result: Attempt<T>): void {
		if (result.ok) {
			this.answered++;
			this.bounds.failuresInARow = 0;
			if (!this.queue.holds) this.downTime.over();
			if (!result.goesOn) this.end(task, { state: 'answered', value: result.value, ...effortOf(task) });
			else if (this.halted) this.end(task, unsentEnd(task, this.halted));
			else {
				beginNext(task);
				this.queue.putBack(task);
			}
			return;
		}
		const { failure } = result;
		if (failure.delivery === 'rateLimited') task.answeredAtRefusal ??= this.answered;
		if (failure.delivery === 'uncertain') this.downTime.noteLost();
		const isDown = failure.shared?.as === 'down' && this.downTime.waitsFor(task.job.instance);
		const next = this.halted ? { again: 'never' as const } : nextTry(result, task, this.options, this.context.account.clock, isDown);
		if (next.again === 'whenAllowed') this.queue.putBack(task);
		else if (next.again === 'whenBack') this.queue.hold(task);
		else if (next.again === 'after') this.queue.delay(task, next.delayMs);
		else {
			const failed = this.waitedEnough(task) ? waitsTooLong(failure, this.resetInMs()) : failure;
			// nobody was answered all this time: the others would only wait as long for the same refusal
			if (task.refused && task.answeredAtRefusal === this.answered) this.halt({ why: 'shared', failure: failed });
			if (this.downTime.isUnheard && failure.shared?.as === 'down') this.halt({ why: 'shared', failure });
			this.fail(task, failed);
		}
	}

	/** The limit has refused a task that may wait no longer for it. */
	private waitedEnough({ refused, limitWaitMs }: Task<J>): boolean {
		return refused && limitWaitMs >= this.options.maxLimitWaitMs;
	}

	private resetInMs(): number | undefined {
		const { windows, clock } = this.context.account;
		const { waitMs } = windows.hold(clock.now());
		return waitMs > 0 && Number.isFinite(waitMs) ? waitMs : undefined;
	}

	private fail(task: Task<J>, failure: Failure): void {
		const ended = this.end(task, { state: 'failed', failure, ...effortOf(task) }, failure);
		if (ended.state === 'failed') this.bounds.failed(ended.failure, this.options);
	}

	/** Ends a task: with what an earlier answer of it came to, where its last request has none, and why. */
	private end(task: Task<J>, settled: Settled<T>, why?: Failure): Settled<T> {
		const soFar = settled.state === 'answered' ? undefined : task.job.soFar?.(why ?? task.lastFailure);
		const ended = soFar ? endAs(soFar, task) : settled;
		this.queue.release(task);
		this.context.onSettled(task.job, ended);
		return ended;
	}

	look(): void {
		this.wake();
	}

	/** Starts nothing more, and leaves the lines of the sessions to others. */
	halt(reason: NotSentReason): void {
		if (this.halted) return;
		this.halted = reason;
		this.application.leave();
		this.queue.close();
		this.wake();
	}

	/** Ends what a halt left over: what had been tried keeps its own failure, the rest was never sent. */
	private async settleUnsent(): Promise<void> {
		const reason = this.halted;
		if (!reason) return;
		for (;;) {
			const woken = this.nextWake();
			await withPauses(this.context.account.clock, this.queue.drain(), (task) => {
				const { known } = task.job;
				this.end(task, known ? knownEnd(known) : unsentEnd(task, reason));
			});
			if (this.queue.isEmpty || this.context.signal?.aborted) return;
			await woken;
		}
	}

	private async nextWake(): Promise<void> {
		return await new Promise((resolve) => (this.wake = resolve));
	}

	/** Resolves when an attempt ends, a session is free, a start is granted, the batch is stopped, or a retry or a look is due. */
	private async nextEvent(woken: Promise<void>): Promise<void> {
		// where a start is asked for already, what falls due meanwhile is looked at when it is granted
		const waits = this.halted !== undefined || this.application.isOpen || !this.bounds.free;
		const heldMs = this.queue.holds ? Math.max(0, this.downTime.lookAt - this.context.account.clock.now()) : Infinity;
		const dueMs = waits ? Infinity : Math.min(this.queue.untilDueMs(), heldMs);
		if (!Number.isFinite(dueMs)) return await woken;
		const timer = new AbortController();
		await Promise.race([woken, this.context.account.clock.sleep(dueMs, timer.signal)]);
		timer.abort();
	}
}
