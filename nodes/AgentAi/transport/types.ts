import type { LimitReport } from '../batch/pace';
import type { Delivery } from '../batch/types';

/**
 * What agent.ai answers to every action: `{ status, response, error?, metadata? }`.
 * The contract types `response` as an object; other actions return strings, arrays and null, so it is kept as it comes.
 */
export interface ActionResponse {
	status?: number;
	response?: unknown;
	error?: unknown;
	metadata?: unknown;
	[key: string]: unknown;
}

/** The cases a person can tell apart and act on; each has its own texts in `failures.ts`. */
export type FailureKind =
	| 'agentToken'
	| 'answerNotJson'
	| 'badRequest'
	| 'bodyError'
	| 'chatEndpointDisabled'
	| 'connectionRefused'
	| 'connectionReset'
	| 'credits'
	| 'dailyLimit'
	| 'dns'
	| 'emptyAnswer'
	| 'emptyBody'
	| 'forbidden'
	| 'gatewayForbidden'
	| 'gatewayToken'
	| 'html'
	| 'instanceOffline'
	| 'invalidJson'
	| 'network'
	| 'noInstance'
	| 'notAnActionResponse'
	| 'providerKey'
	| 'proxyNotTrusted'
	| 'rateLimited'
	| 'redirect'
	| 'requestBlocked'
	| 'serverError'
	| 'streamError'
	| 'streamIncomplete'
	| 'timeout'
	| 'tls'
	| 'tooLarge'
	| 'toolFailed'
	| 'toolNotAvailable'
	| 'unavailable'
	| 'unexpectedStatus'
	| 'unknownAction'
	| 'upstream';

/**
 * Why an action has no answer, in words for people and in facts for the batch. Never holds a secret: its texts are
 * built from cleaned remote text only (design decision 9).
 */
export interface Failure {
	kind: FailureKind;
	/** What happened, one sentence without a final full stop. */
	message: string;
	/** What to do next, then what the remote side said. */
	description: string;
	/** The HTTP status that decided, as n8n's `httpCode` wants it; absent when no answer came. */
	httpCode?: string;
	/** Whether the action may have run (design decision 6). */
	delivery: Delivery;
	/**
	 * Set when all other items would fail the same way: `always`, or only while nothing has been answered in this run
	 * (`untilAnswered`: a token that has worked a second ago is not dead).
	 */
	shared?: 'always' | 'untilAnswered';
	/** The text of an answer that broke off, or that is not what was asked for. */
	partialText?: string;
}

/** One request's result: the ActionResponse, or a failure; with what the answer said about the rate limit. */
export type Outcome = { ok: true; body: ActionResponse; limits: LimitReport } | { ok: false; failure: Failure; limits: LimitReport };
