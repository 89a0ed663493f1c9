/** Longest way of an answer, in ms: a `date` header that lags more behind the known clock means that the clock was set. */
const LONGEST_WAY_MS = 5_000;
/** What `date` headers are rounded down to, in ms. */
const SECOND_MS = 1_000;

/**
 * A server's clock, learned from the `date` headers of its answers. Each was rounded down to the second and has travelled,
 * so the clock shows at least that time: of several, the one that was written latest within its second tells it best. Read
 * so, the end of a rate limit's window is never taken for earlier than it is, and after some answers hardly for later.
 */
export class ServerClock {
	/** How far the server's clock is ahead of ours, at least, in ms; `undefined` until a header has told. */
	private aheadMs?: number;

	/**
	 * Notes a `date` header the moment it arrives.
	 *
	 * @param date in ms since 1970, `undefined` where there is none
	 * @param now this machine's clock, in ms since 1970
	 * @returns the server's time now, in ms since 1970; ours, as long as no header has told
	 */
	note(date: number | undefined, now: number): number {
		if (date !== undefined) {
			const aheadMs = date - now;
			const wasSet = this.aheadMs !== undefined && this.aheadMs > aheadMs + SECOND_MS + LONGEST_WAY_MS;
			if (this.aheadMs === undefined || aheadMs > this.aheadMs || wasSet) this.aheadMs = aheadMs;
		}
		return now + (this.aheadMs ?? 0);
	}
}
