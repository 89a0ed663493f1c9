import type { WindowReport } from './limitReport';
import { OtherUse } from './otherUse';
import { type RecentStarts, WAY_MS } from './recentStarts';

/** A started request; to be handed back when it has ended. */
export interface Ticket {
	readonly startedAt: number;
	/** It asks whether what is believed of the limit still holds. */
	readonly question: boolean;
}

/** An answer that names a window with less time left than this may speak of the one before, in ms. */
const LATE_MS = 1_500;
/** Headers in whole seconds and travel times make one window's end look different by as much as this, in ms. */
const SAME_END_MS = 2_000;
/** What is told in whole seconds may be as much too late, in ms. */
const SECONDS_MS = 1_000;
/** The way of a request that begins a window, in ms. */
const SHORT_WAY_MS = 100;
/** Own starts are counted over the window's length, and so much more of it. */
const MARGIN = 0.02;
/** Longest window over which own starts are counted, in ms. */
const LONGEST_COUNTED_MS = 3_600_000;
/** A window that answers no longer name, or that come without any, is forgotten after this long, or after twice its length, in ms. */
const UNNAMED_MS = 300_000;
/** So many answers in a row that name other windows show that what was said of this one does not hold. */
const UNNAMED_IN_A_ROW = 2;

/** What the last answers said of the current window. */
interface Claim {
	remaining: number;
	/** When the request started whose answer named it. */
	startedAt: number;
	endsAt?: number;
	/** When the window before has ended, where this one has only been concluded from that, and not been named. */
	since?: number;
	/** How much earlier it may end, in ms. */
	slackMs: number;
}

/**
 * One window of an account's limit, as its answers name it: how much is left is what the latest of them said, less what
 * has started since.
 *
 * What answers said holds until the window's end, or until two in a row name others and not this one. After that, and for
 * answers that took longer than the window, own starts are counted over its length: that keeps to fixed and sliding windows
 * alike, and a request that started long ago costs nothing, however slow its answer.
 */
export class LimitWindow {
	private limit?: number;

	/** As a policy names it, in ms. */
	private lengthMs?: number;

	/** The longest time to a window's end that was seen, in ms, and whose answer told it: no longer than its length. */
	private seen = { ms: 0, startedAt: 0, endsAt: 0, beforeMs: 0 };

	private claim?: Claim;

	private namedAt = 0;

	/** Answers that have named it, and such in a row that named others and not this, or named this without its length. */
	private named = 0;

	private unnamed = 0;

	private withoutLength = 0;

	/** An answer has come since that names no window at all. */
	private isMissed = false;

	/** Requests that the answer behind the claim may not have counted. */
	private readonly uncounted: Set<Ticket>;

	private readonly others: OtherUse;

	constructor(
		private readonly name: string,
		private readonly starts: RecentStarts,
		underWay: Iterable<Ticket>,
	) {
		this.uncounted = new Set(underWay);
		this.others = new OtherUse(starts);
	}

	/** Length of the window, in ms, as far as it is known. */
	get knownLengthMs(): number | undefined {
		return this.lengthMs ?? (this.seen.ms > 0 ? this.seen.ms : undefined);
	}

	/** Whether it is the one of a whole day. */
	get isDay(): boolean {
		return this.lengthMs === 86_400_000;
	}

	/** Requests a minute that it allows, where both are known. */
	get perMinute(): number | undefined {
		const length = this.knownLengthMs;
		return length !== undefined && this.limit !== undefined ? (this.limit * 60_000) / length : undefined;
	}

	/** Whether an answer speaks of this window: of this policy, else of this family of headers and this size. */
	isNamedBy(report: WindowReport): boolean {
		if (report.name !== this.name) return false;
		if (report.lengthMs !== undefined && this.lengthMs !== undefined) return report.lengthMs === this.lengthMs;
		return report.limit === undefined || this.limit === undefined || report.limit === this.limit;
	}

	/** Notes that a request starts. */
	started(ticket: Ticket): void {
		this.uncounted.add(ticket);
	}

	/** Takes what an answer says of this window. */
	learn(now: number, ticket: Ticket, report: WindowReport): void {
		this.namedAt = now;
		this.unnamed = 0;
		this.isMissed = false;
		this.named++;
		this.limit = report.limit ?? this.limit;
		this.withoutLength = report.lengthMs === undefined ? this.withoutLength + 1 : 0;
		this.lengthMs = report.lengthMs ?? (this.withoutLength < UNNAMED_IN_A_ROW ? this.lengthMs : undefined);
		const { remaining, resetInMs, fixedEnd } = report;
		// what is told as a duration was so when the request came
		const endsAt =
			resetInMs === undefined
				? undefined
				: fixedEnd
					? now + resetInMs
					: ticket.startedAt + resetInMs + Math.min(now - ticket.startedAt, WAY_MS);
		if (endsAt !== undefined) this.see(ticket.startedAt, endsAt);
		const lengthMs = this.knownLengthMs ?? 0;
		if (lengthMs > 0 && lengthMs <= LONGEST_COUNTED_MS) this.starts.keep(lengthMs + margin(lengthMs));
		this.rollOver(now);
		const past = endsAt !== undefined && endsAt <= now;
		// it has been counted in a window that has ended
		if (past) this.uncounted.delete(ticket);
		if (remaining === undefined || past || this.isMisfit(now, endsAt)) return;
		this.take(now, ticket, remaining, endsAt, fixedEnd ? SHORT_WAY_MS : SECONDS_MS + Math.min(now - ticket.startedAt, SECONDS_MS));
	}

	/** Takes it that an answer named other windows and not this one: what nobody says any more does not hold. */
	passOver(): void {
		if (++this.unnamed === UNNAMED_IN_A_ROW) this.claim = undefined;
	}

	/** Takes it that an answer named no window: many servers name theirs in some answers only, so that time alone tells. */
	miss(): void {
		this.isMissed = true;
	}

	/** Whether answers have come for long that do not name it, or as many in a row as had ever named it. */
	isForgotten(now: number): boolean {
		if (this.unnamed >= Math.max(UNNAMED_IN_A_ROW, this.named)) return true;
		return (this.unnamed > 0 || this.isMissed) && now - this.namedAt > Math.min(UNNAMED_MS, 2 * (this.knownLengthMs ?? UNNAMED_MS));
	}

	/** Whether it has begun without having been named yet, and a request is under way whose answer will name it. */
	isAskedBy(underWay: ReadonlySet<Ticket>): boolean {
		return this.claim?.since !== undefined && [...this.uncounted].some((ticket) => underWay.has(ticket));
	}

	/**
	 * How long to wait before one more request may start, in ms: 0 to start now, `Infinity` where only an answer can tell.
	 *
	 * @param inFlight requests under way, where the server counts them when they end
	 */
	waitMs(now: number, inFlight = 0): number {
		this.rollOver(now);
		const { claim, limit } = this;
		const countedMs = this.countedMs(now, inFlight);
		if (!claim) return countedMs ?? 0;
		const left = claim.remaining - Math.max(this.uncounted.size, inFlight);
		const isProbe = claim.since !== undefined;
		if (left > (isProbe ? 0 : this.leftToOthers(now))) return 0;
		const endsInMs = claim.endsAt === undefined ? Infinity : claim.endsAt - now;
		// what is left to others is let go as the window passes
		const stepMs = left > 0 ? (this.knownLengthMs ?? Infinity) / 20 : Infinity;
		const isOwnUse =
			claim.since !== undefined || (limit !== undefined && this.lengthMs !== undefined && this.ownUse(claim) >= limit - claim.remaining);
		return Math.min(endsInMs, stepMs, isOwnUse ? (countedMs ?? Infinity) : Infinity);
	}

	/** The same by the own starts alone, where the length of the window is known. */
	private countedMs(now: number, inFlight: number): number | undefined {
		const { limit, knownLengthMs: lengthMs } = this;
		if (limit === undefined || lengthMs === undefined || lengthMs > LONGEST_COUNTED_MS) return undefined;
		const over = Math.max(0, inFlight - this.starts.count(now - lengthMs));
		return over >= limit ? Infinity : this.starts.waitMs(now, limit - this.others.inLastWindow(now) - over, lengthMs + margin(lengthMs));
	}

	/** How much of what was used when a claim was made is own: if all, it has left a window of any kind a length later. */
	private ownUse({ startedAt }: Claim): number {
		return this.starts.count(startedAt - (this.knownLengthMs ?? 0), startedAt);
	}

	/** An answer that names a longer time than the window's own length speaks of something else. */
	private isMisfit(now: number, endsAt: number | undefined): boolean {
		return endsAt !== undefined && this.lengthMs !== undefined && endsAt - now > this.lengthMs + SAME_END_MS;
	}

	private take(now: number, ticket: Ticket, remaining: number, endsAt: number | undefined, slackMs: number): void {
		const { claim } = this;
		this.uncounted.delete(ticket);
		const isOther = claim?.endsAt !== undefined && endsAt !== undefined && Math.abs(endsAt - claim.endsAt) > SAME_END_MS;
		if (claim) {
			const isLate = endsAt !== undefined && endsAt - now <= LATE_MS && endsAt <= (claim.endsAt ?? 0) - SAME_END_MS;
			if (isLate || ticket.startedAt < claim.startedAt - WAY_MS) return;
			if (isOther && endsAt > (claim.endsAt ?? 0)) this.endWindow();
		}
		// each end that was told is the latest that it can be
		const newEnd = isOther || claim?.since !== undefined ? endsAt : Math.min(endsAt ?? Infinity, claim?.endsAt ?? Infinity);
		if (remaining === 0 && endsAt !== undefined) this.seeFrom(endsAt);
		// answers of one moment may come in any order: the lowest counts
		this.others.begin(remaining, ticket.startedAt, this.limit ?? 0);
		const together = claim && !isOther && claim.since === undefined && ticket.startedAt <= claim.startedAt + WAY_MS;
		if (together && remaining > claim.remaining) return;
		this.claim = {
			remaining,
			startedAt: ticket.startedAt,
			slackMs,
			...(newEnd === undefined || newEnd === Infinity ? {} : { endsAt: newEnd }),
		};
		for (const other of this.uncounted) if (other.startedAt < ticket.startedAt - WAY_MS) this.uncounted.delete(other);
		this.others.note(now, remaining, ticket.startedAt, this.begunAt(now) - slackMs);
	}

	/** A later answer that tells a far earlier end proves the one wrong that was believed, and what was before it holds. */
	private see(startedAt: number, endsAt: number): void {
		const { seen } = this;
		const ms = endsAt - startedAt;
		const isWrong = startedAt > seen.startedAt && endsAt < seen.endsAt - Math.max(SAME_END_MS, seen.ms / 2);
		if (isWrong) this.seen = { ms: Math.max(ms, seen.beforeMs), startedAt, endsAt, beforeMs: 0 };
		else if (ms > seen.ms) this.seen = { ms, startedAt, endsAt, beforeMs: ms > 2 * seen.ms ? seen.ms : seen.beforeMs };
	}

	/** The first window, if own requests have used it up alone, is as long as from the first of these to its end. */
	private seeFrom(endsAt: number): void {
		const firstAt = this.limit === undefined || !this.others.isNone ? undefined : this.starts.fromLast(this.limit);
		if (firstAt !== undefined && endsAt - firstAt <= LONGEST_COUNTED_MS) this.seen.ms = Math.max(this.seen.ms, endsAt - firstAt);
	}

	private rollOver(now: number): void {
		const { claim } = this;
		if (claim?.endsAt === undefined || now < claim.endsAt) return;
		this.endWindow();
		// until an answer names the next window, one request finds out, and own starts are counted
		this.claim = { remaining: 1, startedAt: claim.endsAt, since: claim.endsAt, slackMs: claim.slackMs };
		const mayHaveEndedAt = claim.endsAt - Math.max(WAY_MS, claim.slackMs);
		for (const ticket of this.uncounted) if (ticket.startedAt < mayHaveEndedAt) this.uncounted.delete(ticket);
	}

	private endWindow(): void {
		const { claim, limit = 0, knownLengthMs: lengthMs = 0 } = this;
		const endsAt = claim?.endsAt ?? 0;
		const own = this.starts.count(endsAt - lengthMs - SHORT_WAY_MS, endsAt - SHORT_WAY_MS);
		const seen = claim && lengthMs > 0 ? Math.min(1, Math.max(0, 1 - (endsAt - claim.startedAt) / lengthMs)) : 1;
		this.others.endWindow({ endsAt, lengthMs, own, seen, limit });
	}

	/** When the current window has begun, on the clock. */
	private begunAt(now: number): number {
		const { claim, knownLengthMs: lengthMs = Infinity } = this;
		return claim?.since ?? (claim?.endsAt ?? now) - lengthMs;
	}

	private leftToOthers(now: number): number {
		const { limit = 0, knownLengthMs: lengthMs } = this;
		if (lengthMs !== undefined && lengthMs > LONGEST_COUNTED_MS) return 0;
		return this.others.due(now, { limit, lengthMs, begunAt: this.begunAt(now) }, this.uncounted.size === 0);
	}
}

const margin = (lengthMs: number) => Math.max(WAY_MS, lengthMs * MARGIN);
