/**
 * Whether the work of a failed attempt may have been done:
 * `notDelivered` the request provably never arrived; `rateLimited` it was refused before anything ran;
 * `uncertain` it may have run; `final` it was refused for a reason that another try does not change.
 */
export type Delivery = 'notDelivered' | 'rateLimited' | 'uncertain' | 'final';

/** Who else would fail the same way. */
export interface Shared {
	/** All jobs, or those of the same group. */
	scope: 'all' | 'group';
	/** Holds only while nothing in that scope has been answered: a token that has worked a second ago is not dead. */
	untilAnswered?: boolean;
}

/** What a queue must know of a failure. */
export interface FailureTraits {
	/** Whether the work may have been done. */
	delivery: Delivery;
	shared?: Shared;
}

/** Whose limit holds a request: the server's, its one for a whole day, its being unavailable, or the node's own. */
export type LimitedBy = 'limit' | 'dailyLimit' | 'unavailable' | 'ownLimit';

/** Why a job that was never sent was not. */
export type NotSentReason<F> =
	/** All would fail as this one did. */
	| { why: 'shared'; failure: F }
	/** The run ends at its first failure. */
	| { why: 'stopped'; failure: F }
	| { why: 'failuresInARow'; count: number; failure: F }
	/** A limit lifts later than the job may wait: in `resetInMs`, where that is known; asked again in `askedInMs`. */
	| { why: LimitedBy; resetInMs?: number; askedInMs?: number }
	| { why: 'aborted' };
