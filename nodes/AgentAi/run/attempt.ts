import type { AgentAiClient } from '../account/client';
import { forgetInstance } from '../account/environment';
import type { Attempt } from '../batch/types';
import type { Action, PreparedRequest } from '../operations/types';
import { type JsonMode, judgeJson } from '../parameters/parseResponse';
import type { OnPiece } from '../transport/send';
import type { ActionResponse, Failure } from '../transport/types';

/**
 * Sends an action's request once, and lets the action judge the answer.
 *
 * @param jsonMode whether an answer that is not JSON is a failure
 * @param onPiece receives the pieces of a streamed answer
 */
export async function attemptAction(
	client: AgentAiClient,
	action: Action,
	request: PreparedRequest,
	jsonMode: JsonMode,
	onPiece?: OnPiece,
): Promise<Attempt<ActionResponse, Failure>> {
	const outcome = await client.send(request, onPiece);
	const { limits } = outcome;
	const received = outcome.ok ? (action.receive?.(outcome.body, request) ?? { ok: true, answer: outcome.body }) : outcome;
	const failed = 'failure' in received ? received.failure : judgeJson(received.answer, jsonMode);
	if ('answer' in received && !failed) return { ok: true, value: received.answer, limits };
	const failure = failed as Failure;
	forgetInstance(client, failure);
	return { ok: false, failure, delivery: failure.delivery, shared: failure.shared, limits };
}
