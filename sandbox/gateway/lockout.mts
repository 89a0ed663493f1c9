import { GatewayError } from './errors.mts';

export interface LockoutSettings {
	/** Wrong tokens until the caller is locked out. */
	maxAttempts: number;
	/** How long it is locked out, in ms. */
	lockoutMs: number;
}

/** OpenClaw's own defaults, which hold for callers that are not on loopback: agent.ai is one. */
export const DEFAULT_LOCKOUT: LockoutSettings = { maxAttempts: 10, lockoutMs: 300_000 };

/** Counts wrong tokens; behind agent.ai all callers come from one address, so that one of them locks all others out. */
export class Lockout {
	private failures = 0;

	private lockedUntil = 0;

	/** @param settings read anew for each attempt */
	constructor(private readonly settings: () => LockoutSettings) {}

	/**
	 * @param now epoch in ms
	 * @throws GatewayError for a wrong token; for any token while the caller is locked out
	 */
	check(isRight: boolean, now: number): void {
		if (now < this.lockedUntil) {
			throw new LockedOut(Math.ceil((this.lockedUntil - now) / 1000));
		}
		if (isRight) {
			this.failures = 0;
			return;
		}
		const { maxAttempts, lockoutMs } = this.settings();
		this.failures++;
		if (this.failures >= maxAttempts) {
			this.failures = 0;
			this.lockedUntil = now + lockoutMs;
		}
		throw new GatewayError(401, 'unauthorized', 'Unauthorized');
	}
}

export class LockedOut extends GatewayError {
	/** @param retryAfter in seconds */
	constructor(readonly retryAfter: number) {
		super(429, 'rate_limited', 'Too many failed authentication attempts. Please try again later.');
		this.name = 'LockedOut';
	}
}
