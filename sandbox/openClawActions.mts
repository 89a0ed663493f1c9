import type { ServerResponse } from 'node:http';

import { actionError, sendJson } from './actionResponse.mts';
import type { GatewayAnswer, GatewayRequest, Message } from './gateway/types.mts';

/** The body of the chat action as its contract describes it. */
export interface ChatBody {
	instance_ip: string;
	auth_token: string;
	message?: string;
	messages_json?: string;
	model?: string;
	agent_id?: string;
	session_key?: string;
	stream?: boolean;
	timeout?: string;
	output_variable_name: string;
}

/** The body of the tool action as its contract describes it. */
export interface ToolBody {
	instance_ip: string;
	auth_token: string;
	tool: string;
	action?: string;
	args_json?: string;
	session_key?: string;
	dry_run?: boolean;
	message_channel?: string;
	account_id?: string;
	timeout?: string;
	output_variable_name: string;
}

/** Thrown for a body that cannot become a request to a gateway; the caller answers 400 with its message. */
export class ActionInputError extends Error {}

/**
 * The gateway request of the chat action. Fields that are empty, and nulls, which the gateway refuses, are left out.
 *
 * @throws ActionInputError when the earlier messages are not a JSON array
 */
export function chatRequest(body: ChatBody): GatewayRequest {
	const messages = earlierMessages(body.messages_json);
	if (body.message !== undefined && body.message !== '') messages.push({ role: 'user', content: body.message });
	return {
		instance: body.instance_ip,
		token: body.auth_token,
		path: '/v1/chat/completions',
		headers: filled({ 'x-openclaw-agent-id': body.agent_id, 'x-openclaw-session-key': body.session_key }),
		// the contract's default
		body: { model: body.model ?? 'openclaw:main', messages, stream: body.stream ?? false },
		timeoutMs: timeoutMs(body.timeout, 120),
	};
}

/**
 * The gateway request of the tool action.
 *
 * @throws ActionInputError when the arguments are not a JSON object
 */
export function toolRequest(body: ToolBody): GatewayRequest {
	const args = parsed(body.args_json ?? '');
	if (typeof args !== 'object' || args === null || Array.isArray(args)) throw new ActionInputError('args_json is not a JSON object.');
	return {
		instance: body.instance_ip,
		token: body.auth_token,
		path: '/tools/invoke',
		headers: filled({ 'x-openclaw-message-channel': body.message_channel, 'x-openclaw-account-id': body.account_id }),
		body: {
			tool: body.tool,
			args: args as Record<string, unknown>,
			...filled({ action: body.action, sessionKey: body.session_key }),
			...(body.dry_run ? { dryRun: true } : {}),
		},
		timeoutMs: timeoutMs(body.timeout, 60),
	};
}

/** How long the action may take, in ms; the contract has texts of seconds, and a default for each action. */
function timeoutMs(timeout: string | undefined, fallbackSeconds: number): number {
	const seconds = Number(timeout);
	return (Number.isFinite(seconds) && seconds > 0 ? seconds : fallbackSeconds) * 1000;
}

/**
 * Sends what the gateway answered as an ActionResponse: a chat's text as `response_text`, a tool's answer as it is, and a
 * stream piece by piece.
 */
export async function relay(answer: GatewayAnswer, response: ServerResponse): Promise<void> {
	if (answer.headers['retry-after']) response.setHeader('retry-after', answer.headers['retry-after']);
	if (answer.status === 200 && answer.headers['content-type']?.startsWith('text/event-stream')) {
		await relayStream(answer.body, response);
		return;
	}
	const { status, body } = actionResponse(answer.status, await wholeText(answer.body));
	sendJson(response, status, body);
}

/** The ActionResponse for a whole answer of a gateway. */
export function actionResponse(status: number, text: string): { status: number; body: object } {
	const json = readObject(text);
	// a tool's answer says itself whether it went well
	if (typeof json?.ok === 'boolean') return { status: 200, body: { status: 200, response: json } };
	if (status !== 200) {
		const error = json?.error ?? `OpenClaw instance returned ${status}: ${text.slice(0, 200)}`;
		return { status, body: { status, error, response: null } };
	}
	const choices = json?.choices as { message?: { content?: unknown } }[] | undefined;
	const response_text = choices?.[0]?.message?.content;
	if (typeof response_text !== 'string') {
		return { status: 502, body: actionError(502, 'OpenClaw instance returned 200 without an answer: is it an OpenClaw gateway?') };
	}
	return { status: 200, body: { status: 200, response: { response_text, run_id: json?.id, model: json?.model, usage: json?.usage } } };
}

async function relayStream(body: GatewayAnswer['body'], response: ServerResponse): Promise<void> {
	response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
	response.flushHeaders();
	if (typeof body === 'string') response.write(body);
	else {
		for await (const piece of body) {
			if (response.destroyed) return;
			if (!response.write(piece)) await drained(response);
		}
	}
	response.end();
}

/** Waits until a slow client has taken what was written, or is gone. */
async function drained(response: ServerResponse): Promise<void> {
	await new Promise<void>((resolve) => {
		const done = () => {
			response.off('drain', done).off('close', done);
			resolve();
		};
		response.once('drain', done).once('close', done);
	});
}

/** A body as text. */
export async function wholeText(body: GatewayAnswer['body']): Promise<string> {
	if (typeof body === 'string') return body;
	const pieces: Buffer[] = [];
	for await (const piece of body) pieces.push(Buffer.from(piece));
	return Buffer.concat(pieces).toString();
}

function earlierMessages(text: string | undefined): Message[] {
	if (text === undefined || text === '') return [];
	const messages = parsed(text);
	if (!Array.isArray(messages)) throw new ActionInputError('messages_json is not a JSON array.');
	return messages.map((message) => withoutNulls(message) as Message);
}

function withoutNulls(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== null));
}

function filled(fields: Record<string, string | undefined>): Record<string, string> {
	return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => (entry[1] ?? '').trim() !== ''));
}

function parsed(text: string): unknown {
	try {
		return text.trim() === '' ? {} : (JSON.parse(text) as unknown);
	} catch {
		return undefined;
	}
}

function readObject(text: string): Record<string, unknown> | undefined {
	const value = parsed(text);
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
