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
