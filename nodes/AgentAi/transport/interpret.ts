import { type Failure, failure, type FailureFacts, type FailureKind } from './failures';
import { readJson } from './readJson';
import { excerpt } from './redact';
import type { ActionResponse, Result } from './result';

/** What came back, already cleaned of secrets. */
export interface RawAnswer {
	status: number;
	contentType: string;
	/** The parsed JSON, or the text of what is none. */
	body: unknown;
	/** Host of the Location header of a redirect. */
	location?: string;
}

/**
 * Judges an answer: by its HTTP status, then the status in its body, then its `error`, then its shape
 * (agent.ai answers 200 with an error inside, and errors of the OpenClaw gateway behind it come through in any of
 * these places).
 */
export function interpret(answer: RawAnswer): Result<ActionResponse> {
	const json = isObject(answer.body) ? answer.body : undefined;
	// read only where there is an error: the search goes over the whole answer
	const readRemote = () => remoteError(json, answer);

	if (answer.status >= 300 && answer.status < 400) {
		return failed('redirect', {
			status: answer.status,
			said: answer.location ? `redirect to ${answer.location}` : undefined,
		});
	}
	if (answer.status >= 400) return { ok: false, failure: statusFailure(answer.status, readRemote(), false) };

	if (json === undefined) {
		if (bodyText(answer).trim() === '') return failed('emptyBody', { status: answer.status });
		if (looksLikeHtml(answer)) return failed('html', { status: answer.status, said: excerpt(bodyText(answer)) });
		// the beginning of a damaged body is an answer's text, not an error's: it is not quoted
		return failed('invalidJson', { status: answer.status });
	}
	const bodyStatus = toStatus(json.status);
	if (bodyStatus !== undefined && bodyStatus >= 400) {
		return { ok: false, failure: statusFailure(bodyStatus, readRemote(), true) };
	}
	if (json.error) {
		const remote = readRemote();
		if (isCredits(remote.text)) return failed('credits', { status: answer.status, said: remote.text });
		return failed(gatewayKind(undefined, remote) ?? 'bodyError', { status: answer.status, said: remote.text });
	}
	if (!('response' in json) && bodyStatus === undefined)
		return failed('notAnActionResponse', { status: answer.status, said: excerpt(bodyText(answer)) });
	return { ok: true, value: json as ActionResponse };
}

/**
 * The wordings that the OpenClaw gateway uses when its agent produced nothing (measured with openclaw 2026.6.11 and
 * 2026.9.6). A message that merely contains one of them is an answer like any other.
 */
const NO_ANSWER = [/^(⚠️\s*)?agent couldn['’]t generate a response\.?( please try again\.?)?$/i, /^no response from openclaw\.?$/i];

/** Whether a chat answer holds no text of the agent: empty, blank, or one of the gateway's own placeholders. */
export function isEmptyAnswer(text: string): boolean {
	const trimmed = text.trim();
	return trimmed === '' || NO_ANSWER.some((wording) => wording.test(trimmed));
}

function failed(kind: FailureKind, facts: FailureFacts): Result<never> {
	return { ok: false, failure: failure(kind, facts) };
}

interface RemoteError {
	/** Readable text of the error. */
	text: string;
	/** OpenAI-style `error.type` that the gateway uses. */
	type?: string;
	/** Where the text was found: in an ActionResponse, in other JSON, in a web page, or as the bare body. */
	source: 'actionResponse' | 'json' | 'html' | 'text';
}

function remoteError(json: Record<string, unknown> | undefined, answer: RawAnswer): RemoteError {
	if (json === undefined) return { text: excerpt(bodyText(answer)), source: looksLikeHtml(answer) ? 'html' : 'text' };
	const source = 'response' in json ? 'actionResponse' : 'json';
	const parts = [json.error, json.message, json.detail, json.response].map(errorText);
	const found = parts.find((part) => part.text !== '');
	return { ...(found ?? { text: json.status === undefined ? excerpt(bodyText(answer)) : '' }), source };
}

/** The text and type in an error value: a string, or an object as OpenAI and the gateway write it. */
export function errorText(value: unknown): Pick<RemoteError, 'text' | 'type'> {
	if (typeof value === 'string') {
		// agent.ai relays the gateway's body as a string inside its own error
		const inner = parseObject(value.slice(Math.max(0, value.indexOf('{'))));
		const type = isObject(inner?.error) ? inner.error.type : undefined;
		return { text: excerpt(value), ...(typeof type === 'string' ? { type } : {}) };
	}
	if (!isObject(value)) return { text: '' };
	if (isObject(value.error) || (typeof value.error === 'string' && value.message === undefined)) {
		return errorText(value.error);
	}
	const type = typeof value.type === 'string' ? { type: value.type } : {};
	const text = typeof value.message === 'string' ? excerpt(value.message) : '';
	return { text: text || (type.type ?? ''), ...type };
}

/**
 * @param inBody the status stood in the body of a 2xx: agent.ai itself accepted the request, so a refusal came from
 * what is behind it
 */
function statusFailure(status: number, remote: RemoteError, inBody: boolean): Failure {
	const facts = { status, said: remote.text || undefined };
	return failure(statusKind(status, remote, inBody), facts);
}

function statusKind(status: number, remote: RemoteError, inBody: boolean): FailureKind {
	if (status === 402 || (status < 500 && isCredits(remote.text))) return 'credits';
	const gateway = gatewayKind(status, remote, inBody);
	if (gateway) return gateway;
	switch (status) {
		case 400:
		case 422:
			return 'badRequest';
		case 401:
			return 'agentToken';
		case 403:
			return 'forbidden';
		case 404:
		case 405:
		case 410:
			return 'unknownAction';
		case 408:
			return 'timeout';
		case 413:
			return 'tooLarge';
		case 429:
			return isDaily(remote.text) ? 'dailyLimit' : 'rateLimited';
		case 502:
		case 504:
			return 'upstream';
		case 503:
			return 'unavailable';
		default:
			return status >= 500 ? 'serverError' : 'unexpectedStatus';
	}
}

/** Refusals of the OpenClaw gateway, told from agent.ai's own by their type, their words or their place. */
function gatewayKind(status: number | undefined, remote: RemoteError, inBody = false): FailureKind | undefined {
	const namesGateway = /openclaw|gateway|instance/i.test(remote.text);
	if (remote.type === 'proxy_attribution_required' || /proxy_attribution_required/.test(remote.text)) {
		return 'proxyNotTrusted';
	}
	if (remote.type === 'authentication_error') return 'providerKey';
	if (/tool not available/i.test(remote.text)) return 'toolNotAvailable';
	if (remote.type === 'unauthorized') return 'gatewayToken';
	if ((status === 401 || status === 403) && (inBody || namesGateway)) {
		return status === 401 ? 'gatewayToken' : 'gatewayForbidden';
	}
	// the gateway's own 404 is the bare text "Not Found"; web frameworks wrap theirs in JSON or HTML
	const bareNotFound = /^not found$/i.test(remote.text) && ['actionResponse', 'text'].includes(remote.source);
	if (status === 404 && (inBody || namesGateway || bareNotFound || remote.text.includes('chat/completions'))) {
		return 'chatEndpointDisabled';
	}
	return undefined;
}

const isCredits = (text: string) =>
	/\b(insufficient|not enough|no|out of|exhausted|more|run out of)\b[^.]{0,30}\bcredits?\b|\bcredits?\b[^.]{0,30}\b(exhausted|insufficient|used up|required|depleted)\b/i.test(
		text,
	);

/** Whether a text names a limit that lifts only the next day. */
export const isDaily = (text: string) => /\bdaily\b|\b(per|a|each)[ -]day\b|\/day\b|;w=86400\b/i.test(text);

const looksLikeHtml = (answer: RawAnswer) =>
	/text\/html/i.test(answer.contentType) || /^\s*<(!doctype|html|head|body)\b/i.test(bodyText(answer));

/** The body as text, for a person to read. */
function bodyText({ body }: RawAnswer): string {
	if (typeof body === 'string') return body;
	try {
		return JSON.stringify(body);
	} catch {
		// nested too deeply to be written
		return '';
	}
}

function toStatus(value: unknown): number | undefined {
	const status = typeof value === 'string' ? Number(value) : value;
	return typeof status === 'number' && Number.isInteger(status) ? status : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
	const read = readJson(text);
	return read.ok && isObject(read.data) ? read.data : undefined;
}

/** A JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
