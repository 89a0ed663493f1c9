/** When a belief is asked again: at these ages, and from the last of them on in steps of `everyMs`; all in ms. */
export interface AskingTimes {
	readonly agesMs: readonly number[];
	readonly everyMs: number;
}

/** For what a server has said: that nothing is taken for hours, that a token is refused. */
export const SAID: AskingTimes = { agesMs: [60_000, 120_000], everyMs: 300_000 };

/** A person who has just mended something does not wait for the next time, but asks no more often than this, in ms. */
const AT_ONCE_MS = 10_000;

/**
 * Something that is believed of a server longer than a request takes, such as that it refuses a token. It ends with a question
 * that proves it wrong: one at a time over all who share the belief, at the ages that its times name.
 */
export class Belief<T> {
	private questions = 0;

	private askedAt: number;

	private asking = false;

	/**
	 * @param held what is believed
	 * @param since when it was learned, on the clock of whoever asks
	 */
	constructor(
		readonly held: T,
		readonly since: number,
		private readonly times: AskingTimes,
	) {
		this.askedAt = since;
	}

	/** When the next question may be put; `Infinity` while one is under way. */
	get nextAskAt(): number {
		return this.dueAt(false);
	}

	/** The same for somebody who may have mended the cause. */
	dueAt(atOnce: boolean): number {
		if (this.asking) return Infinity;
		const { agesMs, everyMs } = this.times;
		const age = agesMs[this.questions];
		const dueAt = age === undefined ? this.askedAt + everyMs : Math.max(this.since + age, this.askedAt);
		return atOnce ? Math.min(dueAt, this.askedAt + AT_ONCE_MS) : dueAt;
	}

	/**
	 * Takes the one question that may be put now; it has to end with `confirm`, or with the belief being dropped.
	 *
	 * @param atOnce somebody who may have mended the cause asks: a run started by hand, or a retry
	 * @returns whether the caller may ask
	 */
	ask(now: number, atOnce = false): boolean {
		if (now < this.dueAt(atOnce)) return false;
		this.asking = true;
		return true;
	}

	/** Ends a question that has not proved the belief wrong, or that came to nothing. */
	confirm(now: number): void {
		this.asking = false;
		this.questions++;
		this.askedAt = now;
	}
}
