import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { pieces } from '../model/replies.mts';
import type { ScriptedAgents } from './agents.mts';
import { GatewayError } from './errors.mts';
import type { Selection } from './selection.mts';
import type { ChatRequest, GatewayAnswer, Message } from './types.mts';

/** What a test wants of one answer. */
export interface Staging {
	/** The answer's text, whatever the agent would say. */
	text?: string;
	/** How long the agent takes, in ms. */
	latencyMs?: number;
}

/** A chat request that the gateway has accepted. */
export interface AcceptedChat {
	selection: Selection;
	request: ChatRequest;
	staging: Staging;
	/** Aborts the agent's run. */
	signal: AbortSignal;
}

/** The answer of `POST /v1/chat/completions`: OpenAI's shape, whole. */
export async function wholeAnswer(agents: ScriptedAgents, chat: AcceptedChat): Promise<GatewayAnswer> {
	const turn = await agents.run(chat);
	turn.finish();
	const choices = [{ index: 0, message: { role: 'assistant', content: turn.text }, finish_reason: 'stop' }];
	return json(200, { ...envelope(chat, turn.id), object: 'chat.completion', choices, usage: turn.usage });
}

/** The same in pieces. A failure after the start is an event, and the stream ends as if all were well. */
export function streamedAnswer(agents: ScriptedAgents, chat: AcceptedChat, pieceDelayMs: number): GatewayAnswer {
	return { status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' }, body: events(agents, chat, pieceDelayMs) };
}

async function* events(agents: ScriptedAgents, chat: AcceptedChat, pieceDelayMs: number): AsyncGenerator<string> {
	const base = { ...envelope(chat, randomUUID()), object: 'chat.completion.chunk' };
	const delta = (content: object, finish_reason: string | null = null) =>
		event({ ...base, choices: [{ index: 0, delta: content, finish_reason }] });
	yield delta({ role: 'assistant' });
	let turn;
	try {
		turn = await agents.run(chat);
	} catch (error) {
		if (!(error instanceof GatewayError)) throw error;
		yield event({ error: { message: error.message, type: error.type } });
		yield event('[DONE]');
		return;
	}
	try {
		for (const [index, content] of pieces(turn.text).entries()) {
			const pause = turn.pieceDelayMs || pieceDelayMs;
			if (index > 0 && pause > 0) await sleep(pause, undefined, { signal: chat.signal });
			yield delta({ content });
		}
		turn.finish();
	} finally {
		turn.abort();
	}
	yield delta({}, 'stop');
	yield event('[DONE]');
}

/** One event of a stream, as it goes over the wire. */
export const event = (data: object | string): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

/** A whole JSON answer. */
export function json(status: number, body: object, headers: Record<string, string> = {}): GatewayAnswer {
	return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: JSON.stringify(body) };
}

const envelope = ({ request }: AcceptedChat, id: string | number) => ({
	id: `chatcmpl_${id}`,
	created: Math.floor(Date.now() / 1000),
	model: request.model,
});

/**
 * What the user says, and said before, in the messages of a request.
 *
 * @throws GatewayError when nobody says anything
 */
export function readMessages(messages: Message[]): { message: string; earlier: string[] } {
	const said = messages
		.filter(({ role }) => role !== 'system' && role !== 'developer')
		.map(({ role, content }) => ({ role, text: textOf(content) }))
		.filter(({ text }) => text.trim() !== '');
	const last = said.findLastIndex(({ role }) => role === 'user' || role === 'tool');
	const current = said[last] ?? said.at(-1);
	if (!current) throw GatewayError.invalid('Missing user message in `messages`.');
	const earlier = said
		.slice(0, Math.max(last, 0))
		.filter(({ role }) => role === 'user')
		.map(({ text }) => text);
	return { message: current.text, earlier };
}

function textOf(content: unknown): string {
	if (typeof content === 'string') return content;
	if (!Array.isArray(content)) return '';
	return (content as { text?: unknown }[]).map(({ text }) => (typeof text === 'string' ? text : '')).join('');
}
