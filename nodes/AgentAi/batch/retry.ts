import { type Failure, goesOnAt, saidBefore } from '../failures/failure';
import type { Clock } from '../limiter/clock';
import { type Attempt, type Effort, NOTHING_SPENT, type RetryOptions } from './types';

/** Refusals by the limit after which a job is given up; each half minute that it has waited for them allows one more. */
const MAX_REFUSALS = 20;
const REFUSED_EVERY_MS = 30_000;

/** What the tries of a job have come to so far. */
export interface Tries extends Effort {
	/** Tries that count against `maxTries`. */
	counted: number;
	refusals: number;
	/** When the last try ended and the wait for the next began. */
	waitingSince?: number;
	/** The last try was refused by the limit. */
	refused: boolean;
	/** How the last try failed, for the case that there will be no other. */
	lastFailure?: Failure;
	/** The last of those that may have been carried out. */
	lastUncertain?: Failure;
}

export const noTries = (): Tries => ({ ...NOTHING_SPENT, counted: 0, refusals: 0, refused: false });

/** Notes that a try begins. */
export function beginTry(tries: Tries, now: number): void {
	if (tries.waitingSince !== undefined) {
		tries.waitedMs += now - tries.waitingSince;
		tries.waitingSince = undefined;
	}
	tries.tries++;
	tries.counted++;
}

/** Notes that another request of the job follows its answer: its tries are its own. */
export function beginNext(tries: Tries): void {
	Object.assign(tries, { uncertain: 0, counted: 0, refusals: 0, refused: false, lastFailure: undefined, lastUncertain: undefined });
}

/** Notes how a try failed: one that may have been carried out counts, whatever becomes of those after it. */
export function noteFailure(tries: Tries, failure: Failure): void {
	if (failure.delivery !== 'uncertain') return;
	tries.uncertain++;
	tries.lastUncertain = failure;
}

/** What a job without an answer ends with: the try that may have been carried out where there was one, else the last. */
export function endingFailure({ lastUncertain }: Tries, last: Failure): Failure {
	if (!lastUncertain || last.delivery === 'uncertain') return last;
	return goesOnAt(saidBefore(lastUncertain, `The last try failed with: ${last.message}`), last.resetsAt);
}

/** What follows a failed try: another when the limit allows it, when what is down is back, or after a wait; or none. */
type NextTry = { again: 'whenAllowed' } | { again: 'whenBack' } | { again: 'after'; delayMs: number } | { again: 'never' };

/**
 * Decides whether a failed try is followed by another: only what was provably not delivered, what the limit refused
 * before anything ran, what only reads, and, where the person allows it, what may have run.
 *
 * @param isDown what it went to is known to be down, and is waited for: a try that cannot have run anything does not count
 */
export function nextTry(
	attempt: Extract<Attempt<unknown>, { ok: false }>,
	tries: Tries,
	options: RetryOptions,
	clock: Clock,
	isDown: boolean,
): NextTry {
	const { delivery } = attempt.failure;
	const isHarmless = delivery === 'notDelivered' || (delivery === 'uncertain' && options.reads === true);
	const mayRepeat = isHarmless || (delivery === 'uncertain' && options.retryUncertain);
	tries.refused = delivery === 'rateLimited';
	if (attempt.passedOn) return { again: 'never' };
	if (tries.refused) {
		tries.counted--;
		tries.refusals++;
		const isTooOften = tries.refusals > MAX_REFUSALS + tries.limitWaitMs / REFUSED_EVERY_MS;
		if (isTooOften || tries.limitWaitMs >= options.maxLimitWaitMs) return { again: 'never' };
	} else if (isHarmless && isDown) tries.counted--;
	else if (!mayRepeat || tries.counted >= options.maxTries) return { again: 'never' };
	tries.waitingSince = clock.now();
	tries.lastFailure = attempt.failure;
	if (tries.refused) return { again: 'whenAllowed' };
	return isDown ? { again: 'whenBack' } : { again: 'after', delayMs: retryDelayMs(tries.counted, clock.random()) };
}

/** What a job has cost, without the rest of its state. */
export const effortOf = ({ tries, uncertain, latencyMs, waitedMs, limitWaitMs, sessionWaitMs }: Effort): Effort => ({
	tries,
	uncertain,
	latencyMs,
	waitedMs,
	limitWaitMs,
	sessionWaitMs,
});

/**
 * What an attempt tells of the account's limits. A gateway that restarts orders a second of waiting all the time, and for itself
 * alone (measured, openclaw 2026.9.6).
 *
 * @returns `undefined` where nothing came back
 */
export function limitsOf(result: Attempt<unknown>): Attempt<unknown>['limits'] {
	const { limits = {} } = result;
	if (result.ok) return limits;
	const { httpCode, shared } = result.failure;
	if (httpCode === undefined && Object.keys(limits).length === 0) return undefined;
	return shared?.as === 'down' && shared.scope === 'instance' ? { ...limits, retryAfterMs: undefined } : limits;
}

/** First upper bound of a wait between two tries, in ms; it doubles with every try. */
const BASE_MS = 1_000;
/** Longest wait between two tries that no server asked for, in ms. */
const CAP_MS = 30_000;

/**
 * Wait before the next try of a request that was not delivered or may be repeated: "full jitter", a random time up to
 * a bound that doubles with every try (1 s, 2 s, 4 s … 30 s).
 *
 * @param tries how many tries there have been, 1 or more
 */
export function retryDelayMs(tries: number, random: number): number {
	return Math.round(random * Math.min(CAP_MS, BASE_MS * 2 ** (tries - 1)));
}
