import type { Account } from '../limiter/account';
import { runBatch } from './runBatch';
import { type Attempt, type Job, NOTHING_SPENT, type RetryOptions, type Settled } from './types';

/**
 * Asks one thing of an account: a batch of one.
 *
 * @param attempt sends the request once; a stopped execution ends it
 * @param signal stops it: nothing more starts, and what is under way is no longer awaited
 * @throws what `attempt` rejects with
 */
export async function askOnce<T>(
	account: Account,
	job: Job<T>,
	attempt: () => Promise<Attempt<T>>,
	options: RetryOptions,
	signal?: AbortSignal,
): Promise<Settled<T>> {
	let end: Settled<T> = { state: 'notSent', reason: { why: 'aborted' }, ...NOTHING_SPENT };
	await runBatch(
		[job],
		attempt,
		{ ...options, maxConcurrency: 1, stopAfterFailures: 0, stopOnFailure: false },
		{
			account,
			signal,
			onSettled: (_job, settled) => (end = settled),
		},
	);
	return end;
}
