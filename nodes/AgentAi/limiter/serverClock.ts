/** Longest way of an answer, in ms: a `date` header that lags more behind the known clock means that the clock was set. */
const LONGEST_WAY_MS = 5_000;
/** What `date` headers are rounded down to, in ms. */
const SECOND_MS = 1_000;
/** So many answers in a row that lag by more than rounding and a short way explain mean the same. */
const LAGGING_IN_A_ROW = 3;
const SHORT_WAY_MS = 500;

/**
 * A server's clock, learned from the `date` headers of its answers. Each was rounded down to the second and has travelled,
 * so the clock shows at least that time: of several, the one that was written latest within its second tells it best. Read
 * so, the end of a rate limit's window is never taken for earlier than it is, and after some answers hardly for later.
 */
export class ServerClock {
	/** How far the server's clock is ahead of ours, at least, in ms; `undefined` until a header has told. */
	private aheadMs?: number;

	/** What the last headers told, as far as they lagged behind. */
	private lagging: number[] = [];

	/**
	 * Notes a `date` header the moment it arrives.
	 *
	 * @param date in ms since 1970, `undefined` where there is none
	 * @returns the server's time now, in ms since 1970; ours, as long as no header has told
	 */
	note(date: number | undefined, now: number): number {
		if (date !== undefined) this.learn(date - now);
		return now + (this.aheadMs ?? 0);
	}

	private learn(aheadMs: number): void {
		const lagMs = (this.aheadMs ?? -Infinity) - aheadMs;
		this.lagging = lagMs > SECOND_MS + SHORT_WAY_MS ? [...this.lagging, aheadMs] : [];
		const wasSet = lagMs > SECOND_MS + LONGEST_WAY_MS || this.lagging.length === LAGGING_IN_A_ROW;
		if (!wasSet && lagMs >= 0) return;
		this.aheadMs = Math.max(aheadMs, ...this.lagging);
		this.lagging = [];
	}
}
