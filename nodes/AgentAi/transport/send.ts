import type { IN8nHttpFullResponse } from 'n8n-workflow';

import { networkFailure, timeoutFailure } from '../failures/networkFailure';
import { Deadline } from './deadline';
import { type Outcome, readResponse } from './readResponse';
import { type HttpHelper, TIMEOUT_MARGIN_S, type WireRequest } from './wireRequest';

/**
 * Sends one request to agent.ai: the only way out of this package, but for files. Never throws for anything the network or the
 * server does; every outcome is a value, cleaned of secrets.
 */
export async function sendAction(http: HttpHelper, request: WireRequest): Promise<Outcome> {
	const { url, body, timeoutSeconds, redact, stopped } = request;
	const deadline = new Deadline((timeoutSeconds + TIMEOUT_MARGIN_S) * 1000, stopped);
	let answer: IN8nHttpFullResponse;
	try {
		answer = await deadline.wait(
			http({
				url,
				...(body === undefined ? { method: 'GET' } : { method: 'POST', body }),
				headers: {
					accept: request.stream ? 'text/event-stream, application/json' : 'application/json',
					...(body === undefined ? {} : { 'content-type': 'application/json' }),
				},
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
		return {
			ok: false,
			failure: expired ? timeoutFailure(timeoutSeconds) : networkFailure(error, timeoutSeconds, redact, url),
			limits: {},
		};
	}
	return await readResponse(answer, request, deadline);
}
