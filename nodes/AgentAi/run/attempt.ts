import type { Attempt } from '../batch/types';
import type { ActionRequest } from '../client/actionRequest';
import { type AgentAiClient, PANEL_WAITS, type Waits } from '../client/client';
import { forgetInstance } from '../client/environment';
import { type Failure, failure } from '../failures/failure';
import { unexpectedFailure } from '../failures/failureError';
import type { ActionResponse } from '../failures/result';
import type { Operation } from '../operations/operation';
import { tokensIn } from '../transport/answer';
import type { Outcome } from '../transport/readResponse';
import type { OnDelta } from '../transport/wireRequest';
import type { Files } from './files';
import type { LiveAnswers } from './liveAnswers';
import type { ItemReader, Prepared, ReadyRequest } from './prepare';
import { fitted, toAsk } from './unfit';

/** How a request is sent, and what that comes to. */
interface Sending {
	/** Receives the pieces of a streamed answer. */
	onDelta?: OnDelta;
	/** Ends the request, as stopping the execution does. */
	signal?: AbortSignal;
	/** Receives the tokens that answers name. */
	tally?: { tokens: number };
	/** Takes one more of the requests that the run may send; the first is taken already. */
	more?: () => boolean;
	/** How long further requests may wait for their turn. */
	waits?: Waits;
}

/** Sends a request once, and lets the operation judge the answer. */
export async function attempt(
	client: AgentAiClient,
	operation: Operation,
	request: ActionRequest,
	{ onDelta, signal, tally, more = () => true, waits = PANEL_WAITS }: Sending,
): Promise<Attempt<ActionResponse>> {
	const send = async (one: ActionRequest) => {
		const outcome = await client.request(one, onDelta, signal);
		if (outcome.ok && tally) tally.tokens += tokensIn(outcome.value)?.totalTokens ?? 0;
		return outcome;
	};
	const further = async (one: ActionRequest): Promise<Outcome> =>
		more() ? await client.request(one, undefined, signal) : { ok: false, failure: failure('maxRequests'), limits: {} };
	const next = async (one: ActionRequest) => await client.ask(async () => await further(one), { ...waits, signal });
	const outcome = operation.send ? await operation.send(request, send, next) : await send(request);
	const result = outcome.ok ? (operation.judge?.(outcome.value, request) ?? outcome) : outcome;
	if (!result.ok) forgetInstance(client, result.failure);
	return { ...result, limits: outcome.limits };
}

/** What the items of a run are sent with. */
interface ItemSending extends Required<Pick<Sending, 'tally' | 'more'>> {
	reader: ItemReader;
	operation: Operation;
	live: LiveAnswers;
	files: Files;
}

/**
 * Sends an item once, and shows its answer to whoever listens: with columns as a whole, because what does not fit them is asked
 * once more, and what was shown cannot be taken back. A token that was refused because another has been saved, or given to the
 * instance, meanwhile is no failure yet: the request goes out once more. Never throws: whatever is thrown is this item's failure.
 */
export async function attemptItem(
	{ reader, operation, live, files, tally, more }: ItemSending,
	item: Prepared,
	signal: AbortSignal,
): Promise<Attempt<ActionResponse>> {
	const { index } = item;
	const inPieces = live.open && !item.ready?.request.columns;
	const onDelta = inPieces ? async (delta: string) => await live.delta(index, delta) : undefined;
	const send = async ({ client, request }: ReadyRequest) =>
		await attempt(client, operation, toAsk(item, request), { onDelta, signal, tally, more, waits: reader.waits });
	try {
		let result = await send(await reader.toSend(item));
		if (!result.ok) {
			reader.doubt(item.ready as ReadyRequest, result.failure);
			if (isTokenRefused(result.failure) && (await reader.renew(item)) && more()) result = await send(item.ready as ReadyRequest);
		}
		if (result.ok) result = { ...fitted(item, result.value), limits: result.limits };
		if (result.ok && !result.goesOn) {
			await files.fetch(index, result.value, item.ready?.request ?? {}, item.settings.includeInputFields);
			await live.end(index, result.value);
		}
		return result.ok ? result : { ...result, passedOn: live.started.has(index) };
	} catch (error) {
		const redact = item.ready?.client.redactor(item.ready.request.secrets);
		return { ok: false, failure: unexpectedFailure(error, redact), passedOn: live.started.has(index) };
	}
}

/** Nothing was run. */
const isTokenRefused = ({ kind, shared }: Failure) => kind === 'agentToken' || shared?.scope === 'token';
