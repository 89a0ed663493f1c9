import type { LimitedBy } from '../failures/failureRow';
import { Belief, SAID } from './belief';
import type { LimitReport } from './limitReport';
import { RecentStarts } from './recentStarts';
import { LimitWindow, type Ticket } from './window';

/** An order up to this long is obeyed by all; what is to last longer is asked again before it ends, in ms. */
const OBEYED_MS = 300_000;
/** Until a server has answered once, nobody knows its limits: so many requests go out first. */
const FIRST_IN_FLIGHT = 5;
/** Most of those after them that start in a second, and that one refusal may come too late for. */
const MOST_A_SECOND = 3;
/** Who refuses does so at once: where nothing has come back for so long, more requests may start, in ms. */
const QUIET_MS = 1_000;
/** The same where an answer has said that nothing is left, and not until when, in ms. */
const USED_UP_QUIET_MS = 5_000;
/** How long a daily limit holds that names no end, in ms. */
const UNNAMED_DAY_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** So many refusals in a row, each of a request that started after the one before, show that a server counts otherwise. */
const REFUSALS_OF_ANOTHER_COUNT = 2;
/** So many windows in a row others may have used up before a request came. */
const FASTER_OTHERS = 4;
/** How long it is believed of a server that it counts requests when they end, in ms. */
const COUNTS_ENDS_MS = 300_000;

/** What holds the next request of an account. */
export interface Hold {
	/** For how long the limit does, in ms; `Infinity` where only an answer under way can tell. */
	waitMs: number;
	by: LimitedBy;
	/** When it is asked whether a long one still holds, on the clock; `Infinity` while that is being asked. */
	askAt?: number;
	/** How long own caution does besides, in ms: little is known of the limit, and an answer under way will tell more. */
	cautionMs: number;
}

interface Order {
	until: number;
	by: LimitedBy;
}

/**
 * Decides when the next request of an account may start, from what the server's answers said: of each window of its limit,
 * and of waits that it orders.
 */
export class Windows {
	private readonly starts = new RecentStarts(MINUTE_MS);

	private windows: LimitWindow[] = [];

	/** Something has come back from the server, whatever it was. */
	private heard = false;

	private readonly underWay = new Set<Ticket>();

	private lastStartAt = 0;

	private order: Order = { until: 0, by: 'limit' };

	/** A hold longer than five minutes, and when it is asked again. */
	private belief?: Belief<LimitedBy>;

	/** When the first request started. */
	private begunAt?: number;

	/** When the last refusal came that was not told to others at the same time. */
	private refusedAt = -1;

	private refusalsInARow = 0;

	/** After a refusal, one request finds out whether the server takes more: when it started, `Infinity` until one has. */
	private probeAt?: number;

	/** Until when the server is taken to count requests when they end. */
	private countsEndsUntil = 0;

	/** @param perMinuteUnlessTold most requests in any 60 s until the server names its limits; 0 for none. agent.ai documents 20 */
	constructor(
		private readonly perMinuteUnlessTold: number,
		private readonly random: () => number,
	) {}

	/** Whether nothing is under way. */
	get idle(): boolean {
		return this.underWay.size === 0;
	}

	/** Fewest requests a minute that a window shorter than a day allows, `undefined` while none is known. */
	get perMinute(): number | undefined {
		const rates = this.windows.flatMap(({ isDay, perMinute }) => (isDay ? [] : (perMinute ?? [])));
		return rates.length === 0 ? undefined : Math.min(...rates);
	}

	/** What holds one more request now; nothing where `waitMs` is 0. */
	hold(now: number): Hold {
		const long = this.named(now);
		if (long.waitMs > OBEYED_MS && this.belief) return { ...long, askAt: this.belief.nextAskAt, cautionMs: 0 };
		const isTold = this.windows.length > 0 || this.perMinuteUnlessTold === 0;
		const unlessToldMs = isTold ? 0 : this.starts.waitMs(now, this.perMinuteUnlessTold, MINUTE_MS);
		return { ...long, waitMs: Math.max(long.waitMs, unlessToldMs), cautionMs: Math.max(long.cautionMs, this.cautionMs(now)) };
	}

	/** How long until the limits lift, in ms; `undefined` where they do not hold, and where only an answer can tell. */
	resetInMs(now: number): number | undefined {
		const { waitMs } = this.hold(now);
		return waitMs > 0 && Number.isFinite(waitMs) ? waitMs : undefined;
	}

	/** When a long hold is asked about for somebody who may have mended its cause, on the clock. */
	askAtOnceAt(): number {
		return this.belief?.dueAt(true) ?? Infinity;
	}

	/**
	 * Notes that a request starts.
	 *
	 * @param atOnce its sender may ask at once whether a long hold still holds
	 */
	started(now: number, atOnce = false): Ticket {
		const isHeld = this.named(now).waitMs > OBEYED_MS;
		const ticket = { startedAt: now, question: isHeld && (this.belief?.ask(now, atOnce) ?? false) };
		if (this.probeAt === Infinity) this.probeAt = now;
		this.underWay.add(ticket);
		this.starts.add(now);
		this.lastStartAt = now;
		this.begunAt ??= now;
		for (const window of this.windows) window.started(ticket);
		return ticket;
	}

	/**
	 * Notes the end of a request.
	 *
	 * @param report what its answer said; `undefined` where nothing came back, which tells nothing of the limit
	 */
	ended(now: number, ticket: Ticket, report: LimitReport | undefined): void {
		this.underWay.delete(ticket);
		if (report) this.answered(now, ticket, report);
		this.review(now, ticket);
	}

	private answered(now: number, ticket: Ticket, report: LimitReport): void {
		this.heard = true;
		const answered = report.refused !== true && report.retryAfterMs === undefined;
		// whoever was let through before the others proves what was believed wrong; what its answer says is learned anew
		if (ticket.question && answered) this.forgetHolds(now);
		// what was refused has used nothing
		if (report.refused) this.starts.remove(ticket.startedAt);
		this.learn(now, ticket, report);
		if (report.refused) this.refuse(now, ticket, report);
		else this.pass(now, ticket, report);
	}

	private learn(now: number, ticket: Ticket, { windows = [], refused }: LimitReport): void {
		this.windows = this.windows.filter((window) => !window.isForgotten(now));
		if (windows.length === 0) {
			if (!refused) for (const window of this.windows) window.miss();
			return;
		}
		const named = windows.map((report) => {
			const window =
				this.windows.find((known) => known.isNamedBy(report)) ?? new LimitWindow(report.name, this.starts, [ticket, ...this.underWay]);
			if (!this.windows.includes(window)) this.windows.push(window);
			window.learn(now, ticket, report);
			return window;
		});
		for (const window of this.windows) if (!named.includes(window)) window.passOver();
	}

	private refuse(now: number, { startedAt }: Ticket, report: LimitReport): void {
		const { windows = [], retryAfterMs, daily } = report;
		// those that were under way when the limit was reached are all told the same
		if (startedAt >= this.refusedAt) {
			this.refusalsInARow++;
			this.refusedAt = now;
		}
		const usedUp = windows.filter(({ remaining }) => remaining === 0);
		const endInMs = Math.max(0, ...usedUp.map(({ resetInMs = 0 }) => resetInMs));
		// an order in whole seconds is the window's end, rounded up
		const isEnd = endInMs > 0 && (retryAfterMs === undefined || (endInMs <= retryAfterMs && endInMs > retryAfterMs - 1_000));
		const asked = isEnd ? endInMs : (retryAfterMs ?? 0);
		const named = asked > 0 || !daily ? asked : UNNAMED_DAY_MS;
		// a time that has passed is none; one that was too short before grows as well, unless others may have been faster
		const tooShort = this.refusalsInARow - (isEnd ? FASTER_OTHERS : named > 0 ? 1 : 0);
		const backoff = tooShort > 0 ? refusedDelayMs(tooShort, this.random()) : 0;
		this.obey({ until: now + Math.max(named, backoff), by: daily ? 'dailyLimit' : 'limit' });
		this.probeAt = Infinity;
		if (this.refusalsInARow >= REFUSALS_OF_ANOTHER_COUNT) this.countsEndsUntil = now + COUNTS_ENDS_MS;
	}

	private pass(now: number, { startedAt }: Ticket, { retryAfterMs }: LimitReport): void {
		// a server that is unavailable may order a wait too
		if (retryAfterMs !== undefined) return this.obey({ until: now + retryAfterMs, by: 'unavailable' });
		if (startedAt >= this.refusedAt) this.refusalsInARow = 0;
		this.probeAt = undefined;
	}

	private obey(order: Order): void {
		if (order.until > this.order.until) this.order = order;
	}

	private forgetHolds(now: number): void {
		this.order = { until: 0, by: 'limit' };
		this.windows = this.windows.filter((window) => window.waitMs(now) <= OBEYED_MS);
	}

	/** A long hold is asked about; a question that has not ended it is asked again later. */
	private review(now: number, { question }: Ticket): void {
		const { waitMs, by } = this.named(now);
		if (waitMs <= OBEYED_MS || waitMs === Infinity) this.belief = undefined;
		else if (this.belief?.held !== by) this.belief = new Belief(by, now, SAID);
		else if (question) this.belief.confirm(now);
	}

	/** What answers have said that holds everybody: the longest of all. */
	private named(now: number): Hold {
		const inFlight = now < this.countsEndsUntil ? this.underWay.size : 0;
		const longest: Hold = { waitMs: Math.max(0, this.order.until - now), by: this.order.by, cautionMs: 0 };
		for (const window of this.windows) {
			const waitMs = window.waitMs(now, inFlight);
			const finite = waitMs === Infinity ? this.quietMs(now) : waitMs;
			if (window.isAskedBy(this.underWay)) longest.cautionMs = Math.max(longest.cautionMs, finite);
			else if (finite > longest.waitMs) Object.assign(longest, { waitMs: finite, by: window.isDay ? 'dailyLimit' : 'limit' });
		}
		return longest;
	}

	/** How long to wait where little or nothing is known of the limits. */
	private cautionMs(now: number): number {
		if (this.probeAt !== undefined) return this.probeAt === Infinity ? 0 : Math.max(0, this.probeAt + QUIET_MS - now);
		return this.heard ? 0 : this.unheardMs(now);
	}

	/** Before the first answer: after those that go out first one more a second, then two, then three each second. */
	private unheardMs(now: number): number {
		const further = this.underWay.size - FIRST_IN_FLIGHT;
		if (further < 0) return 0;
		const seconds = further === 0 ? 1 : Math.floor(further / MOST_A_SECOND) + 2;
		return Math.max(0, (this.begunAt ?? now) + seconds * QUIET_MS - now);
	}

	/** How long until nothing has started for a while, or nothing is under way any more that could tell. */
	private quietMs(now: number): number {
		return this.underWay.size === 0 ? 0 : Math.max(0, this.lastStartAt + USED_UP_QUIET_MS - now);
	}
}

/** First upper bound of the wait after a refusal without a usable time; agent.ai's window is a minute long. */
const BASE_MS = 2_000;
const CAP_MS = 60_000;

/**
 * Wait after a refusal that named no usable time: grows with the number of refusals in a row (2 s … 60 s), with jitter in
 * its upper half only, because waiting too little costs another refusal.
 *
 * @param refusalsInARow 1 or more
 */
export function refusedDelayMs(refusalsInARow: number, random: number): number {
	const bound = Math.min(CAP_MS, BASE_MS * 2 ** (refusalsInARow - 1));
	return Math.round(bound / 2 + (random * bound) / 2);
}
