import type { Place, SessionLocks } from '../../nodes/AgentAi/limiter/sessionLocks.ts';
import type { Applicant, Denial, Turns } from '../../nodes/AgentAi/limiter/turns.ts';
import type { Ticket } from '../../nodes/AgentAi/limiter/window.ts';

/** Runs a wait that a signal can end; `stop` undoes what `begin` has begun. Gives `undefined` when it was ended so. */
async function stoppable<T>(signal: AbortSignal | undefined, begin: (done: (value: T) => void) => () => void): Promise<T | undefined> {
	if (signal?.aborted) return undefined;
	return await new Promise<T | undefined>((resolve) => {
		const onAbort = () => {
			stop();
			resolve(undefined);
		};
		signal?.addEventListener('abort', onAbort, { once: true });
		const stop = begin((value) => {
			signal?.removeEventListener('abort', onAbort);
			resolve(value);
		});
	});
}

/**
 * Waits for one's place in the line of a session.
 *
 * @param key names the session
 * @returns the place, to be left when the request has ended; `undefined` when the signal has ended the wait
 */
export async function takePlace(locks: SessionLocks, key: string, signal?: AbortSignal): Promise<Place | undefined> {
	return await stoppable<Place>(signal, (done) => {
		const place = locks.join(key, {}, () => done(place));
		if (place.first) done(place);
		return () => place.leave();
	});
}

/**
 * Waits until one request of the account may start.
 *
 * @returns the ticket of the started request, or why none may start; `undefined` when the signal has ended the wait
 */
export async function takeTurn(
	turns: Turns,
	who: Omit<Applicant, 'acquired' | 'refused'>,
	signal?: AbortSignal,
): Promise<{ ticket: Ticket } | { denied: Denial } | undefined> {
	return await stoppable<{ ticket: Ticket } | { denied: Denial }>(signal, (done) => {
		const applicant: Applicant = {
			...who,
			acquired: (start) => done({ ticket: start() }),
			refused: (denied) => done({ denied }),
		};
		turns.acquire(applicant);
		return () => turns.leave(applicant);
	});
}
