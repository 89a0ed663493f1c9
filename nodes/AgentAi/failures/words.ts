import type { FailureTraits } from './delivery';

/** What is said of a kind of failure, and what follows from it. */
export interface Words extends FailureTraits {
	/** What happened, one sentence without a final full stop. */
	message: string;
	/** What to do next, without a final full stop. */
	advice: string;
}
