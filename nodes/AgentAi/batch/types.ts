import type { LimitReport } from '../transport/limitReport';

/**
 * Whether the work of a failed attempt may have been done:
 * `notDelivered` the request provably never arrived; `rateLimited` it was refused before anything ran;
 * `uncertain` it may have run; `final` it was refused for a reason that another try does not change.
 */
export type Delivery = 'notDelivered' | 'rateLimited' | 'uncertain' | 'final';

/** One piece of work. Jobs of one lane run one after another, in input order; without a lane a job is free. */
export interface Job<T, F> {
	/** Whatever identifies the lane; `undefined` for none. */
	lane?: string;
	/** Whatever identifies the jobs that share a failure of scope `group`; `undefined` for none. */
	group?: string;
	/** How the job ended, where that is known without sending it. */
	known?: { ok: true; value: T } | { ok: false; failure: F };
}

/** Who else would fail the same way. */
export interface Shared {
	/** All jobs, or those of the same group. */
	scope: 'all' | 'group';
	/** Holds only while nothing in that scope has been answered: a token that has worked a second ago is not dead. */
	untilAnswered?: boolean;
}

/** What the queue must know of a failure. */
export interface FailureTraits {
	/** Whether the work may have been done. */
	delivery: Delivery;
	shared?: Shared;
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

/** Why a job that was never sent was not. */
export type NotSentReason<F> =
	| { why: 'shared'; failure: F }
	| { why: 'stopped'; failure: F }
	| { why: 'failuresInARow'; count: number; failure: F }
	| { why: 'dailyLimit'; resetInMs?: number }
	| { why: 'aborted' };

export interface Effort {
	/** Requests sent for this job. */
	tries: number;
	/** Time from the start to the end of the last try, in ms. */
	latencyMs: number;
	/** Time spent between tries because of a rate limit, in ms. */
	waitedMs: number;
}

/** The end of one job. */
export type Settled<T, F> = Effort &
	({ state: 'answered'; value: T } | { state: 'failed'; failure: F } | { state: 'notSent'; reason: NotSentReason<F> });

/** Time and chance, passed in so that tests can drive them. */
export interface Clock {
	/** Milliseconds since some fixed point; never goes back. */
	now(): number;
	/** Resolves after `ms`, or at once when the signal fires; never rejects. */
	sleep(ms: number, signal: AbortSignal): Promise<void>;
	/** A number from 0 up to, but not including, 1. */
	random(): number;
}
