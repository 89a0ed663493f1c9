import type { LimitReport } from '../transport/limitReport';
import { refusedDelayMs } from './retryTiming';

export interface PaceOptions {
	/** Most requests started within any 60 s; 0 for no limit of our own. */
	requestsPerMinute: number;
	/** The same, but only until the server names its own limits; 0 for none. agent.ai documents 20. */
	requestsPerMinuteUnlessTold: number;
	/** Longest single wait in ms, whatever a header says. */
	maxWaitMs: number;
}

const MINUTE_MS = 60_000;
/** An answer that names a window with less time left than this may speak of the one before. */
const LATE_MS = 1_500;

/**
 * Decides when the next request may start, from what the server's answers said and from a limit of our own.
 *
 * The server's window is tracked by the lowest `remaining` that any of its answers named, less what is in flight and
 * what ended without telling: answers may arrive in any order, and this never promises more than is left. When a
 * window ends, its limit is available again, less what is still in flight.
 */
export class Pace {
	/** Start times within the last minute, oldest first. */
	private starts: number[] = [];

	private told = false;

	private window?: { limit?: number; remaining: number; endsAt?: number };

	/** Counts the windows that have ended, so that late answers of an earlier one are told apart. */
	private generation = 0;

	/** Requests of the current window that ended without saying what remains. */
	private untold = 0;

	/** Set while a limit that is named as the daily one has nothing left. */
	private daily?: { resetsAt: number };

	private heldUntil = 0;

	private refusalsInARow = 0;

	/** After a refusal that named no limits, one request at a time finds out whether the server takes more. */
	private probing = false;

	constructor(
		private readonly options: PaceOptions,
		private readonly random: () => number,
	) {}

	/**
	 * How long to wait before one more request may start: 0 to start now, `Infinity` to wait for an answer first.
	 *
	 * @param now the clock in ms
	 * @param inFlight requests started and not yet answered
	 */
	waitMs(now: number, inFlight: number): number {
		return Math.max(this.holdMs(now), this.ownLimitMs(now), this.windowMs(now, inFlight));
	}

	/** Notes that a request starts; what it gives is to be handed to `ended`. */
	started(now: number): number {
		if (this.ownLimit() > 0) this.starts.push(now);
		return this.generation;
	}

	/** Notes what an answer, or the lack of one, said. */
	ended(now: number, startedIn: number, report: LimitReport = {}): void {
		this.rollOver(now);
		// an answer of a window that has ended since says nothing about this one, but may count in it
		const late = startedIn < this.generation && (report.resetInMs ?? 0) <= LATE_MS;
		if (report.remaining === undefined || late) this.untold++;
		else this.learn(now, report);
		if (report.refused) this.refuse(now, report);
		else {
			this.refusalsInARow = 0;
			this.probing = false;
			if (report.retryAfterMs !== undefined) this.hold(now, report.retryAfterMs);
		}
	}

	/** Time until the daily limit lifts, when that is what holds everything and it is beyond the longest wait; in ms. */
	dailyResetMs(now: number): number | undefined {
		return this.daily !== undefined && this.daily.resetsAt - now > this.options.maxWaitMs ? this.daily.resetsAt - now : undefined;
	}

	/** How long everything is held back from now on, in ms. */
	holdMs(now: number): number {
		return Math.max(0, this.heldUntil - now);
	}

	private refuse(now: number, report: LimitReport): void {
		this.refusalsInARow++;
		const asked = report.retryAfterMs ?? report.resetInMs;
		this.hold(now, asked ?? refusedDelayMs(this.refusalsInARow, this.random()));
		if (report.remaining === undefined) this.probing = true;
		if (this.window && asked !== undefined) {
			this.window.remaining = 0;
			this.window.endsAt = Math.max(this.window.endsAt ?? 0, now + this.clamp(asked));
		}
	}

	private learn(now: number, report: LimitReport): void {
		this.told = true;
		const remaining = report.remaining ?? 0;
		if (report.daily) {
			this.daily = remaining === 0 ? { resetsAt: now + (report.resetInMs ?? this.options.maxWaitMs) } : undefined;
		}
		const endsAt = report.resetInMs === undefined ? undefined : now + this.clamp(report.resetInMs);
		const { window } = this;
		// two seconds: headers in whole seconds and travel times make one window's end look different
		const isNewWindow = !window || (endsAt !== undefined && window.endsAt !== undefined && endsAt > window.endsAt + 2_000);
		if (isNewWindow) {
			this.window = { limit: report.limit, remaining, endsAt };
			this.untold = 0;
			return;
		}
		window.limit = report.limit ?? window.limit;
		window.remaining = endsAt === undefined && window.endsAt === undefined ? remaining : Math.min(window.remaining, remaining);
		window.endsAt = endsAt === undefined ? window.endsAt : Math.max(window.endsAt ?? 0, endsAt);
	}

	private rollOver(now: number): void {
		const { window } = this;
		if (window?.endsAt === undefined || now < window.endsAt) return;
		// the next window's end is unknown until an answer names it; without a limit one request finds out
		this.window = { limit: window.limit, remaining: window.limit ?? 1 };
		this.generation++;
		this.untold = 0;
	}

	private windowMs(now: number, inFlight: number): number {
		this.rollOver(now);
		if (this.probing && inFlight > 0) return Infinity;
		const { window } = this;
		if (!window || window.remaining - inFlight - this.untold > 0) return 0;
		// with nothing in flight and no end in sight, the only way to learn more is to ask
		if (window.endsAt === undefined) return inFlight > 0 ? Infinity : 0;
		return window.endsAt - now;
	}

	private ownLimit(): number {
		return this.options.requestsPerMinute || (this.told ? 0 : this.options.requestsPerMinuteUnlessTold);
	}

	private ownLimitMs(now: number): number {
		const limit = this.ownLimit();
		if (limit === 0) return 0;
		const recent = this.starts.findIndex((start) => start > now - MINUTE_MS);
		this.starts = recent === -1 ? [] : this.starts.slice(recent);
		if (this.starts.length < limit) return 0;
		return (this.starts[this.starts.length - limit] ?? now) + MINUTE_MS - now;
	}

	private hold(now: number, ms: number): void {
		this.heldUntil = Math.max(this.heldUntil, now + this.clamp(ms));
	}

	private clamp(ms: number): number {
		return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), this.options.maxWaitMs) : this.options.maxWaitMs;
	}
}
