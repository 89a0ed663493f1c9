import type { Clock, Pauses } from '../limiter/clock';
import type { Place, SessionLocks } from '../limiter/sessionLocks';
import { noTries, type Tries } from './retry';
import { Stopwatch } from './stopwatch';
import type { Job } from './types';

/** The order in which ready tasks start: what was refused by the limit or goes on, what was tried before, what was never tried. */
const RANK = { refused: 0, tried: 1, fresh: 2 } as const;

/** A job that has been taken and is not settled yet. */
export interface Task<J> extends Tries {
	job: J;
	/** Where the job stands among all jobs, counted from 0. */
	position: number;
	rank: (typeof RANK)[keyof typeof RANK];
	/** When a retry may start. */
	notBefore: number;
	/** How long the account's limit had held the batch when the task became ready, in ms: waiting for a place is no wait for the limit. */
	limitedBefore: number;
	/** How many jobs of the batch had been answered when this one was first refused by the limit. */
	answeredAtRefusal?: number;
	/** Its place in the line of its session. */
	place?: Place;
}

/** How many tasks for what is down are held at most: their requests are in memory. */
const MOST_HELD = 200;

/**
 * The jobs of a batch that are not settled: taken one by one when there is room, ready, delayed until a retry, held while what
 * they go to is down, or in the line of a session.
 */
export class Queue<J extends Job<unknown>> {
	private readonly ready = new SortedList<Task<J>>((a, b) => a.rank - b.rank || a.position - b.position);

	private readonly delayed = new SortedList<Task<J>>((a, b) => a.notBefore - b.notBefore || a.position - b.position);

	private held: Task<J>[] = [];

	/** Tasks in the line of a session, whose turn it is not. */
	private readonly lined = new Set<Task<J>>();

	/** How many of these stand right behind others than this batch. */
	private behindOthers = 0;

	/** Runs while any does. */
	readonly behind: Stopwatch;

	/** Jobs that have come and are not taken yet. */
	private readonly coming: J[] = [];

	private isComplete = false;

	private taken = 0;

	private closed = false;

	/**
	 * @param limited runs while the account's limit holds the batch
	 * @param onTurn called when a task has become ready by itself, because its session is free
	 */
	constructor(
		private readonly sessionLocks: SessionLocks,
		private readonly clock: Clock,
		private readonly limited: Stopwatch,
		private readonly onTaken: () => void,
		private readonly onTurn: () => void,
	) {
		this.behind = new Stopwatch(clock);
	}

	add(job: J): void {
		this.coming.push(job);
	}

	/** No more jobs come. */
	complete(): void {
		this.isComplete = true;
	}

	/** Whether all jobs have come and been taken, and none is ready, delayed, held or in a line. */
	get isEmpty(): boolean {
		return this.isComplete && this.coming.length + this.unsettled === 0;
	}

	/** Whether tasks are held for what is down. */
	get holds(): boolean {
		return this.held.length > 0;
	}

	private get unsettled(): number {
		return this.ready.entries.length + this.delayed.entries.length + this.held.length + this.lined.size;
	}

	/**
	 * Looks for a task that may start, and takes jobs until there is one.
	 *
	 * @param screen receives each that is ready, and says whether it has settled or held it
	 * @returns whether there is one; `undefined` when the look was broken off for a pause
	 */
	look(screen: (task: Task<J>) => boolean, pauses: Pauses): boolean | undefined {
		this.wakeDelayed();
		while (!this.closed) {
			const task = this.ready.shift();
			if (task && !screen(task)) {
				this.ready.push(task);
				return true;
			}
			if (!task) {
				const fresh = this.take();
				if (!fresh) return false;
				this.admit(fresh);
			}
			if (pauses.due) return undefined;
		}
		return false;
	}

	/** The next task to start, `undefined` when none is ready. */
	next(): Task<J> | undefined {
		this.wakeDelayed();
		return this.ready.shift();
	}

	/** Puts a task back whose request the limit refused, or whose answer another follows: it goes first when the limit lets it. */
	putBack(task: Task<J>): void {
		task.rank = RANK.refused;
		this.makeReady(task);
	}

	/** Puts a task aside until its retry is due. */
	delay(task: Task<J>, ms: number): void {
		task.rank = RANK.tried;
		task.notBefore = this.clock.now() + ms;
		this.delayed.push(task);
	}

	/** Puts a task aside until what it goes to is back; it is to be out of the queue already. */
	hold(task: Task<J>): void {
		task.rank = task.tries > 0 ? RANK.tried : RANK.fresh;
		this.held.push(task);
	}

	/** Makes all that is held ready again. */
	releaseHeld(): void {
		for (const task of this.held.splice(0)) this.makeReady(task);
	}

	/** Time until the next delayed task is due, in ms; `Infinity` for none. */
	untilDueMs(): number {
		const next = this.delayed.first;
		return next ? Math.max(0, next.notBefore - this.clock.now()) : Infinity;
	}

	/** Takes all that is left out of the queue and of every line. Nothing becomes ready any more. */
	*drain(): Iterable<Task<J>> {
		this.close();
		yield* [...this.ready.entries.splice(0), ...this.delayed.entries.splice(0), ...this.held.splice(0), ...this.lined];
		this.lined.clear();
		for (let task = this.take(); task; task = this.take()) yield task;
	}

	/** Leaves every line at once: other runs go on. */
	close(): void {
		if (this.closed) return;
		this.behind.end();
		this.closed = true;
		for (const task of [...this.ready.entries, ...this.delayed.entries, ...this.held, ...this.lined]) task.place?.leave();
	}

	/** Makes ready whose retry is due. */
	private wakeDelayed(): void {
		const now = this.clock.now();
		for (let due = this.delayed.first; due && due.notBefore <= now; due = this.delayed.first) {
			this.makeReady(this.delayed.shift() as Task<J>);
		}
	}

	private take(): Task<J> | undefined {
		const job = this.held.length < MOST_HELD ? this.coming.shift() : undefined;
		if (job === undefined) return undefined;
		this.onTaken();
		return { job, position: this.taken++, rank: RANK.fresh, notBefore: 0, limitedBefore: this.limited.ms, ...noTries() };
	}

	/** Makes a fresh task ready, or puts it into the line of its session. */
	private admit(task: Task<J>): void {
		const { lane } = task.job;
		if (lane === undefined) return this.ready.push(task);
		const joinedAt = this.clock.now();
		const place = this.sessionLocks.join(lane, this, () => this.takeTurn(task, joinedAt));
		task.place = place;
		if (place.first) return this.ready.push(task);
		this.lined.add(task);
		if (!place.behindOthers) return;
		this.behindOthers++;
		this.behind.begin();
	}

	private takeTurn(task: Task<J>, joinedAt: number): void {
		if (this.closed) return;
		this.lined.delete(task);
		if (task.place?.behindOthers) {
			task.sessionWaitMs = this.clock.now() - joinedAt;
			if (--this.behindOthers === 0) this.behind.end();
		}
		this.makeReady(task);
		this.onTurn();
	}

	private makeReady(task: Task<J>): void {
		task.limitedBefore = this.limited.ms;
		this.ready.push(task);
	}
}

/** A list in order: `push` puts an entry behind its equals, `shift` takes the first. */
export class SortedList<E> {
	readonly entries: E[] = [];

	constructor(private readonly compare: (a: E, b: E) => number) {}

	get first(): E | undefined {
		return this.entries[0];
	}

	push(entry: E): void {
		let from = 0;
		for (let to = this.entries.length; from < to; ) {
			const middle = (from + to) >> 1;
			if (this.compare(this.entries[middle] as E, entry) <= 0) from = middle + 1;
			else to = middle;
		}
		this.entries.splice(from, 0, entry);
	}

	shift(): E | undefined {
		return this.entries.shift();
	}
}
