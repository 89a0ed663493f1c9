import type { IDataObject } from 'n8n-workflow';

import type { Attempt, Job } from '../batch/types';
import type { ActionRequest, Columns, Turn } from '../client/actionRequest';
import type { AgentAiClient } from '../client/client';
import { excerpt } from '../failures/excerpt';
import { type Failure, failure, sentences } from '../failures/failure';
import { failureRow } from '../failures/failureTable';
import type { ActionResponse, Result } from '../failures/result';
import { responseFields } from '../parameters/columns';
import { answerTextOf } from '../transport/answer';

/** The answers of an item that do not fit its columns, and how often it was asked once more. */
interface Unfit {
	/** The answer to the person's own message. */
	first: ActionResponse;
	turns: [Turn, ...Turn[]];
	/** Questions that the agent has answered, or may have. */
	asked: number;
}

type Ready = NonNullable<Asked['ready']>;

/** An item, as far as its answers may not fit its columns. */
export interface Asked extends Job<ActionResponse> {
	ready?: { request: ActionRequest; client: AgentAiClient };
	/** How it ended, where that is known without sending it. */
	known?: Result<ActionResponse>;
	/** Answers of it that do not fit. */
	unfit?: Unfit;
	/** Of an item that has failed: an answer that the next try of the run goes on from. */
	leftover?: ActionResponse;
}

/** What is sent for an item: its request, or the question about its last answer. */
export function toAsk({ unfit }: Asked, request: ActionRequest): ActionRequest {
	return unfit && request.columns ? { ...request, body: request.columns.question(unfit.turns) } : request;
}

/**
 * Takes an answer of an item: as its end, or to ask once more. Each question is a request like any other, so that it waits for its
 * turn, is tried again and counts as any other, and keeps the line of its session.
 */
export function fitted(item: Asked, answer: ActionResponse): Attempt<ActionResponse> {
	const { columns } = (item.ready as Ready).request;
	item.soFar = undefined;
	if (!columns) return { ok: true, value: answer };
	const turn = misfitOf(item, answer, columns);
	const { unfit: before } = item;
	const asked = before ? before.asked + 1 : 0;
	if (!turn) {
		if (!before) return { ok: true, value: answer };
		item.unfit = { ...before, asked };
		return { ok: true, value: withFields(answer, { first_response_text: answerTextOf(before.first), repairs: asked }) };
	}
	const unfit: Unfit = before ? { ...before, turns: [...before.turns, turn], asked } : { first: answer, turns: [turn], asked };
	item.unfit = unfit;
	if (asked >= columns.attempts) return endOf(unfit, columns);
	awaits(item, unfit, columns);
	return { ok: true, value: answer, goesOn: true };
}

/**
 * Takes an answer that was kept: as its end, or to go on where the run before was ended. What failed its item for good is not used.
 */
export function resume(item: Asked, answer: ActionResponse): void {
	const { columns } = (item.ready as Ready).request;
	const turn = columns && misfitOf(item, answer, columns);
	if (!columns || !turn) {
		item.known = { ok: true, value: answer };
		return;
	}
	const { repairs } = responseFields(answer);
	const unfit: Unfit = { first: answer, turns: [turn], asked: typeof repairs === 'number' ? repairs : 0 };
	const goesOn = unfit.asked < columns.attempts;
	if (!goesOn && columns.fails) return;
	item.unfit = unfit;
	if (goesOn) awaits(item, unfit, columns);
	else item.known = { ok: true, value: answer };
}

function misfitOf({ ready }: Asked, answer: ActionResponse, columns: Columns): Turn | undefined {
	const { client, request } = ready as Ready;
	const { misfit } = columns.read(answer, client.redactor(request.secrets));
	return misfit === undefined ? undefined : { said: answerTextOf(answer) ?? '', misfit };
}

/** Notes what the item comes to, should the question have no answer: the first answer is paid for, and kept for a retry. */
function awaits(item: Asked, unfit: Unfit, columns: Columns): void {
	item.soFar = (why) => {
		const now = { ...unfit, asked: unfit.asked + (why && mayHaveRun(why) ? 1 : 0) };
		item.unfit = now;
		const end = endOf(now, columns, why);
		if (!end.ok && now.asked < columns.attempts) item.leftover = unfit.first;
		return end;
	};
}

const mayHaveRun = ({ delivery, kind, shared }: Failure) =>
	delivery === 'uncertain' || (delivery === 'final' && !shared && !failureRow(kind).ofInput);

/** The end of an item whose answers do not fit: the first of them, or a failure that holds its text. */
function endOf({ first, turns: [{ misfit }], asked }: Unfit, { fails }: Columns, why?: Failure): Result<ActionResponse> {
	const question = why && `Asking once more failed: ${why.message}`;
	if (!fails) {
		const told = { ...(asked > 0 ? { repairs: asked } : {}), ...(why ? { repair_error: why.message } : {}) };
		return { ok: true, value: Object.keys(told).length > 0 ? withFields(first, told) : first };
	}
	const { advice } = failureRow('answerMisfit');
	const message = `The agent’s answer does not fit Output Fields: ${excerpt(misfit)}`;
	return {
		ok: false,
		failure: failure('answerMisfit', { status: 200, message, advice: sentences(question, advice), partialText: answerTextOf(first) }),
	};
}

const withFields = (answer: ActionResponse, fields: IDataObject): ActionResponse => ({
	...answer,
	response: { ...responseFields(answer), ...fields },
});
