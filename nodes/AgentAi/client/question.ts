import { unsent } from '../failures/failure';
import type { Result } from '../failures/result';
import { systemClock } from './systemClock';

/** How long a question that had no answer is not asked again, in ms: as long as between two for what is down. */
const UNANSWERED_MS = 5_000;

/** What the items of a run need to know of agent.ai: asked for all of them at once, and again while there is no answer. */
export class Question<T> {
	private found?: Result<T>;

	private answer?: Promise<Result<T>>;

	/** Until when the answer is used as it is, on the clock of the process. */
	private until = 0;

	/** Whether the last answer is an earlier one, because there was no other. */
	isOutdated = false;

	/**
	 * @param ask asks, and keeps what it was told for as long as that may be believed
	 * @param standsIn what was told before stands in where nothing is told any more: one failure shall not end all items that are read
	 */
	constructor(
		private readonly ask: () => Promise<Result<T>>,
		private readonly standsIn = false,
	) {}

	/** The answer, see `toldBeforehand`. */
	async get(): Promise<Result<T>> {
		if (!this.answer || systemClock.now() >= this.until) {
			this.until = Infinity;
			this.answer = this.next();
		}
		return await this.answer;
	}

	private async next(): Promise<Result<T>> {
		const answer = await this.ask();
		this.until = answer.ok ? 0 : systemClock.now() + UNANSWERED_MS;
		if (answer.ok && this.standsIn) this.found = answer;
		this.isOutdated = !answer.ok && this.found !== undefined;
		return answer.ok ? answer : (this.found ?? toldBeforehand(answer));
	}
}

/** What a question before an item is sent came to: a failure says nothing of work that may have been done. */
export const toldBeforehand = <T>(answer: Result<T>): Result<T> => (answer.ok ? answer : { ok: false, failure: unsent(answer.failure) });
