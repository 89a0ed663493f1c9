import type { Attempt } from '../batch/types';
import type { ActionRequest } from '../client/actionRequest';
import { type AgentAiClient, PANEL_WAITS } from '../client/client';
import { forgetInstance } from '../client/environment';
import { unexpectedFailure } from '../failures/failureError';
import type { ActionResponse } from '../failures/result';
import type { Operation } from '../operations/operation';
import type { Outcome } from '../transport/readResponse';
import type { OnDelta } from '../transport/wireRequest';
import type { Files } from './files';
import type { LiveAnswers } from './liveAnswers';
import type { ItemReader, Prepared, ReadyRequest } from './prepare';
import type { TrySpending } from './spending';
import { fitted, toAsk } from './unfit';

/**
 * Sends a request once, and lets the operation judge the answer.
 *
 * @param onDelta receives the pieces of a streamed answer
 * @param signal ends the request, as stopping the execution does
 * @param spending counts what is sent
 */
export async function attempt(
	client: AgentAiClient,
	operation: Operation,
	request: ActionRequest,
	onDelta?: OnDelta,
	signal?: AbortSignal,
	spending?: TrySpending,
): Promise<Attempt<ActionResponse>> {
	const counted = async (sent: () => Promise<Outcome>) => await (spending ? spending.send(sent) : sent());
	const send = async (one: ActionRequest) => await counted(async () => await client.request(one, onDelta, signal));
	const next = async (further: ActionRequest) =>
		await client.ask(async () => await counted(async () => await client.request(further)), PANEL_WAITS);
	const outcome = operation.send ? await operation.send(request, send, next) : await send(request);
	const result = outcome.ok ? (operation.judge?.(outcome.value, request) ?? outcome) : outcome;
	if (!result.ok) forgetInstance(client, result.failure);
	return { ...result, limits: outcome.limits };
}

/**
 * Sends an item once, and shows its answer to whoever listens: with columns as a whole, because what does not fit them is asked
 * once more, and what was shown cannot be taken back. A token that was refused because another has been saved
 * meanwhile is no failure yet: the request goes out once more. Never throws: whatever is thrown is this item's failure.
 */
export async function attemptItem(
	reader: ItemReader,
	operation: Operation,
	item: Prepared,
	live: LiveAnswers,
	files: Files,
	spending: TrySpending,
	stopped: AbortSignal,
): Promise<Attempt<ActionResponse>> {
	const { index } = item;
	const listener = live.of(index);
	const inPieces = listener && !item.ready?.request.columns;
	const onDelta = inPieces ? async (delta: string) => await listener.delta(delta) : undefined;
	const send = async ({ client, request }: ReadyRequest) =>
		await attempt(client, operation, toAsk(item, request), onDelta, stopped, spending);
	try {
		const ready = await reader.toSend(item);
		let result = await send(ready);
		if (!result.ok && result.failure.kind === 'agentToken') {
			const renewed = await reader.renewed(index, ready);
			if (renewed.client !== ready.client) result = await send((item.ready = renewed));
		}
		if (result.ok) result = { ...fitted(item, result.value), limits: result.limits };
		if (result.ok && !result.goesOn) {
			await files.fetch(index, result.value, item.ready?.request.downloads);
			await live.end(index, result.value);
		}
		return result.ok ? result : { ...result, passedOn: listener?.started };
	} catch (error) {
		const redact = item.ready?.client.redactor(item.ready.request.secrets);
		return { ok: false, failure: unexpectedFailure(error, redact), passedOn: listener?.started };
	}
}
