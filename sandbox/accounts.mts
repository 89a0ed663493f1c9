import { RateLimit } from './rateLimit.mts';

/** The accounts of the pretended agent.ai, by their tokens, each with a rate limit of its own. */
export class Accounts {
	private readonly limits = new Map<string, RateLimit | undefined>();

	/**
	 * @param tokens that are accepted
	 * @param limit requests per window and account; 0 for no limit
	 * @param windowMs length of a window
	 */
	constructor(tokens: string[], limit: number, windowMs: number) {
		for (const token of tokens) this.limits.set(token, limit > 0 ? new RateLimit(limit, windowMs) : undefined);
	}

	has(token: string): boolean {
		return this.limits.has(token);
	}

	/** Takes a token back. */
	revoke(token: string): void {
		this.limits.delete(token);
	}

	/** The limit of an account, if it has one. */
	limitOf(token: string): RateLimit | undefined {
		return this.limits.get(token);
	}
}
