import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import { type Failure, failure } from '../failures/failure';
import { networkFailure, timeoutFailure } from '../failures/networkFailure';
import type { Result } from '../failures/result';
import { Deadline } from './deadline';
import { frontOf, redirectTarget } from './front';
import { interpret } from './interpret';
import { MAX_ANSWER_BYTES, MAX_ERROR_BYTES, readBody } from './readBody';
import { brokenFailure, type Outcome, readResponse } from './readResponse';
import type { Redactor } from './redact';
import { redactJson } from './redactJson';
import { TIMEOUT_MARGIN_S, type WireRequest } from './wireRequest';
import { jsonOf } from './wireResponse';

/** The catalogue is about 200 KB. */
const LIST_TIMEOUT_S = 30;

/**
 * n8n's authenticated HTTP helper, bound to the running node and to the credential `agentAiApi`. Only the `abortSignal` in
 * the options ends the request: what stops the execution has to be heard there.
 */
export type AuthenticatedRequest = (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse>;

/**
 * Sends one action to agent.ai. Never throws for anything the network or the server does; every outcome is a value,
 * cleaned of secrets.
 */
export async function sendAction(http: AuthenticatedRequest, request: WireRequest): Promise<Outcome> {
	const deadline = new Deadline((request.timeoutSeconds + TIMEOUT_MARGIN_S) * 1000, request.stopped);
	const answer = await exchange(http, request, deadline, {
		url: request.url,
		...(request.body === undefined ? { method: 'GET' } : { method: 'POST', body: request.body }),
		headers: {
			accept: request.stream ? 'text/event-stream, application/json' : 'application/json',
			...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
		},
	});
	if ('kind' in answer) return { ok: false, failure: answer, limits: {} };
	return await readResponse(answer, request, deadline);
}

/**
 * Reads a list from agent.ai, such as the catalogue of its actions.
 *
 * @param url full URL
 * @param stopped ends the request
 * @returns the elements of the answer's JSON array, or the failure; never throws for the network or the server
 */
export async function fetchList(
	http: AuthenticatedRequest,
	url: string,
	redact: Redactor,
	stopped?: AbortSignal,
): Promise<Result<unknown[]>> {
	const limits = { timeoutSeconds: LIST_TIMEOUT_S, redact };
	const deadline = new Deadline(LIST_TIMEOUT_S * 1000, stopped);
	const answer = await exchange(http, limits, deadline, { method: 'GET', url, headers: { accept: 'application/json' } });
	if ('kind' in answer) return { ok: false, failure: answer };
	const { statusCode: status } = answer;
	const body = await readBody(answer, deadline, status < 300 ? MAX_ANSWER_BYTES : MAX_ERROR_BYTES);
	const json = jsonOf(body.text);
	if (body.broken && status < 300 && json === undefined) return { ok: false, failure: brokenFailure(body.broken, deadline, limits) };
	const cleaned = json === undefined ? redact(body.text) : redactJson(json, redact);
	if (status < 300 && Array.isArray(cleaned)) return { ok: true, value: cleaned };
	const location = redirectTarget(answer, redact, url);
	const front = frontOf(answer, body.text);
	const judged = interpret({ status, body: cleaned, asked: 'other', location, front });
	return { ok: false, failure: judged.ok ? failure('notAnActionResponse', { status }) : judged.failure };
}

/** One request and its answer of whatever status, or why there is none. The only way out of this package. */
async function exchange(
	http: AuthenticatedRequest,
	{ timeoutSeconds, redact }: Pick<WireRequest, 'timeoutSeconds' | 'redact'>,
	deadline: Deadline,
	options: IHttpRequestOptions,
): Promise<IN8nHttpFullResponse | Failure> {
	try {
		return await deadline.wait(
			http({
				...options,
				// the helper can stop neither a slow answer nor a large one, unless it is read from a stream
				encoding: 'stream',
				abortSignal: deadline.signal,
				returnFullResponse: true,
				// errors are read from the answer itself: as exceptions they carry the request, and n8n sends a 401 twice
				ignoreHttpStatusErrors: true,
				// no other host ever sees the credential
				disableFollowRedirect: true,
				timeout: deadline.ms,
			}),
		);
	} catch (error) {
		const { expired } = deadline;
		deadline.end(true);
		return expired ? timeoutFailure(timeoutSeconds) : networkFailure(error, timeoutSeconds, redact, options.url);
	}
}
