/** What starts so much earlier than another has arrived before it, in ms. */
export const WAY_MS = 300;

/** When requests were started, oldest first, as far back as anybody asks. */
export class RecentStarts {
	private times: number[] = [];

	/** How many at the front are forgotten. */
	private passed = 0;

	/** @param keepMs how far back is remembered, in ms */
	constructor(private keepMs = 60_000) {}

	/** Remembers at least so far back from now on. */
	keep(ms: number): void {
		this.keepMs = Math.max(this.keepMs, ms);
	}

	add(now: number): void {
		this.forget(now);
		this.times.push(now);
	}

	/** Takes one back that started at that time. */
	remove(time: number): void {
		const index = this.indexAfter(time) - 1;
		if (index >= this.passed && this.times[index] === time) this.times.splice(index, 1);
	}

	/** When the last one was; `-Infinity` for none. */
	get lastAt(): number {
		return this.times.at(-1) ?? -Infinity;
	}

	/** When the one was that is so many from the end; `undefined` where there have not been as many. */
	fromLast(count: number): number | undefined {
		const index = this.times.length - count;
		return index < this.passed ? undefined : this.times[index];
	}

	/** How many started after a time, and not after another. */
	count(after: number, upTo = Infinity): number {
		return this.indexAfter(upTo) - this.indexAfter(after);
	}

	/** How long until one more keeps to so many in any such time, in ms; 0 for now. */
	waitMs(now: number, most: number, lengthMs: number): number {
		const { times, passed } = this;
		const index = times.length - Math.max(1, most);
		return index < passed ? 0 : Math.max(0, (times[index] ?? -Infinity) + lengthMs - now);
	}

	/** How many of all did not start after a time. */
	private indexAfter(time: number): number {
		let [low, high] = [this.passed, this.times.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.times[middle] as number) <= time) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	private forget(now: number): void {
		const { times } = this;
		while (this.passed < times.length && (times[this.passed] as number) <= now - this.keepMs) this.passed++;
		// the array is cut when half of it is of no use any more, so that each start costs constant time
		if (this.passed > 64 && this.passed * 2 > times.length) {
			this.times = times.slice(this.passed);
			this.passed = 0;
		}
	}
}
