import { type Failure, notSent, type NotSentReason } from '../failures/failure';
import type { Result } from '../failures/result';
import type { LimitReport } from '../limiter/limitReport';
import type { Outage } from './downTime';

/** One piece of work. Jobs of one lane run one after another, in the order in which they came; without a lane a job is free. */
export interface Job<T> {
	/** Whatever identifies the lane; `undefined` for none. */
	lane?: string;
	/** The instance that it goes to, as `address token`, where the second part names the token; `undefined` for none. */
	instance?: string;
	/** What the job has come to by an answer that another request is to make better: its end, should that request have none. */
	soFar?(failure?: Failure): Result<T>;
}

/** What one attempt came to. */
export type Attempt<T> = (
	| {
			ok: true;
			value: T;
			/** Another request of the job follows at once, with tries of its own, in the same session; see `Job.soFar`. */
			goesOn?: true;
	  }
	| {
			ok: false;
			failure: Failure;
			/** Set once a piece of the answer has been passed on: such an attempt is never repeated. */
			passedOn?: boolean;
	  }
) & { limits?: LimitReport };

/** What a job has cost. */
export interface Effort {
	/** Requests sent for this job. */
	tries: number;
	/** How many of them failed after they may have been carried out. */
	uncertain: number;
	/** Time from the start to the end of the last try, in ms. */
	latencyMs: number;
	/** Time between tries, in ms. */
	waitedMs: number;
	/** Time in which the account's limit held this job, in ms; a part of it may count in `waitedMs` too. */
	limitWaitMs: number;
	/** Time that this job stood in the line of its session right behind another run, chat or tool call, in ms. */
	sessionWaitMs: number;
}

/** The effort for a job that was never sent. */
export const NOTHING_SPENT: Effort = { tries: 0, uncertain: 0, latencyMs: 0, waitedMs: 0, limitWaitMs: 0, sessionWaitMs: 0 };

/** The end of one job. */
export type Settled<T> = Effort &
	({ state: 'answered'; value: T } | { state: 'failed'; failure: Failure } | { state: 'notSent'; reason: NotSentReason });

/** The end of a job as its result, with what that has cost. */
export const endOf = <T>(result: Result<T>, effort = NOTHING_SPENT): Settled<T> =>
	result.ok ? { state: 'answered', value: result.value, ...effort } : { state: 'failed', failure: result.failure, ...effort };

/** What the end of a job means to whoever asked: its answer, or the failure with the words that fit how it ended. */
export function resultOf<T>(settled: Settled<T>): Result<T> {
	if (settled.state === 'answered') return { ok: true, value: settled.value };
	return { ok: false, failure: settled.state === 'failed' ? settled.failure : notSent(settled.reason) };
}

/** What bounds the tries of a job. */
export interface RetryOptions {
	/** Most requests for one job, but for refusals by a rate limit and what did not reach a place that is down; 1 or more. */
	maxTries: number;
	/** Whether to try again what may have run already. */
	retryUncertain: boolean;
	/** It only reads: to run twice does no harm. */
	reads?: boolean;
	/** Longest time one job waits for rate limits altogether, in ms; 0 never waits. */
	maxLimitWaitMs: number;
	/** Longest time that all jobs together wait for what is down, in ms; 0 never waits. */
	maxDownWaitMs: number;
	/** Most requests that the node starts in any 60 s, over all its runs; 0 for no limit of its own. */
	requestsPerMinute: number;
	/** Names the node for that limit; without it the limit is this job's own. */
	node?: string;
	/** Somebody may have mended what is believed of the server: its first request may ask at once. */
	asksAtOnce?: boolean;
	/** It is a later round of an execution's loop, which is no new run. */
	isLaterRound?: boolean;
	/** Whether somebody waits for the answers in front of a screen: they go before those of batches. */
	live: boolean;
}

export interface BatchOptions extends RetryOptions {
	/** Most attempts in flight at once, 1 or more. */
	maxConcurrency: number;
	/** Most requests of the run, tries and further requests of a job included; 0 or none for no limit. */
	maxRequests?: number;
	/** Jobs failing one after another, in order of finishing, that end the batch; 0 for never. */
	stopAfterFailures: number;
	/** Whether the first failure ends the batch. */
	stopOnFailure: boolean;
}

/** What surrounds the batches of a run. */
export interface BatchContext<J, T> {
	/** Stops everything: nothing more starts, and what is in flight is no longer awaited. */
	signal?: AbortSignal;
	/** Called once for each job, the moment it is settled; no more after an abort. */
	onSettled: (job: J, settled: Settled<T>) => void;
	/** Receives the number of requests that were sent. */
	spent?: { requests: number };
	/** Called when jobs begin to wait for what is down, and when it is back or given up. */
	onOutage?: (outage: Outage, isOver: boolean) => void;
}

/** What the batches of a run came to. */
export interface BatchResult {
	/** Time in which work was ready and there was room for it, but the account's limit held it back, in ms. */
	heldMs: number;
	/** Time in which a job waited for another run's request of its session, in ms. */
	sessionMs: number;
	/** What was down meanwhile, in the order in which it was met. */
	outages: Outage[];
	/** How many requests at once would use the whole limit, where *Max Concurrency* was the brake. */
	enoughAtOnce?: number;
}
