import type { Account } from '../limiter/account';
import type { Refusals } from '../limiter/refusals';
import { takePlace, takeTurn } from '../limiter/waits';
import { deniedEnd, unsentEnd } from './ends';
import { beginTry, effortOf, nextTry, noTries } from './retry';
import type { Attempt, FailureTraits, RetryOptions, Settled } from './types';

/** What is asked once, and how. */
export interface Question<T, F extends FailureTraits> {
	/** Sends the request once; a stopped execution ends it. */
	attempt: () => Promise<Attempt<T, F>>;
	options: RetryOptions;
	/** Names the session, if there is one. */
	lane?: string;
	/** Names those that fail together with it, such as all requests of one instance and its token. */
	group?: string;
	/** What the account's runs have met of such groups. */
	refusals?: Refusals<F>;
	/** Stops it: nothing more starts. */
	signal?: AbortSignal;
}

/**
 * Asks one thing of an account, with the retries, the pace and the session lines of a batch.
 *
 * @throws what `attempt` rejects with
 */
export async function askOnce<T, F extends FailureTraits>(
	account: Account,
	{ attempt, options, lane, group, refusals, signal }: Question<T, F>,
): Promise<Settled<T, F>> {
	const { clock } = account;
	const tries = noTries<F>();
	const aborted = () => ({ state: 'notSent', reason: { why: 'aborted' }, ...effortOf(tries) }) as const;
	const joinedAt = clock.now();
	const place = lane === undefined ? undefined : await takePlace(account.sessionLocks, lane, signal);
	if (lane !== undefined && !place) return aborted();
	tries.sessionWaitMs = clock.now() - joinedAt;
	try {
		for (;;) {
			const refused = refusals?.of(group);
			if (refused) return unsentEnd(tries, { why: 'shared', failure: refused });
			const askedAt = clock.now();
			const turn = await takeTurn(account.turns, options, signal);
			if (!turn) return aborted();
			if (!tries.refused) tries.limitWaitMs += clock.now() - askedAt;
			if ('denied' in turn) return deniedEnd(tries, turn.denied);
			const startedAt = clock.now();
			beginTry(tries, startedAt);
			let result: Attempt<T, F> | undefined;
			try {
				result = await attempt();
			} finally {
				account.turns.release(turn.ticket, result?.limits);
			}
			tries.latencyMs = clock.now() - startedAt;
			if (result.ok) {
				refusals?.noteAnswer(group);
				return { state: 'answered', value: result.value, ...effortOf(tries) };
			}
			refusals?.noteFailure(group, result.failure);
			if (signal?.aborted) return aborted();
			const next = nextTry(result, tries, options, clock);
			if (next.again === 'never') return { state: 'failed', failure: result.failure, ...effortOf(tries) };
			if (next.again === 'after') await clock.sleep(next.delayMs, signal ?? new AbortController().signal);
		}
	} finally {
		place?.leave();
	}
}
