import type { Failure } from '../failures/failure';
import type { Clock } from './clock';
import { Refusals } from './refusals';
import { ServerClock } from './serverClock';
import { SessionLocks } from './sessionLocks';
import { Turns } from './turns';
import { Windows } from './windows';

/** How long an account that nobody uses is remembered, in ms: longer than the windows of its limits. */
const KEPT_MS = 15 * 60_000;
/** How often unused accounts are looked for at most, in ms. */
const SWEEP_MS = 60_000;

/**
 * One agent.ai account as all its users in this process share it: what the server said of its limits, who starts next, the
 * lines of its sessions, and which instances refuse their token.
 */
export class Account {
	readonly sessionLocks = new SessionLocks();

	readonly serverClock = new ServerClock();

	readonly turns: Turns;

	readonly refusals: Refusals<Failure>;

	/** What the server said of its limits. */
	readonly windows: Windows;

	/** @param perMinuteUnlessTold most requests a minute until the server has named its limits; 0 for none */
	constructor(
		perMinuteUnlessTold: number,
		readonly clock: Clock,
	) {
		this.windows = new Windows(perMinuteUnlessTold, clock.random);
		this.turns = new Turns(this.windows, clock);
		this.refusals = new Refusals(clock);
	}

	/** Whether nothing is lost when this account is forgotten. */
	isForgettable(now: number): boolean {
		return this.turns.idle && this.sessionLocks.idle && now - this.turns.lastActiveAt > KEPT_MS && this.windows.hold(now).waitMs === 0;
	}
}

/** The accounts of this process, by a name that does not show their tokens. Those that nobody uses are forgotten. */
export class Accounts {
	private readonly byId = new Map<string, Account>();

	private sweptAt: number;

	constructor(private readonly clock: Clock) {
		this.sweptAt = clock.now();
	}

	get size(): number {
		return this.byId.size;
	}

	/** @param perMinuteUnlessTold for an account that is not known yet */
	get(id: string, perMinuteUnlessTold: number): Account {
		this.sweep();
		const known = this.byId.get(id);
		if (known) return known;
		const account = new Account(perMinuteUnlessTold, this.clock);
		this.byId.set(id, account);
		return account;
	}

	private sweep(): void {
		const now = this.clock.now();
		if (now - this.sweptAt < SWEEP_MS) return;
		this.sweptAt = now;
		for (const [id, account] of this.byId) if (account.isForgettable(now)) this.byId.delete(id);
	}
}
