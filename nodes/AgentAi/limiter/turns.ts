import type { LimitedBy } from '../failures/failureRow';
import type { Clock } from './clock';
import type { LimitReport } from './limitReport';
import { RecentStarts } from './recentStarts';
import type { Ticket } from './window';
import type { Hold, Windows } from './windows';

/** Live requests that may go one after another while a batch waits: a batch gets at least one request in four. */
const LIVE_IN_A_ROW = 3;
const MINUTE_MS = 60_000;

/** Why a request may not start. */
export interface Denial {
	by: LimitedBy;
	/** Until the limit resets, in ms; absent when only an answer under way can tell. */
	resetInMs?: number;
	/** Until the server is asked whether that still holds, in ms. */
	askedInMs?: number;
}

/** A run, a chat model or a list that wants to start a request. */
export interface Applicant {
	/** Somebody waits in front of a screen. */
	readonly live: boolean;
	/** Its node's own limit on its starts in any 60 s, over all its runs; 0 for none. */
	readonly requestsPerMinute: number;
	/** Names the node for that limit; an applicant without a name has its limit for itself. */
	readonly node?: string;
	/** Longest wait for limits, in ms; 0 never waits. */
	readonly maxLimitWaitMs: number;
	/** The same for a server that says that it is not available. */
	readonly maxDownWaitMs: number;
	/** Somebody may have mended what is believed to hold for long: it is asked at once, by the first request. */
	readonly asksAtOnce?: boolean;
	/**
	 * One request may start now.
	 *
	 * @param start notes that it does; not called when there is nothing to start any more
	 */
	acquired(start: () => Ticket): void;
	/** No request may start for longer than it waits. */
	refused(denial: Denial): void;
}

interface Application {
	applicant: Applicant;
	since: number;
}

/**
 * Who of an account starts the next request: whoever waits live before batches, among equals in turns, and nobody while
 * the account has nothing left.
 */
export class Turns {
	/** When anything happened here last. */
	lastActiveAt: number;

	private readonly waiting: Application[] = [];

	private liveInARow = 0;

	private pumping = false;

	/** The timer for the next look; it may be early, never late. */
	private timer: { at: number; abort: AbortController } | undefined;

	/** The starts of the nodes that have a limit of their own. */
	private readonly ownStarts = new Map<unknown, RecentStarts>();

	/** Those that have asked at once already. */
	private readonly haveAsked = new WeakSet<Applicant>();

	constructor(
		private readonly windows: Windows,
		private readonly clock: Clock,
	) {
		this.lastActiveAt = clock.now();
	}

	/** Whether nobody waits and nothing is under way. */
	get idle(): boolean {
		return this.waiting.length === 0 && this.windows.idle;
	}

	/** Asks for one start; an applicant has one application at a time. */
	acquire(applicant: Applicant): void {
		if (this.waiting.some((application) => application.applicant === applicant)) return;
		this.waiting.push({ applicant, since: this.clock.now() });
		this.pump();
	}

	/** Takes an application back. */
	leave(applicant: Applicant): void {
		this.remove(applicant);
		this.schedule();
	}

	/** Notes that a request has ended, with what its answer said about the limits. */
	release(ticket: Ticket, report: LimitReport | undefined): void {
		this.windows.ended(this.clock.now(), ticket, report);
		this.pump();
	}

	private remove(applicant: Applicant): void {
		const index = this.waiting.findIndex((application) => application.applicant === applicant);
		if (index !== -1) this.waiting.splice(index, 1);
	}

	/** Grants and refuses what can be; applications that come meanwhile are seen in the same walk. */
	private pump(): void {
		if (this.pumping) return;
		this.pumping = true;
		try {
			this.lastActiveAt = this.clock.now();
			while (this.step());
		} finally {
			this.pumping = false;
		}
		this.schedule();
	}

	private step(): boolean {
		if (this.waiting.length === 0) return false;
		const now = this.clock.now();
		const hold = this.windows.hold(now);
		const next = this.pick((applicant) => this.waitMs(now, applicant, hold) <= 0);
		if (!next) return this.refuseOne(now, hold);
		const batchWaits = this.waiting.some(({ applicant }) => !applicant.live);
		this.liveInARow = next.live && batchWaits ? this.liveInARow + 1 : 0;
		this.remove(next);
		const asksAtOnce = this.asksAtOnce(next);
		if (hold.askAt !== undefined) this.haveAsked.add(next);
		next.acquired(() => {
			const startedAt = this.clock.now();
			if (next.requestsPerMinute > 0) this.startsOf(next, startedAt).add(startedAt);
			return this.windows.started(startedAt, asksAtOnce);
		});
		return true;
	}

	private refuseOne(now: number, hold: Hold): boolean {
		const tooLong = ({ applicant, since }: Application) => {
			const waited = now - since;
			const liftsInMs = this.liftsInMs(now, applicant, hold);
			// own caution is no limit
			if (liftsInMs <= 0) return false;
			const mayWaitMs = longestWaitMs(applicant, hold);
			if (waited >= mayWaitMs) return true;
			// while it is asked whether it still holds, everybody may hope
			if (hold.askAt === Infinity) return false;
			return waited + liftsInMs > mayWaitMs;
		};
		const application = this.waiting.find(tooLong);
		if (!application) return false;
		const { applicant } = application;
		this.remove(applicant);
		applicant.refused(this.denial(now, applicant, hold));
		return true;
	}

	private denial(now: number, applicant: Applicant, hold: Hold): Denial {
		const ownMs = this.ownWaitMs(now, applicant);
		if (ownMs > hold.waitMs) return { by: 'ownLimit', resetInMs: ownMs };
		const askedInMs = hold.askAt === undefined || hold.askAt === Infinity ? undefined : Math.max(0, hold.askAt - now);
		return {
			by: hold.by,
			...(Number.isFinite(hold.waitMs) ? { resetInMs: hold.waitMs } : {}),
			...(askedInMs === undefined ? {} : { askedInMs }),
		};
	}

	private pick(may: (applicant: Applicant) => boolean): Applicant | undefined {
		const liveFirst = this.liveInARow < LIVE_IN_A_ROW;
		const next = this.waiting.find(({ applicant }) => applicant.live === liveFirst && may(applicant));
		return (next ?? this.waiting.find(({ applicant }) => may(applicant)))?.applicant;
	}

	/** How long until an applicant may start a request, in ms: when all limits have lifted, or to ask whether a long one has. */
	private waitMs(now: number, applicant: Applicant, hold: Hold): number {
		const askAt = this.asksAtOnce(applicant) ? this.windows.askAtOnceAt() : (hold.askAt ?? Infinity);
		const limitMs = Math.min(hold.waitMs, hold.askAt === undefined ? Infinity : askAt - now);
		return Math.max(this.ownWaitMs(now, applicant), hold.cautionMs, limitMs);
	}

	/** How long until all limits have lifted for it, in ms. */
	private liftsInMs(now: number, applicant: Applicant, hold: Hold): number {
		return Math.max(hold.waitMs, this.ownWaitMs(now, applicant));
	}

	private asksAtOnce(applicant: Applicant): boolean {
		return applicant.asksAtOnce === true && !this.haveAsked.has(applicant);
	}

	private ownWaitMs(now: number, applicant: Applicant): number {
		const { requestsPerMinute } = applicant;
		return requestsPerMinute === 0 ? 0 : this.startsOf(applicant, now).waitMs(now, requestsPerMinute, MINUTE_MS);
	}

	/** The starts of an applicant's node; those of nodes that rest are forgotten. */
	private startsOf(applicant: Applicant, now: number): RecentStarts {
		const key = applicant.node ?? applicant;
		const known = this.ownStarts.get(key);
		if (known) return known;
		for (const [other, { lastAt }] of this.ownStarts) if (now - lastAt >= MINUTE_MS) this.ownStarts.delete(other);
		const starts = new RecentStarts(MINUTE_MS);
		this.ownStarts.set(key, starts);
		return starts;
	}

	/** Sets the timer for the moment when more may start, or somebody has waited too long. */
	private schedule(): void {
		const at = this.nextLookAt();
		if (at === undefined) {
			this.timer?.abort.abort();
			this.timer = undefined;
			return;
		}
		if (this.timer && this.timer.at <= at) return;
		this.timer?.abort.abort();
		const timer = { at, abort: new AbortController() };
		this.timer = timer;
		void this.clock.sleep(Math.max(0, at - this.clock.now()), timer.abort.signal).then(() => {
			if (this.timer !== timer) return;
			this.timer = undefined;
			this.pump();
		});
	}

	private nextLookAt(): number | undefined {
		if (this.waiting.length === 0) return undefined;
		const now = this.clock.now();
		const hold = this.windows.hold(now);
		return Math.min(
			...this.waiting.map(({ applicant, since }) => {
				const deniedAt = this.liftsInMs(now, applicant, hold) > 0 ? since + longestWaitMs(applicant, hold) : Infinity;
				return Math.min(now + this.waitMs(now, applicant, hold), deniedAt);
			}),
		);
	}
}

const longestWaitMs = ({ maxLimitWaitMs, maxDownWaitMs }: Applicant, { by }: Hold) =>
	by === 'unavailable' ? maxDownWaitMs : maxLimitWaitMs;
