export interface Verdict {
	allowed: boolean;
	/** The headers agent.ai documents, lower case. */
	headers: Record<string, string>;
}

/** A rate limit as agent.ai describes its own: so many requests in a fixed window, told in the headers of every answer. */
export class RateLimit {
	private windowEndsAt = 0;

	refused = 0;

	/** Windows so far, each with the moment it began and the requests that it let in. */
	readonly windows: { startedAt: number; used: number }[] = [];

	/**
	 * @param limit requests per window
	 * @param windowMs length of a window; the first begins with the first request
	 */
	constructor(
		private readonly limit: number,
		private readonly windowMs: number,
	) {}

	take(now: number): Verdict {
		if (now >= this.windowEndsAt) {
			this.windowEndsAt = now + this.windowMs;
			this.windows.push({ startedAt: now, used: 0 });
		}
		const window = this.windows.at(-1) as { startedAt: number; used: number };
		const allowed = window.used < this.limit;
		if (allowed) window.used++;
		else this.refused++;
		const headers: Record<string, string> = {
			'ratelimit-limit': String(this.limit),
			'ratelimit-remaining': String(this.limit - window.used),
			'ratelimit-reset': String(Math.floor(this.windowEndsAt / 1000)),
			'ratelimit-reset-date': new Date(this.windowEndsAt).toISOString(),
		};
		if (!allowed) headers['retry-after'] = String(Math.ceil((this.windowEndsAt - now) / 1000));
		return { allowed, headers };
	}
}
