import type { Clock } from '../limiter/clock';

/** Longest time that an entry waits for others, in ms. */
const EVERY_MS = 60_000;
/** Longest time that one hand-over is waited for, in ms. */
const LONGEST_MS = 300_000;

/**
 * Hands entries over while others still come: one hand-over at a time, in the order in which they came, after so many of them
 * or a minute, whichever is sooner. What could not be handed over comes again at the next hand-over, behind what is new and in
 * halves, so that one entry that cannot be taken does not hold back the others for long.
 */
export class HandOver<E> {
	/** Why the latest hand-over that failed did. */
	problem?: string;

	/** What has been handed over. */
	readonly given: E[] = [];

	private readonly open = new Set<E>();

	private fresh: E[] = [];

	private failed: E[][] = [];

	private underWay?: Promise<void>;

	private timer?: AbortController;

	private ending?: Promise<void>;

	/**
	 * @param every how many entries are handed over together, 1 or more; more where they come faster
	 * @param take takes entries, and gives the reason where it could not; must not reject
	 */
	constructor(
		private readonly clock: Clock,
		private readonly every: number,
		private readonly take: (entries: E[]) => Promise<string | undefined>,
	) {}

	/** How many are not handed over. */
	get left(): number {
		return this.open.size;
	}

	/** Adds an entry, unless the end has begun. */
	add(entry: E): void {
		if (this.ending) return;
		this.open.add(entry);
		this.fresh.push(entry);
		this.look();
	}

	/** Hands over what is left, after what is under way. No more entries come. */
	async end(): Promise<void> {
		await (this.ending ??= this.finish());
	}

	private async finish(): Promise<void> {
		this.timer?.abort();
		await this.underWay;
		if (this.open.size > 0) await this.round();
	}

	private look(): void {
		if (this.underWay || this.ending || this.open.size === 0) return;
		if (this.fresh.length >= this.every) this.begin();
		else if (!this.timer) void this.beginLater();
	}

	private begin(): void {
		this.timer?.abort();
		this.timer = undefined;
		this.underWay = this.round().then(() => {
			this.underWay = undefined;
			this.look();
		});
	}

	private async beginLater(): Promise<void> {
		const timer = (this.timer = new AbortController());
		await this.clock.sleep(EVERY_MS, timer.signal);
		if (!timer.signal.aborted) this.begin();
	}

	private async round(): Promise<void> {
		const fresh = this.fresh.splice(0);
		const again = this.failed.splice(0);
		const [first = [], ...rest] = fresh.length > 0 ? [fresh, ...again] : again.flatMap(halves);
		// where nothing gets through, the rest is spared
		if (!(await this.give(first))) this.failed.unshift(...rest);
		else for (const entries of rest.flatMap(fresh.length > 0 ? halves : (half) => [half])) await this.give(entries);
	}

	/** Whether entries could be handed over. */
	private async give(entries: E[]): Promise<boolean> {
		// one that took too long may have been taken all the same
		const due = entries.filter((entry) => this.open.has(entry));
		if (due.length === 0) return true;
		const reason = await this.inTime(due);
		if (reason === undefined) return true;
		this.problem = reason;
		this.failed.push(due);
		return false;
	}

	private async inTime(entries: E[]): Promise<string | undefined> {
		const over = new AbortController();
		const taken = this.take(entries).then((reason) => {
			if (reason === undefined) this.given.push(...entries.filter((entry) => this.open.delete(entry)));
			return reason;
		});
		const late = this.clock.sleep(LONGEST_MS, over.signal).then(() => `it took longer than ${LONGEST_MS / 60_000} minutes`);
		try {
			return await Promise.race([taken, late]);
		} finally {
			over.abort();
		}
	}
}

function halves<E>(entries: E[]): E[][] {
	const half = Math.ceil(entries.length / 2);
	return entries.length < 2 ? [entries] : [entries.slice(0, half), entries.slice(half)];
}
