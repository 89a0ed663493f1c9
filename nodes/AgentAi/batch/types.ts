import type { Delivery, FailureTraits, NotSentReason } from '../failures/delivery';
import type { LimitReport } from '../limiter/limitReport';

export type { Delivery, FailureTraits, NotSentReason };

/** One piece of work. Jobs of one lane run one after another, in the order in which they came; without a lane a job is free. */
export interface Job<T, F> {
	/** Whatever identifies the lane; `undefined` for none. */
	lane?: string;
	/** Whatever identifies the jobs that share a failure of scope `group`; `undefined` for none. */
	group?: string;
	/** How the job ended, where that is known without sending it. */
	known?: { ok: true; value: T } | { ok: false; failure: F };
}

/** What one attempt came to. */
export type Attempt<T, F extends FailureTraits> = (
	| { ok: true; value: T }
	| {
			ok: false;
			failure: F;
			/** Set once a piece of the answer has been passed on: such an attempt is never repeated. */
			passedOn?: boolean;
	  }
) & { limits?: LimitReport };

/** What a job has cost. */
export interface Effort {
	/** Requests sent for this job. */
	tries: number;
	/** Time from the start to the end of the last try, in ms. */
	latencyMs: number;
	/** Time between tries, in ms. */
	waitedMs: number;
	/** Time in which the account's limit held this job, in ms; a part of it may count in `waitedMs` too. */
	limitWaitMs: number;
	/** Time in which another run, chat or tool call held this job's session, in ms. */
	sessionWaitMs: number;
}

/** The effort for a job that was never sent. */
export const NOTHING_SPENT: Effort = { tries: 0, latencyMs: 0, waitedMs: 0, limitWaitMs: 0, sessionWaitMs: 0 };

/** The end of one job. */
export type Settled<T, F> = Effort &
	(
		| { state: 'answered'; value: T }
		| {
				state: 'failed';
				failure: F;
				/** Set when the limit lifts later than the job may wait: how much later, in ms. */
				resetInMs?: number;
		  }
		| { state: 'notSent'; reason: NotSentReason<F> }
	);

/** What bounds the tries of a job. */
export interface RetryOptions {
	/** Most requests for one job, refusals by a rate limit not counted; 1 or more. */
	maxTries: number;
	/** Whether to try again what may have run already. */
	retryUncertain: boolean;
	/** Longest time one job waits for rate limits altogether, in ms; 0 never waits. */
	maxLimitWaitMs: number;
	/** Most requests that the node starts in any 60 s, over all its runs; 0 for no limit of its own. */
	requestsPerMinute: number;
	/** Names the node for that limit; without it the limit is this job's own. */
	node?: string;
	/** Somebody may have mended what is believed of the server: its first request may ask at once. */
	asksAtOnce?: boolean;
	/** Whether somebody waits for the answers in front of a screen: they go before those of batches. */
	live: boolean;
}
