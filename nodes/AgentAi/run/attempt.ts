import type { Attempt } from '../batch/types';
import type { ActionRequest } from '../client/actionRequest';
import type { AgentAiClient } from '../client/client';
import { forgetInstance } from '../client/environment';
import type { Failure } from '../failures/failure';
import { unexpectedFailure } from '../failures/failureError';
import type { ActionResponse } from '../failures/result';
import type { Operation } from '../operations/operation';
import type { OnDelta } from '../transport/wireRequest';
import type { Files } from './files';
import type { LiveAnswers } from './liveAnswers';
import type { Prepared } from './prepare';

/**
 * Sends a request once, and lets the operation judge the answer.
 *
 * @param onDelta receives the pieces of a streamed answer
 * @param signal ends the request, as stopping the execution does
 */
export async function attempt(
	client: AgentAiClient,
	operation: Operation,
	request: ActionRequest,
	onDelta?: OnDelta,
	signal?: AbortSignal,
): Promise<Attempt<ActionResponse, Failure>> {
	const send = async (one: ActionRequest) => await client.request(one, onDelta, signal);
	const outcome = operation.send
		? await operation.send(request, send, async (further) => await client.requestInTurn(further))
		: await send(request);
	const result = outcome.ok ? (operation.judge?.(outcome.value, request) ?? outcome) : outcome;
	if (!result.ok) forgetInstance(client, result.failure);
	return { ...result, limits: outcome.limits };
}

/** Sends an item once, and shows its answer to whoever listens. Never throws: whatever is thrown is this item's failure. */
export async function attemptItem(
	client: AgentAiClient,
	operation: Operation,
	{ index, request }: Prepared,
	live: LiveAnswers,
	files: Files,
): Promise<Attempt<ActionResponse, Failure>> {
	const listener = live.of(index);
	try {
		const onDelta = listener && (async (delta: string) => await listener.delta(delta));
		const result = await attempt(client, operation, request as ActionRequest, onDelta);
		if (result.ok) {
			await files.fetch(index, result.value, request?.downloads);
			await live.end(index, result.value);
		}
		return result.ok ? result : { ...result, passedOn: listener?.started };
	} catch (error) {
		return { ok: false, failure: unexpectedFailure(error, client.redactor(request?.secrets ?? [])), passedOn: listener?.started };
	}
}
