import type { IDataObject, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import type { Asked } from '../failures/failureRow';
import type { ServerClock } from '../limiter/serverClock';
import type { Redactor } from './redact';

/** The time agent.ai gets beyond the action's own timeout to report that timeout itself, in seconds. */
export const TIMEOUT_MARGIN_S = 10;

/** One request of an action, ready to be sent. */
export interface WireRequest {
	/** Full URL of the action, see `actionUrl`, or of a webhook. */
	url: string;
	/** The JSON body as it goes over the wire, or its text; secrets included. A request without one is a GET. */
	body?: IDataObject | string;
	/** The action's own timeout in seconds. With a margin it bounds the whole answer, to its last byte. */
	timeoutSeconds: number;
	/** Whether agent.ai is asked to stream. It may answer otherwise all the same. */
	stream?: boolean;
	/** What the action goes through: errors of the OpenClaw gateway come from actions that use it. */
	asked: Asked;
	/** The answer is a JSON list, which becomes the `response`. */
	isList?: true;
	/** Whether the answer itself holds secrets, which its failures must not show. */
	answersWithSecrets?: boolean;
	/** Ends the request, as stopping the execution does. */
	stopped?: AbortSignal;
	/** Takes the secrets of this request out of whatever comes back. */
	redact: Redactor;
	/** The server's clock, as all answers of the account tell it. */
	serverClock: ServerClock;
	/**
	 * Receives each piece of a streamed answer the moment it arrives, and is awaited before more is read: a slow
	 * reader slows the server down instead of filling the memory.
	 */
	onDelta?: OnDelta;
}

export type OnDelta = (piece: string) => Promise<void>;

/**
 * n8n's HTTP helper, bound to the running node, with or without its credential. Only the `abortSignal` in the options ends the
 * request: what stops the execution has to be heard there.
 */
export type HttpHelper = (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse>;
