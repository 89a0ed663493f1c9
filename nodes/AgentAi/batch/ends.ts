import { type Failure, notSent, type NotSentReason, waitsTooLong } from '../failures/failure';
import type { Result } from '../failures/result';
import type { Denial } from '../limiter/turns';
import { effortOf, type Tries } from './retry';
import { type Job, NOTHING_SPENT, type Settled } from './types';

/** The end of a job that may not start, because the limit resets too late: its own last failure, if it has one. */
export function deniedEnd(tries: Tries, denial: Denial): Settled<never> {
	return tries.lastFailure === undefined
		? { state: 'notSent', reason: deniedReason(denial), ...NOTHING_SPENT }
		: { state: 'failed', failure: tries.lastFailure, resetInMs: denial.resetInMs, ...effortOf(tries) };
}

/** Why nothing of a batch is sent any more that has not been tried. */
export const deniedReason = ({ by, ...times }: Denial): Extract<NotSentReason, { resetInMs?: number }> => ({ why: by, ...times });

/** The end of a job as a result of its own, with what its tries have cost. */
export const endAs = <T>(result: Result<T>, tries: Tries): Settled<T> =>
	result.ok
		? { state: 'answered', value: result.value, ...effortOf(tries) }
		: { state: 'failed', failure: result.failure, ...effortOf(tries) };

/** The end of a job whose result was known before anything was sent. */
export const knownEnd = <T>(known: NonNullable<Job<T>['known']>): Settled<T> =>
	known.ok ? { state: 'answered', value: known.value, ...NOTHING_SPENT } : { state: 'failed', failure: known.failure, ...NOTHING_SPENT };

/** The end of a task that is not sent (again): a failure of its own, if it has been tried. */
export function unsentEnd(task: Tries, reason: NotSentReason): Settled<never> {
	if (task.lastFailure === undefined) return { state: 'notSent', reason, ...NOTHING_SPENT };
	const late = 'resetInMs' in reason && task.refused ? { resetInMs: reason.resetInMs } : {};
	return { state: 'failed', failure: task.lastFailure, ...late, ...effortOf(task) };
}

/** What the end of a job means to whoever asked: its answer, or the failure with the words that fit how it ended. */
export function resultOf<T>(settled: Settled<T>): Result<T> {
	switch (settled.state) {
		case 'answered':
			return { ok: true, value: settled.value };
		case 'failed':
			return { ok: false, failure: failureOf(settled) };
		case 'notSent':
			return { ok: false, failure: notSent(settled.reason) };
	}
}

const failureOf = (settled: { failure: Failure; resetInMs?: number }) =>
	'resetInMs' in settled ? waitsTooLong(settled.failure, settled.resetInMs) : settled.failure;
