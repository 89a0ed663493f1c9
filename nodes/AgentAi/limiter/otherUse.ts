import { type RecentStarts, WAY_MS } from './recentStarts';

/** Most windows in a row for which it is taken that others use what they have used before. */
const MOST_SURE = 3;
/** So many answers in a row prove wrong what an earlier one has told. */
const FEWER_IN_A_ROW = 2;
/** For how many windows what others used is believed where no answer names a new one. */
const BELIEVED_WINDOWS = 2;
/** Who has less than this part of what others have is not patient with them. */
const LEAST_PART = 3;

/** A window that has ended, on the clock: what this process used of it (`own`), and how much of it had passed, from 0 to 1, when the last answer told. */
type Ended = Record<'endsAt' | 'lengthMs' | 'limit' | 'own' | 'seen', number>;

/**
 * What other processes use of a window: more is gone than this one has sent. So much is left to them in the next one, and
 * let go when it looks as if they would not come. Where all was used up in the end, letting go costs a refusal: then others
 * are trusted to come for up to three windows before that is tried again.
 */
export class OtherUse {
	private now = 0;

	/** In the window before. */
	private last = 0;

	/** When that is not believed any more, on the clock: answers have named no window since. */
	private endsAt = Infinity;

	/** What this process has used in it. */
	private ownLast = 0;

	/** What was left first, and when: what is gone since and not own, others have used. */
	private first?: { remaining: number; at: number };

	/** An answer has said that nothing is left, and others have used some of it. */
	private usedUp = false;

	/** Answers in a row by which others have used less than was concluded from earlier ones. */
	private fewer = 0;

	/** For how many windows others are trusted to come, and for how many after the next one that was used up. */
	private sure = { windows: 0, next: 1 };

	constructor(private readonly starts: RecentStarts) {}

	/** How many requests others had in the window before. */
	inLastWindow(now: number): number {
		return now > this.endsAt ? 0 : this.last;
	}

	/** Whether this process has used the window alone, from its beginning on. */
	get isNone(): boolean {
		return this.first?.at !== -Infinity && this.now === 0;
	}

	/**
	 * Notes the first answer that speaks of a window. Whoever comes when all is used up takes others to use half of it, if they
	 * have more.
	 */
	begin(remaining: number, startedAt: number, limit: number): void {
		this.first ??= remaining === 0 ? { remaining: limit / 2, at: -Infinity } : { remaining, at: startedAt };
	}

	/**
	 * Notes what is left: where the server counts more than this process has sent, others use the account too.
	 *
	 * @param startedAt when the request started whose answer tells
	 * @param begunAt when the window began
	 */
	note(now: number, remaining: number, startedAt: number, begunAt: number): void {
		if (!this.first) return;
		const gone = this.first.remaining - remaining;
		const from = Math.max(this.first.at - WAY_MS, begunAt);
		const others = gone - this.starts.count(from, now);
		// one more than we know of may be a request that the server counted late
		if (others > 1) this.now = Math.max(this.now, others);
		this.usedUp ||= remaining === 0 && this.now > 0;
		// what is gone and certainly own was not theirs: two in a row that say so prove an earlier answer wrong
		const most = Math.max(0, gone - this.starts.count(from, startedAt - WAY_MS));
		this.fewer = most < this.now ? this.fewer + 1 : 0;
		if (this.fewer < FEWER_IN_A_ROW) return;
		this.now = most;
		this.usedUp = false;
	}

	/** Goes on to the next window. */
	endWindow({ endsAt, lengthMs, own, seen, limit }: Ended): void {
		const { now, last, sure, usedUp } = this;
		const unseen = usedUp ? 0 : 1 - seen;
		const isTrusted = unseen >= 0.5 && sure.windows > 0 && now > 0;
		const others = isTrusted ? Math.max(now, last) : now + Math.floor(unseen * Math.max(0, last - now));
		this.last = Math.min(others, Math.max(0, limit - own));
		const fewer = unseen < 0.5 && 2 * now < last;
		if (usedUp) this.sure = { windows: sure.next, next: Math.min(MOST_SURE, sure.next * 2 + 1) };
		else if (sure.windows > 0 && !fewer) sure.windows--;
		else this.sure = { windows: 0, next: 1 };
		this.ownLast = own;
		this.endsAt = endsAt + BELIEVED_WINDOWS * lengthMs;
		this.now = 0;
		this.usedUp = false;
		this.first = { remaining: limit, at: -Infinity };
	}

	/**
	 * What is left to others of what remains: what they used in the last window, and some more if that was less than own use.
	 *
	 * @param window as it is known now, on the clock; its length is not known of all
	 * @param isTold every answer of this window has come
	 */
	due(now: number, window: { limit: number; lengthMs?: number; begunAt: number }, isTold: boolean): number {
		const { limit, lengthMs = 0, begunAt } = window;
		const { last, ownLast } = this;
		if ((last <= 0 && this.now <= 0) || now > this.endsAt) return 0;
		const due = Math.max(0, last > 0 ? Math.min(last, limit * 0.75) + Math.max(0, Math.ceil((ownLast - last) / 3)) - this.now : limit / 4);
		if ((!isTold && this.sure.windows > 0) || this.comeSurely) return Math.ceil(due);
		const passed = lengthMs === 0 ? 0 : (now - begunAt) / lengthMs;
		return Math.ceil(due * Math.min(1, Math.max(0, (ownLast > last ? 3 : 2) - 2.5 * passed)));
	}

	/** Others are trusted to come: those that have not been seen yet in every second window only. */
	private get comeSurely(): boolean {
		const { sure, last, ownLast } = this;
		return sure.windows > 0 && LEAST_PART * ownLast >= last && (this.now > 0 || sure.windows % 2 === 1);
	}
}
