import { failure } from '../failures/failure';
import { tokensIn } from '../transport/answer';
import type { Outcome } from '../transport/readResponse';

/** What the requests of a run come to. */
interface Spending {
	/** Requests that have left. */
	requests: number;
	/** Tokens that the answers name. */
	tokens: number;
}

/** The requests of one try of an item, counted where they leave. */
export class TrySpending {
	private isFirst = true;

	/** @param more takes one more request of those that the run may send; the batch has taken the first */
	constructor(
		private readonly spending: Spending,
		private readonly more: () => boolean,
	) {}

	/** Sends a request, unless the run has sent as many as it may. */
	async send(request: () => Promise<Outcome>): Promise<Outcome> {
		const first = this.isFirst;
		this.isFirst = false;
		if (!first && !this.more()) return { ok: false, failure: failure('maxRequests'), limits: {} };
		this.spending.requests++;
		const outcome = await request();
		if (outcome.ok) this.spending.tokens += tokensIn(outcome.value);
		return outcome;
	}
}
