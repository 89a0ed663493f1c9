/**
 * When a belief is asked again: at these ages, and from the last of them on in steps of `everyMs`; between two questions there is at
 * least `leastMs`, however long the first has taken. All in ms.
 */
export interface AskingTimes {
	readonly agesMs: readonly number[];
	readonly everyMs: number;
	readonly leastMs: number;
}

/** For what a server has said: that nothing is taken for hours, that a token is refused. */
export const SAID: AskingTimes = { agesMs: [60_000, 120_000], everyMs: 300_000, leastMs: 1_000 };

/** For what keeps requests from arriving: after 1, 2 and 4 s, every 5 s in the first minute, every 30 s later. */
export const DOWN: AskingTimes = {
	agesMs: [1, 3, 7, 12, 17, 22, 27, 32, 37, 42, 47, 52, 57].map((age) => age * 1000),
	everyMs: 30_000,
	leastMs: 1_000,
};

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

	/** @param since when it was learned, on the clock of whoever asks */
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
		const { agesMs, everyMs, leastMs } = this.times;
		const age = agesMs[this.questions];
		const dueAt = age === undefined ? this.askedAt + everyMs : Math.max(this.since + age, this.askedAt + leastMs);
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
