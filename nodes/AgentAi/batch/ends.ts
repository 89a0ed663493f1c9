import type { Denial } from '../limiter/turns';
import { effortOf, type Tries } from './retry';
import { type Job, NOTHING_SPENT, type NotSentReason, type Settled } from './types';

/** The end of a job that may not start, because the limit lifts too late: its own last failure, if it has one. */
export function deniedEnd<F>(tries: Tries<F>, denial: Denial): Settled<never, F> {
	return tries.lastFailure === undefined
		? { state: 'notSent', reason: deniedReason(denial), ...NOTHING_SPENT }
		: { state: 'failed', failure: tries.lastFailure, resetInMs: denial.resetInMs, ...effortOf(tries) };
}

/** Why nothing of a batch is sent any more that has not been tried. */
export const deniedReason = ({ by, ...times }: Denial): Extract<NotSentReason<never>, { resetInMs?: number }> => ({ why: by, ...times });

/** The end of a job whose result was known before anything was sent. */
export const knownEnd = <T, F>(known: NonNullable<Job<T, F>['known']>): Settled<T, F> =>
	known.ok ? { state: 'answered', value: known.value, ...NOTHING_SPENT } : { state: 'failed', failure: known.failure, ...NOTHING_SPENT };

/** The end of a task that is not sent (again): a failure of its own, if it has been tried. */
export function unsentEnd<F>(task: Tries<F>, reason: NotSentReason<F>): Settled<never, F> {
	if (task.lastFailure === undefined) return { state: 'notSent', reason, ...NOTHING_SPENT };
	const late = 'resetInMs' in reason && task.refused ? { resetInMs: reason.resetInMs } : {};
	return { state: 'failed', failure: task.lastFailure, ...late, ...effortOf(task) };
}
