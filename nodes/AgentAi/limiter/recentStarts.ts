const MINUTE_MS = 60_000;

/** When the requests of the last minute were started, oldest first. */
export class RecentStarts {
	private times: number[] = [];

	/** How many at the front are older than a minute. */
	private passed = 0;

	add(now: number): void {
		this.forget(now);
		this.times.push(now);
	}

	/** How long until one more request keeps to so many a minute, in ms; 0 for no limit. */
	waitMs(now: number, perMinute: number): number {
		if (perMinute === 0) return 0;
		this.forget(now);
		if (this.times.length - this.passed < perMinute) return 0;
		return (this.times[this.times.length - perMinute] ?? now) + MINUTE_MS - now;
	}

	private forget(now: number): void {
		const { times } = this;
		while (this.passed < times.length && (times[this.passed] as number) <= now - MINUTE_MS) this.passed++;
		// the array is cut when half of it is of no use any more, so that each start costs constant time
		if (this.passed > 64 && this.passed * 2 > times.length) {
			this.times = times.slice(this.passed);
			this.passed = 0;
		}
	}
}
