import { bodyKind } from '../failures/bodyKind';
import { classify, type ErrorPlace } from '../failures/classify';
import { excerpt, type Redact } from '../failures/excerpt';
import { type Failure, failure, type FailureFacts, type FailureKind } from '../failures/failure';
import type { Asked } from '../failures/failureRow';
import { isObject, toStatus } from '../failures/json';
import { isError, remoteError, textOf } from '../failures/remoteError';
import type { ActionResponse, Result } from '../failures/result';
import { actionResponse, answerTextOf, brokeOff, isUnreadable, stateOf } from './answer';
import type { Front } from './front';

/** What came back, already cleaned of secrets. */
interface CleanedResponse {
	/** The HTTP status. */
	status: number;
	/** The parsed JSON, or the text of what is none. */
	body: unknown;
	asked: Asked;
	/** A list is wanted. */
	isList?: true;
	/** Where a redirect leads to. */
	location?: string;
	/** Who answered, where it was not agent.ai. */
	front?: Front;
	/** Cleans what parts of the body make up together. */
	redact?: Redact;
}

/**
 * Judges an answer: by its HTTP status, then the status in its body, then its `error`, then its shape
 * (agent.ai answers 200 with an error inside, and errors of the OpenClaw gateway behind it come through in any of
 * these places).
 */
export function interpret({ status, body, asked, isList, location, front, redact }: CleanedResponse): Result<ActionResponse> {
	if (status >= 300 && status < 400) {
		return failed(front ? FRONTS[front] : 'redirect', { status, said: location ? `redirect to ${location}` : undefined });
	}
	if (status >= 400 || front) {
		const remote = remoteError(body);
		const kind = front ? FRONTS[front] : classify(remote, { status, place: 'http', asked });
		return failed(kind, { status, said: remote.text || undefined, partialText: textBeside(body, asked, redact) });
	}
	return typeof body === 'string' ? interpretText(body, status) : interpretJson(body, status, asked, redact, isList);
}

const FRONTS = { proxy: 'proxyRefused', gate: 'refusedInFront' } as const satisfies Record<Front, FailureKind>;

function interpretJson(body: unknown, status: number, asked: Asked, redact?: Redact, isList = false): Result<ActionResponse> {
	if (body === null) return failed('emptyBody', { status });
	if (isObject(body)) {
		const told = errorIn(body, 'body', asked, status, redact);
		if (told) return { ok: false, failure: told };
		const answer = actionResponse(body, redact);
		const flaw = answer && brokeOff(answer) ? 'streamIncomplete' : isUnreadable(body) ? 'answerDamaged' : undefined;
		if (answer && flaw && asked === 'chat') {
			return failed(flaw, { status, partialText: answerTextOf(answer) ?? textOf(answer.response) });
		}
		if (answer && !isList) return { ok: true, value: answer };
	} else if (isList && Array.isArray(body)) return { ok: true, value: { status, response: body } };
	const text = textOf(body);
	return failed('notAnActionResponse', { status, said: excerpt(text), partialText: text });
}

function interpretText(body: string, status: number): Result<ActionResponse> {
	if (body.trim() === '') return failed('emptyBody', { status });
	switch (bodyKind(body, true)) {
		case 'page':
			return failed('html', { status, said: excerpt(body) });
		case 'json':
			// its beginning is an answer's text, not an error's: it is not quoted
			return failed('invalidJson', { status, partialText: body });
		default:
			return saysError(body)
				? failed('notAnActionResponse', { status, said: excerpt(body), partialText: body })
				: { ok: true, value: { status, response: { response_text: body } } };
	}
}

/** The failure that a JSON object tells of, in a body or in an event of a stream; `undefined` when it tells of none. */
export function errorIn(
	json: Record<string, unknown>,
	place: 'body' | 'stream',
	asked: Asked,
	httpStatus: number,
	redact?: Redact,
): Failure | undefined {
	const bodyStatus = toStatus(json.status);
	const status = bodyStatus !== undefined && bodyStatus >= 400 ? bodyStatus : undefined;
	const { response } = json;
	// what other actions put into their response is theirs to name
	const said = asked === 'chat' ? json : { status: json.status, state: json.state };
	const failed = stateOf(said) === 'failed' || (asked === 'chat' && isObject(response) && isError(response.error));
	if (status === undefined && !isError(json.error) && !failed) return undefined;
	return toldFailure(json, { status, place, asked }, httpStatus, redact);
}

/** The failure of an error that was told inside a 2xx. */
export function toldFailure(body: unknown, place: ErrorPlace, httpStatus: number, redact?: Redact): Failure {
	const remote = remoteError(body);
	const status = place.status ?? remote.status ?? httpStatus;
	return failure(classify(remote, place), { status, said: remote.text || undefined, partialText: textBeside(body, place.asked, redact) });
}

/** The text of an answer that came with an error: it was paid for. A text under `response` itself is the error's. */
function textBeside(body: unknown, asked: Asked, redact?: Redact): string | undefined {
	if (asked !== 'chat' || !isObject(body) || typeof body.response === 'string') return undefined;
	const answer = 'response' in body || 'choices' in body ? actionResponse(body, redact) : undefined;
	return answer && answerTextOf(answer);
}

/** A plain text with a word in its beginning that speaks of an error: servers and proxies write theirs so. */
const saysError = (text: string) =>
	/\b(errors?|exception|traceback|failed|failure|denied|forbidden|unauthori[sz]ed|not found|bad gateway|unavailable|timed? ?out|refused|invalid)\b/i.test(
		excerpt(text),
	) || hasNoText(text);

/** Bytes that are no text: a damaged or unknown encoding. */
const hasNoText = (text: string) => /[\0\uFFFD]/.test(text.slice(0, 1000));

function failed(kind: FailureKind, facts: FailureFacts): Result<never> {
	return { ok: false, failure: failure(kind, facts) };
}
