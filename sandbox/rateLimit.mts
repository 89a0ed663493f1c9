export interface Verdict {
	allowed: boolean;
	/** The headers agent.ai documents, lower case. */
	headers: Record<string, string>;
}

/** A rate limit as agent.ai describes its own: so many requests in a fixed window, told in the headers of every answer. */
export class RateLimit {
	private windowEndsAt = 0;

	private used = 0;

	refused = 0;

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
			this.used = 0;
		}
		const allowed = this.used < this.limit;
		if (allowed) this.used++;
		else this.refused++;
		const headers: Record<string, string> = {
			'ratelimit-limit': String(this.limit),
			'ratelimit-remaining': String(this.limit - this.used),
			'ratelimit-reset': String(Math.floor(this.windowEndsAt / 1000)),
			'ratelimit-reset-date': new Date(this.windowEndsAt).toISOString(),
		};
		if (!allowed) headers['retry-after'] = String(Math.ceil((this.windowEndsAt - now) / 1000));
		return { allowed, headers };
	}
}
