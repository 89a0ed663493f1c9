import type { IN8nHttpFullResponse } from 'n8n-workflow';

import { bodyKind } from '../failures/bodyKind';
import { type Failure, failure, goesOnAfter, saidBefore, timeAfter } from '../failures/failure';
import { networkFailure, timeoutFailure } from '../failures/networkFailure';
import { remoteError } from '../failures/remoteError';
import type { ActionResponse, Result } from '../failures/result';
import { type LimitReader, limitReader } from '../limiter/limitHeaders';
import type { LimitReport } from '../limiter/limitReport';
import type { Deadline } from './deadline';
import { frontOf, redirectTarget } from './front';
import { interpret } from './interpret';
import { type Body, type Broken, MAX_ANSWER_BYTES, MAX_ERROR_BYTES, readBody } from './readBody';
import { redactCut } from './redact';
import { MAX_DEPTH, redactJson } from './redactJson';
import { secretsInAnswer } from './secretFields';
import { StreamedResponse } from './streamedResponse';
import type { WireRequest } from './wireRequest';
import { contentType, jsonOf } from './wireResponse';

/** One request's result, with what the response said about the rate limit. */
export type Outcome = Result<ActionResponse> & { limits: LimitReport };

/** As much is kept of a whole answer that cannot be understood because it broke off, in UTF-16 code units. */
const MAX_PARTIAL = 1024 * 1024;

/** The one reader of everything that comes back: reads the body, whatever it is, judges it, and reads the limits. */
export async function readResponse(answer: IN8nHttpFullResponse, request: WireRequest, deadline: Deadline): Promise<Outcome> {
	const { statusCode: status } = answer;
	const limitsOf = limitReader(answer.headers, status, request.serverClock);
	const succeeded = status < 300;
	const streamed = succeeded ? new StreamedResponse(request.redact, request.asked, status) : undefined;
	const body = await readBody(answer, deadline, succeeded ? MAX_ANSWER_BYTES : MAX_ERROR_BYTES, streamed, request.onDelta);
	const broken = body.broken && succeeded ? brokenFailure(body.broken, deadline, request) : undefined;
	const isLabelled = contentType(answer).includes('event-stream');
	const isStream =
		body.kind === 'events' &&
		(streamed?.understood || (isLabelled && (streamed?.hasBegun || broken || bodyKind(body.text, true) === 'events')));
	if (streamed && isStream) {
		const { result, rest } = streamed.finish(deadline.quiet ? undefined : broken);
		if (rest !== '') await request.onDelta?.(rest);
		return { ...result, limits: limitsOf() };
	}
	return judgeWhole(answer, request, body, broken, limitsOf);
}

/** Judges a body that was read whole, or as far as it came. */
function judgeWhole(
	answer: IN8nHttpFullResponse,
	request: WireRequest,
	body: Body,
	broken: Failure | undefined,
	limitsOf: LimitReader,
): Outcome {
	const { statusCode: status } = answer;
	const json = jsonOf(body.text);
	// what parses is all there, whatever the connection did then
	if (broken && json === undefined) {
		return {
			ok: false,
			failure: withPartial(broken, redactCut(body.text.slice(0, MAX_PARTIAL), redactorFor(body.text, request))),
			limits: limitsOf(),
		};
	}
	const judge = (redact: WireRequest['redact']): Result<ActionResponse> => {
		const cleaned = json === undefined ? redactCut(body.text, redact) : redactJson(json, redact);
		if (cleaned === undefined) return { ok: false, failure: failure('answerTooLarge', TOO_DEEP) };
		const location = redirectTarget(answer, redact, request.url);
		const front = frontOf(answer, body.text);
		return interpret({ status, body: cleaned, asked: request.asked, isList: request.isList, location, front, redact });
	};
	const judged = judge(request.redact);
	// the person may have asked for the secrets of an answer, but not for those of a failure
	const result = judged.ok || !request.answersWithSecrets ? judged : judge(redactorFor(json ?? body.text, request));
	return withLimits(result, limitsOf({ text: status === 429 ? remoteError(json ?? body.text).text : '', json }));
}

/** The request's redactor, which of an answer that holds secrets of its own takes those out too. */
const redactorFor = (body: unknown, { redact, answersWithSecrets }: WireRequest) =>
	answersWithSecrets ? redact.with(secretsInAnswer(body)) : redact;

const TOO_DEEP = {
	message: `The response is nested deeper than ${MAX_DEPTH} levels`,
	advice: 'n8n cannot save it. Ask for a flatter response',
};

/** Joins a result with what the answer said of limits, as far as the limits are agent.ai's own. */
function withLimits(result: Result<ActionResponse>, limits: LimitReport): Outcome {
	if (result.ok) return { ...result, limits };
	const { failure: failed } = result;
	if (failed.kind === 'rateLimited') return { ok: false, failure: limits.daily ? dailyFailure(limits) : failed, limits };
	// somebody behind agent.ai refused: its own window is told all the same, but nothing is to be waited for
	const told = limits.refused ? { ...limits, refused: undefined, retryAfterMs: undefined } : limits;
	const endsInMs = failed.kind === 'gatewayLockout' ? limits.retryAfterMs : undefined;
	return { ok: false, failure: endsInMs ? endingAfter(failed, 'The lockout ends at', endsInMs) : failed, limits: told };
}

/** The same failure, which is over in so many ms. */
const endingAfter = (failed: Failure, what: string, ms: number): Failure => goesOnAfter(saidBefore(failed, `${what} ${timeAfter(ms)}`), ms);

function dailyFailure({ windows = [], retryAfterMs = 0 }: LimitReport): Failure {
	const waitMs = Math.max(retryAfterMs, ...windows.map(({ remaining, resetInMs = 0 }) => (remaining === 0 ? resetInMs : 0)));
	const daily = failure('dailyLimit', { status: 429 });
	return waitMs === 0 ? daily : endingAfter(daily, 'The limit resets at', waitMs);
}

/** Why a body ended before its end, as a failure. */
function brokenFailure(broken: Broken, deadline: Deadline, request: WireRequest): Failure {
	if (broken.why === 'tooLarge') return failure('answerTooLarge', { status: 200 });
	if (deadline.expired) return timeoutFailure(request.timeoutSeconds);
	return networkFailure(broken.error, request.timeoutSeconds, request.redact);
}

const withPartial = (failed: Failure, text: string): Failure => (text.trim() === '' ? failed : { ...failed, partialText: text });
