import type { Denial } from '../account/turns';
import { effortOf, type Tries } from './retry';
import { NOTHING_SPENT, type NotSentReason, type Settled } from './types';

/** The end of a job that may not start, because the limit lifts too late: its own last failure, if it has one. */
export function deniedEnd<F>(tries: Tries<F>, denial: Denial): Settled<never, F> {
	return tries.lastFailure === undefined
		? { state: 'notSent', reason: deniedReason(denial), ...NOTHING_SPENT }
		: { state: 'failed', failure: tries.lastFailure, liftsInMs: denial.liftsInMs, ...effortOf(tries) };
}

/** Why nothing of a batch is sent any more that has not been tried. */
export const deniedReason = ({ daily, liftsInMs }: Denial): Extract<NotSentReason<never>, { liftsInMs?: number }> => ({
	why: daily ? 'dailyLimit' : 'limit',
	...(liftsInMs === undefined ? {} : { liftsInMs }),
});
