import type { LimitReport } from './limitReport';
import { RecentStarts } from './recentStarts';
import { refusedDelayMs } from './refusedDelay';

/** An answer that names a window with less time left than this may speak of the one before, in ms. */
const LATE_MS = 1_500;
/** Headers in whole seconds and travel times make one window's end look different by as much as this, in ms. */
const SAME_END_MS = 2_000;
/** Until a server has answered once, nobody knows its limits: so many requests go out first at least. */
const FIRST_IN_FLIGHT = 10;
/** How long a daily limit holds that names no end, in ms. */
const UNNAMED_DAY_MS = 60 * 60_000;
/** Largest part of an ordered wait that is added by chance, so that several processes do not come back at once. */
const JITTER = 0.1;
const MAX_JITTER_MS = 1_000;

/** A started request; to be handed back when it has ended. */
export interface Ticket {
	readonly startedAt: number;
	/** The window in which it started. */
	readonly generation: number;
}

interface Window {
	limit?: number;
	remaining: number;
	endsAt?: number;
	/** Requests of this process that may count in this window. */
	started: number;
}

/**
 * Decides when the next request of an account may start, from what the server's answers said.
 *
 * The server's window is tracked by the lowest `remaining` that any of its answers named, less what is in flight and what
 * ended without telling: answers may arrive in any order, and this never promises more than is left. When a window ends,
 * its limit is available again, less what is still in flight. Where the server counts more than this process has sent,
 * other processes use the account too, and a quarter of the window is left to what they have under way.
 */
export class Pace {
	private readonly starts = new RecentStarts();

	private inFlight = 0;

	/** Something has come back from the server, whatever it was. */
	private heard = false;

	/** How many go out before that: what one run wants at once, and not that for each of them. */
	private firstInFlight = FIRST_IN_FLIGHT;

	/** The server has named its limits. */
	private told = false;

	private window?: Window;

	/** Counts the windows that have ended, so that late answers of an earlier one are told apart. */
	private generation = 0;

	/** Requests of the current window that ended without saying what remains. */
	private untold = 0;

	/** The last window in which others were seen. */
	private othersSeenIn = -2;

	/** Until when the limit for a whole day has nothing left. */
	private dailyUntil = 0;

	private heldUntil = 0;

	/** When the last refusal came that was not told to others at the same time. */
	private refusedAt = -1;

	private refusalsInARow = 0;

	/** After a refusal that named no limits, one request at a time finds out whether the server takes more. */
	private probing = false;

	/**
	 * @param perMinuteUnlessTold most requests in any 60 s until the server names its limits; 0 for none. agent.ai documents 20
	 * @param random gives a number from 0 up to 1
	 */
	constructor(
		private readonly perMinuteUnlessTold: number,
		private readonly random: () => number,
	) {}

	/** Whether nothing is under way. */
	get idle(): boolean {
		return this.inFlight === 0;
	}

	/** Whether the only thing to wait for is the first answer, which tells what the server's limits are. */
	get learning(): boolean {
		return !this.heard && this.inFlight > 0;
	}

	/** How long to wait before one more request may start: 0 to start now, `Infinity` to wait for an answer first. */
	waitMs(now: number): number {
		const unlessTold = this.told ? 0 : this.starts.waitMs(now, this.perMinuteUnlessTold);
		return Math.max(0, this.heldUntil - now, this.dailyUntil - now, unlessTold, this.windowMs(now));
	}

	/** How long one who wants so many requests a minute has to wait for its own limit: all requests of the account count. */
	ownWaitMs(now: number, perMinute: number): number {
		return this.starts.waitMs(now, perMinute);
	}

	/** Whether the limit that holds everything is the one for a whole day. */
	isDaily(now: number): boolean {
		return this.dailyUntil > now;
	}

	/** Notes how many requests a run wants to have under way at once. */
	wants(maxConcurrency: number): void {
		this.firstInFlight = Math.max(this.firstInFlight, maxConcurrency);
	}

	/** Notes that a request starts. */
	started(now: number): Ticket {
		this.rollOver(now);
		this.inFlight++;
		this.starts.add(now);
		if (this.window) this.window.started++;
		return { startedAt: now, generation: this.generation };
	}

	/** Notes what the answer of a request, or the lack of one, said. */
	ended(now: number, { startedAt, generation }: Ticket, report: LimitReport = {}): void {
		this.rollOver(now);
		this.inFlight--;
		this.heard = true;
		if (report.daily) this.learnDaily(now, report);
		// an answer of a window that has ended since says nothing about this one, but may count in it
		const late = generation < this.generation && (report.resetInMs ?? 0) <= LATE_MS;
		if (report.remaining === undefined || report.daily || late) this.untold++;
		else this.learn(now, report);
		if (report.refused) this.refuse(now, startedAt, report);
		else {
			this.refusalsInARow = 0;
			this.probing = false;
			// a server that is unavailable may order a wait too
			if (report.retryAfterMs !== undefined) this.hold(now + report.retryAfterMs);
		}
	}

	private refuse(now: number, startedAt: number, report: LimitReport): void {
		// those that were under way when the limit was reached are all told the same
		if (startedAt >= this.refusedAt) {
			this.refusalsInARow++;
			this.refusedAt = now;
		}
		const asked = report.retryAfterMs ?? report.resetInMs ?? 0;
		// a time that has passed is none; one that was too short before grows as well
		const tooShort = asked > 0 ? this.refusalsInARow - 1 : this.refusalsInARow;
		const backoff = tooShort > 0 ? refusedDelayMs(tooShort, this.random()) : 0;
		this.hold(now + Math.max(asked, backoff) + this.random() * Math.min(MAX_JITTER_MS, asked * JITTER));
		if (report.remaining === undefined) this.probing = true;
		if (this.window && asked > 0) {
			this.window.remaining = 0;
			this.window.endsAt = Math.max(this.window.endsAt ?? 0, now + asked);
		}
	}

	private learnDaily(now: number, { remaining, refused, resetInMs, retryAfterMs }: LimitReport): void {
		const usedUp = refused === true || remaining === 0;
		this.dailyUntil = usedUp ? now + (resetInMs ?? retryAfterMs ?? UNNAMED_DAY_MS) : 0;
	}

	private learn(now: number, { limit, remaining = 0, resetInMs }: LimitReport): void {
		this.told = true;
		const endsAt = resetInMs === undefined ? undefined : now + resetInMs;
		const { window } = this;
		const isNew = !window || (endsAt !== undefined && window.endsAt !== undefined && endsAt > window.endsAt + SAME_END_MS);
		if (isNew) {
			this.window = { limit, remaining, endsAt, started: this.inFlight + 1 };
			this.untold = 0;
		} else {
			window.limit = limit ?? window.limit;
			window.remaining = endsAt === undefined && window.endsAt === undefined ? remaining : Math.min(window.remaining, remaining);
			window.endsAt = endsAt === undefined ? window.endsAt : Math.max(window.endsAt ?? 0, endsAt);
			// one more than we know of may be a request that the server counted late
			if (limit !== undefined && limit - remaining > window.started + 1) this.othersSeenIn = this.generation;
		}
	}

	private rollOver(now: number): void {
		const { window } = this;
		if (window?.endsAt === undefined || now < window.endsAt) return;
		// the next window's end is unknown until an answer names it; without a limit one request finds out
		this.window = { limit: window.limit, remaining: window.limit ?? 1, started: this.inFlight };
		this.generation++;
		this.untold = 0;
	}

	private windowMs(now: number): number {
		this.rollOver(now);
		if (this.inFlight > 0 && (this.probing || (!this.heard && this.inFlight >= this.firstInFlight))) return Infinity;
		const { window } = this;
		if (!window || window.remaining - this.inFlight - this.untold - this.leftToOthers(window) > 0) return 0;
		// with nothing in flight and no end in sight, the only way to learn more is to ask
		if (window.endsAt === undefined) return this.inFlight > 0 ? Infinity : 0;
		return window.endsAt - now;
	}

	private leftToOthers({ limit = 0, endsAt }: Window): number {
		return endsAt !== undefined && this.othersSeenIn >= this.generation - 1 ? Math.floor(limit / 4) : 0;
	}

	private hold(until: number): void {
		this.heldUntil = Math.max(this.heldUntil, until);
	}
}
