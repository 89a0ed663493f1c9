import type { IDataObject, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import { type Failure, failure, timeAfter } from './failures';
import { interpret } from './interpret';
import { networkFailure } from './networkFailure';
import { readLimits } from './rateLimitHeaders';
import { readJson } from './readJson';
import { redactJson, type Redactor } from './redact';
import type { ActionResponse, Outcome, Result } from './result';
import { untilSilent } from './silence';
import { EventTooLargeError, SseParser } from './sse';
import { StreamedAnswer } from './streamedAnswer';

/** The time agent.ai gets beyond the action's own timeout to report that timeout itself, in seconds. */
const TIMEOUT_MARGIN_S = 10;
/** The catalogue is about 200 KB. */
const LIST_TIMEOUT_S = 30;

export interface WireRequest {
	/** Full URL of the action, see `actionUrl`. */
	url: string;
	/** The JSON body as it goes over the wire, or its text; secrets included. */
	body: IDataObject | string;
	/** The action's own timeout in seconds. */
	timeoutSeconds: number;
	/** Whether the answer is read piece by piece. It may come as one JSON body all the same. */
	stream: boolean;
	/** Takes the secrets of this request out of whatever comes back. */
	redact: Redactor;
	/**
	 * Receives each piece of a streamed answer the moment it arrives, and is awaited before more is read: a slow
	 * reader slows the server down instead of filling the memory.
	 */
	onPiece?: OnPiece;
}

export type OnPiece = (piece: string) => Promise<void>;

/**
 * n8n's authenticated HTTP helper, bound to the running node and to the credential `agentAiApi`. An `abortSignal` in the
 * options ends the request as stopping the execution does.
 */
export type AuthenticatedRequest = (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse>;

/**
 * Sends one action to agent.ai. Never throws for anything the network or the server does; every outcome is a value,
 * cleaned of secrets.
 */
export async function sendAction(http: AuthenticatedRequest, request: WireRequest): Promise<Outcome> {
	const closing = new AbortController();
	const answer = await exchange(http, request, {
		method: 'POST',
		url: request.url,
		body: request.body,
		headers: {
			accept: request.stream ? 'text/event-stream, application/json' : 'application/json',
			'content-type': 'application/json',
		},
		encoding: request.stream ? 'stream' : 'json',
		...(request.stream ? { abortSignal: closing.signal } : {}),
	});
	if ('kind' in answer) return { ok: false, failure: answer, limits: {} };
	const limits = readLimits(answer.headers, answer.statusCode, Date.now());
	const result =
		request.stream && isEventStream(answer)
			? await readStream(bodyOf(answer, request, closing), request)
			: await readWhole(answer, request, closing);
	if (result.ok) return { ...result, limits };

	const refused = result.failure.delivery === 'rateLimited' || result.failure.kind === 'dailyLimit';
	const told = { ...limits, ...(refused ? { refused } : {}) };
	if (refused && (limits.daily || result.failure.kind === 'dailyLimit')) {
		return { ok: false, failure: dailyFailure(limits.resetInMs ?? limits.retryAfterMs), limits: told };
	}
	return { ok: false, failure: result.failure, limits: told };
}

/**
 * Reads a list from agent.ai, such as the catalogue of its actions.
 *
 * @param url full URL
 * @returns the elements of the answer's JSON array, or the failure; never throws for the network or the server
 */
export async function fetchList(http: AuthenticatedRequest, url: string, redact: Redactor): Promise<Result<unknown[]>> {
	const limits = { timeoutSeconds: LIST_TIMEOUT_S, redact };
	const answer = await exchange(http, limits, { method: 'GET', url, headers: { accept: 'application/json' }, encoding: 'json' });
	if ('kind' in answer) return { ok: false, failure: answer };
	const body: unknown = answer.body;
	if (answer.statusCode < 300 && Array.isArray(body)) return { ok: true, value: body };
	const judged = interpret(rawAnswer(answer, redactJson(body, redact)));
	return { ok: false, failure: judged.ok ? failure('notAnActionResponse', { status: answer.statusCode }) : judged.failure };
}

/** One request and its answer of whatever status, or why there is none. The only way out of this package. */
async function exchange(
	http: AuthenticatedRequest,
	{ timeoutSeconds, redact }: Pick<WireRequest, 'timeoutSeconds' | 'redact'>,
	options: IHttpRequestOptions,
): Promise<IN8nHttpFullResponse | Failure> {
	try {
		return await http({
			...options,
			returnFullResponse: true,
			// errors are read from the answer itself: as exceptions they carry the request, and n8n sends a 401 twice
			ignoreHttpStatusErrors: true,
			// no other host ever sees the credential
			disableFollowRedirect: true,
			timeout: timeoutMs(timeoutSeconds),
		});
	} catch (error) {
		return networkFailure(error, timeoutSeconds, redact);
	}
}

/** The body of an answer that is read piece by piece; breaking off closes the connection. */
const bodyOf = (answer: IN8nHttpFullResponse, request: WireRequest, closing: AbortController) =>
	untilSilent(answer.body as AsyncIterable<Uint8Array>, timeoutMs(request.timeoutSeconds), () => closing.abort());

/** Reads an answer that comes in one piece: parsed by n8n's helper already, or to be read from the stream asked for. */
async function readWhole(answer: IN8nHttpFullResponse, request: WireRequest, closing: AbortController): Promise<Result<ActionResponse>> {
	let body: unknown = answer.body;
	if (request.stream) {
		try {
			const text = await readText(bodyOf(answer, request, closing));
			const read = readJson(text);
			body = read.ok ? read.data : text;
		} catch (error) {
			return { ok: false, failure: networkFailure(error, request.timeoutSeconds, request.redact) };
		}
	}
	return interpret(rawAnswer(answer, redactJson(body, request.redact)));
}

const rawAnswer = (answer: IN8nHttpFullResponse, body: unknown) => ({
	status: answer.statusCode,
	contentType: header(answer, 'content-type'),
	body,
	location: hostOf(header(answer, 'location')),
});

async function readStream(body: AsyncIterable<Uint8Array>, request: WireRequest): Promise<Result<ActionResponse>> {
	const parser = new SseParser();
	const streamed = new StreamedAnswer(request.redact);
	try {
		for await (const chunk of body) {
			for (const event of parser.push(chunk)) {
				const piece = streamed.take({ ...event, data: request.redact(event.data) });
				if (piece !== '') await request.onPiece?.(piece);
			}
		}
	} catch (error) {
		if (error instanceof EventTooLargeError) {
			return {
				ok: false,
				failure: failure('streamIncomplete', {
					message: error.message,
					advice: 'Ask the agent for a shorter answer',
					partialText: streamed.text,
				}),
			};
		}
		const broken = networkFailure(error, request.timeoutSeconds, request.redact);
		const partialText = streamed.text || undefined;
		return broken.kind === 'timeout'
			? { ok: false, failure: { ...broken, ...(partialText ? { partialText } : {}) } }
			: { ok: false, failure: failure('streamIncomplete', { status: 200, partialText }) };
	}
	return streamed.finish();
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
	const decoder = new TextDecoder('utf-8');
	const parts: string[] = [];
	for await (const chunk of body) parts.push(decoder.decode(chunk, { stream: true }));
	parts.push(decoder.decode());
	return parts.join('');
}

const timeoutMs = (timeoutSeconds: number) => (timeoutSeconds + TIMEOUT_MARGIN_S) * 1000;

function dailyFailure(resetInMs: number | undefined): Failure {
	const again = resetInMs === undefined ? '' : ` It resets at ${timeAfter(resetInMs)}.`;
	const daily = failure('dailyLimit', { status: 429 });
	return { ...daily, description: `${daily.description}${again}` };
}

const isEventStream = (answer: IN8nHttpFullResponse) =>
	answer.statusCode < 300 && /^\s*text\/event-stream\b/i.test(header(answer, 'content-type'));

function header(answer: IN8nHttpFullResponse, name: string): string {
	const value = answer.headers[name];
	return typeof value === 'string' ? value : '';
}

/** The host of a redirect's target; the rest of the address may hold secrets. */
function hostOf(location: string): string | undefined {
	if (location === '') return undefined;
	return URL.canParse(location) ? new URL(location).host : 'another path of the same host';
}
