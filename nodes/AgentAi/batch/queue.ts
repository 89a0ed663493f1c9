import type { Clock } from '../limiter/clock';
import type { Place, SessionLocks } from '../limiter/sessionLocks';
import { Heap } from './heap';
import { noTries, type Tries } from './retry';
import type { Job } from './types';

/** The order in which ready tasks start: what was refused by the limit, what was tried before, what was never tried. */
export const RANK = { refused: 0, tried: 1, fresh: 2 } as const;

/** A job that has been taken and is not settled yet. */
export interface Task<J, F> extends Tries<F> {
	job: J;
	/** Where the job stands among all jobs, counted from 0. */
	position: number;
	rank: (typeof RANK)[keyof typeof RANK];
	/** When a retry may start. */
	notBefore: number;
	/** When the task could have started, had the account let it. */
	readySince: number;
	/** How many jobs of the batch had been answered when this one was first refused by the limit. */
	answeredAtRefusal?: number;
	/** Its place in the line of its session. */
	place?: Place;
}

/** How far a look for work has come: there is some, there is none now, or the look was broken off for a pause. */
export type Found = 'ready' | 'none' | 'more';

/**
 * The jobs of a batch that are not settled: taken one by one when there is room, ready, delayed until a retry, or in the
 * line of a session.
 */
export class Queue<J extends Job<T, F>, T, F> {
	private readonly ready = new Heap<Task<J, F>>((a, b) => a.rank - b.rank || a.position - b.position);

	private readonly delayed = new Heap<Task<J, F>>((a, b) => a.notBefore - b.notBefore || a.position - b.position);

	/** Tasks in the line of a session, whose turn it is not. */
	private readonly lined = new Set<Task<J, F>>();

	/** How many of these stand behind others than this batch, and since when any does. */
	private behindOthers = 0;

	private behindSince = 0;

	private behindMs = 0;

	private taken = 0;

	private exhausted = false;

	private closed = false;

	/**
	 * @param jobs in input order; each is asked for when there is room for it
	 * @param onTurn called when a task has become ready by itself, because its session is free
	 */
	constructor(
		private readonly jobs: Iterator<J>,
		private readonly sessionLocks: SessionLocks,
		private readonly clock: Clock,
		private readonly onTurn: () => void,
	) {}

	/** Whether every job has been taken, and none is ready, delayed or in a line. */
	get isEmpty(): boolean {
		return this.exhausted && this.ready.size + this.delayed.size + this.lined.size === 0;
	}

	/** Time in which at least one task stood behind another run's request of its session, in ms. */
	get behindOthersMs(): number {
		return this.behindMs + (this.behindOthers > 0 ? this.clock.now() - this.behindSince : 0);
	}

	/**
	 * Looks for a task that may start, and takes jobs until there is one.
	 *
	 * @param early receives a job that needs not be sent, and says whether it has settled it
	 * @param untilMs when to break off for a pause, on the clock
	 */
	look(early: (task: Task<J, F>) => boolean, untilMs: number): Found {
		this.wakeDelayed();
		while (this.ready.size === 0) {
			const task = this.take();
			if (!task) return 'none';
			if (!early(task)) this.admit(task);
			if (this.closed) return 'none';
			if (this.clock.now() > untilMs) return this.ready.size > 0 ? 'ready' : 'more';
		}
		return 'ready';
	}

	/** The next task to start, `undefined` when none is ready. */
	next(): Task<J, F> | undefined {
		this.wakeDelayed();
		return this.ready.pop();
	}

	/** Puts a task back whose request the limit refused: it goes first when the limit lifts. */
	putBack(task: Task<J, F>): void {
		task.rank = RANK.refused;
		this.makeReady(task);
	}

	/** Puts a task aside until its retry is due. */
	delay(task: Task<J, F>, ms: number): void {
		task.rank = RANK.tried;
		task.notBefore = this.clock.now() + ms;
		this.delayed.push(task);
	}

	/** Time until the next delayed task is due, in ms; `Infinity` for none. */
	untilDueMs(): number {
		const next = this.delayed.peek();
		return next ? Math.max(0, next.notBefore - this.clock.now()) : Infinity;
	}

	/** Ends a task's part in the queue: the next of its session may go. */
	release(task: Task<J, F>): void {
		task.place?.leave();
	}

	/** Takes all that is left out of the queue and of every line. Nothing becomes ready any more. */
	*drain(): Iterable<Task<J, F>> {
		this.close();
		for (const heap of [this.ready, this.delayed]) for (let task = heap.pop(); task; task = heap.pop()) yield task;
		yield* this.lined;
		for (let task = this.take(); task; task = this.take()) yield task;
	}

	/** Leaves every line at once: other runs go on. */
	close(): void {
		if (this.closed) return;
		this.behindMs = this.behindOthersMs;
		this.behindOthers = 0;
		this.closed = true;
		for (const heap of [this.ready, this.delayed]) heap.forEach((task) => task.place?.leave());
		for (const task of this.lined) task.place?.leave();
	}

	/** Makes ready whose retry is due. */
	private wakeDelayed(): void {
		const now = this.clock.now();
		for (let due = this.delayed.peek(); due && due.notBefore <= now; due = this.delayed.peek()) {
			this.makeReady(this.delayed.pop() as Task<J, F>);
		}
	}

	private take(): Task<J, F> | undefined {
		if (this.exhausted) return undefined;
		const { done, value } = this.jobs.next();
		if (!done) {
			return { job: value, position: this.taken++, rank: RANK.fresh, notBefore: 0, readySince: this.clock.now(), ...noTries<F>() };
		}
		this.exhausted = true;
		return undefined;
	}

	/** Makes a fresh task ready, or puts it into the line of its session. */
	private admit(task: Task<J, F>): void {
		const { lane } = task.job;
		if (lane === undefined) return this.ready.push(task);
		const joinedAt = this.clock.now();
		const place = this.sessionLocks.join(lane, this, () => this.takeTurn(task, joinedAt));
		task.place = place;
		if (place.first) return this.ready.push(task);
		this.lined.add(task);
		if (place.behindOthers && this.behindOthers++ === 0) this.behindSince = joinedAt;
	}

	private takeTurn(task: Task<J, F>, joinedAt: number): void {
		if (this.closed) return;
		const now = this.clock.now();
		this.lined.delete(task);
		if (task.place?.behindOthers) {
			task.sessionWaitMs = now - joinedAt;
			if (--this.behindOthers === 0) this.behindMs += now - this.behindSince;
		}
		this.makeReady(task);
		this.onTurn();
	}

	private makeReady(task: Task<J, F>): void {
		task.readySince = this.clock.now();
		this.ready.push(task);
	}
}
