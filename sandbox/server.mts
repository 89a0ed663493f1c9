import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { type AgentRun, type Conversation, ScriptedAgent } from './agent.mts';
import { answerOf, CATALOGUE, type CatalogueEntry, publicEntry } from './catalogue.mts';
import { ANSWER_FAULTS, CONNECTION_FAULTS, type Fault, faultAnswer } from './faults.mts';
import { RateLimit } from './rateLimit.mts';
import { runTool, type ToolBody } from './tools.mts';

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

/** The body of any action. */
export type ActionBody = Record<string, unknown>;

export interface SandboxOptions {
	/** Bearer token that is accepted. */
	apiToken?: string;
	/** Token of the pretended OpenClaw gateway; any instance address is taken. */
	authToken?: string;
	port?: number;
	/** Requests per window; 0 for no limit and no headers. */
	rateLimit?: number;
	/** Length of the rate limit's window in ms. */
	rateWindowMs?: number;
	/** How long the agent takes, in ms, or a function of the request. */
	latencyMs?: number | ((body: ChatBody) => number);
	/** Pause between the pieces of a streamed answer, in ms. */
	pieceDelayMs?: number;
	/** State of the account's instance, as `openclaw_get_details` names it. */
	instanceStatus?: string;
	/** Tools that the pretended instance's policy forbids. */
	forbiddenTools?: string[];
	/** Text behind every answer, to make it longer. */
	padding?: string;
	/** Decides for each request whether something goes wrong. */
	fault?: (body: ChatBody, requestNumber: number) => Fault | undefined;
	/** Whether faults quote the tokens of the request in their texts. */
	quoteSecrets?: boolean;
	/** Called for every request the sandbox answers, for a log. */
	onRequest?: (line: string) => void;
}

export const DEFAULT_API_TOKEN = 'sandbox-api-token';
export const DEFAULT_AUTH_TOKEN = 'sandbox-gateway-token';

/** A local agent.ai: the action API on loopback, answered by an agent without a model. */
export class Sandbox {
	readonly agent = new ScriptedAgent();

	/** Bodies of all chat requests that passed the bearer check, in order of arrival. */
	readonly requests: ChatBody[] = [];

	/** All requests for actions, the chat's included, in order of arrival. */
	readonly actions: { name: string; body: ActionBody }[] = [];

	/** How often the catalogue was read. */
	catalogueReads = 0;

	/** Requests whose client went away before the answer. */
	disconnected = 0;

	inFlight = 0;

	maxInFlight = 0;

	options: Required<Omit<SandboxOptions, 'fault' | 'onRequest'>> & Pick<SandboxOptions, 'fault' | 'onRequest'>;

	rateLimit: RateLimit | undefined;

	/** The actions that are offered. */
	private readonly catalogue: CatalogueEntry[] = CATALOGUE;

	private readonly app: FastifyInstance;

	/** Aborted when the sandbox closes, so that no stalled request outlives it. */
	private readonly closing = new AbortController();

	private constructor(options: SandboxOptions) {
		this.options = {
			apiToken: DEFAULT_API_TOKEN,
			authToken: DEFAULT_AUTH_TOKEN,
			port: 0,
			rateLimit: 0,
			rateWindowMs: 60_000,
			latencyMs: 0,
			pieceDelayMs: 0,
			instanceStatus: 'running',
			forbiddenTools: [],
			padding: '',
			quoteSecrets: false,
			...options,
		};
		const { rateLimit, rateWindowMs } = this.options;
		this.rateLimit = rateLimit > 0 ? new RateLimit(rateLimit, rateWindowMs) : undefined;
		this.app = this.build();
	}

	/** Starts a sandbox on loopback; port 0 takes a free one. */
	static async start(options: SandboxOptions = {}): Promise<Sandbox> {
		const sandbox = new Sandbox(options);
		await sandbox.app.listen({ port: sandbox.options.port, host: '127.0.0.1' });
		return sandbox;
	}

	get origin(): string {
		return `http://127.0.0.1:${(this.app.server.address() as AddressInfo).port}`;
	}

	/** What goes into the credential's Base URL. */
	get baseUrl(): string {
		return `${this.origin}/v1`;
	}

	async close(): Promise<void> {
		this.closing.abort();
		this.app.server.closeAllConnections();
		await this.app.close();
	}

	private build(): FastifyInstance {
		const app = Fastify({
			bodyLimit: 20 * 1024 * 1024,
			forceCloseConnections: true,
			// the contract's own keywords (x-ui) stay in the schema; nothing is converted or removed silently
			ajv: { customOptions: { strict: false, coerceTypes: false, useDefaults: false, removeAdditional: false, allErrors: true } },
		});
		app.addHook('onRequest', async (request, reply) => {
			if (request.headers.authorization !== `Bearer ${this.options.apiToken}`) {
				this.options.onRequest?.(`${request.method} ${request.url} → 401`);
				await reply.code(401).send(actionError(401, 'Invalid or missing bearer token.'));
			}
		});
		app.setErrorHandler(async (error: { statusCode?: number; message: string }, _request, reply) => {
			const status = error.statusCode ?? 500;
			await reply.code(status).send(actionError(status, error.message));
		});
		app.setNotFoundHandler(async (_request, reply) => {
			await reply.code(404).send({ detail: 'Not Found' });
		});
		app.get('/api/v2/mcp/functions', () => {
			this.catalogueReads++;
			return this.catalogue.map(publicEntry);
		});
		for (const entry of this.catalogue) {
			app.post<{ Body: ActionBody }>(
				`/v1/action/${entry.name}`,
				{ schema: { body: { ...entry.parameters, additionalProperties: false } } },
				async (request, reply) => await this.take(entry, request, reply),
			);
		}
		return app;
	}

	private async take(entry: CatalogueEntry, request: FastifyRequest<{ Body: ActionBody }>, reply: FastifyReply): Promise<void> {
		const { raw } = request;
		const isChat = entry.name === 'openclaw_chat_completion';
		const body = request.body as unknown as ChatBody;
		const number = this.actions.push({ name: entry.name, body: request.body });
		if (isChat) this.requests.push(body);
		this.inFlight++;
		this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
		// from here on the raw response is ours: faults need it, and a client that leaves must not make Fastify complain
		reply.hijack();
		const response = reply.raw;
		response.on('close', () => {
			this.inFlight--;
			if (!response.writableFinished) this.disconnected++;
			this.options.onRequest?.(
				`#${number} ${isChat ? '' : `${entry.name} `}${body.session_key ? `[${body.session_key}] ` : ''}${(body.message ?? '').slice(0, 60)} → ${response.writableFinished ? response.statusCode : 'cut'}`,
			);
		});
		try {
			await this.respond(entry, body, raw, response, isChat ? this.requests.length : number);
		} catch (error) {
			if (!response.destroyed) sendJson(response, 500, actionError(500, (error as Error).message));
		}
	}

	private async respond(
		entry: CatalogueEntry,
		body: ChatBody,
		incoming: IncomingMessage,
		response: ServerResponse,
		number: number,
	): Promise<void> {
		const verdict = this.rateLimit?.take(Date.now());
		for (const [name, value] of Object.entries(verdict?.headers ?? {})) response.setHeader(name, value);
		if (verdict && !verdict.allowed) return sendJson(response, 429, actionError(429, 'Too many requests.'));

		const fault = this.options.fault?.(body, number);
		if (fault && fault in ANSWER_FAULTS) {
			const apiToken = (incoming.headers.authorization ?? '').replace('Bearer ', '');
			const request = { apiToken, authToken: body.auth_token, quoteSecrets: this.options.quoteSecrets };
			const answer = faultAnswer(fault as keyof typeof ANSWER_FAULTS, request);
			for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
			return sendJson(response, answer.status, answer.body);
		}
		if (fault === 'resetBefore') return void incoming.socket.resetAndDestroy();
		if (entry.name.startsWith('openclaw_') && entry.name !== 'openclaw_get_details' && body.auth_token !== this.options.authToken) {
			return sendJson(response, 401, { status: 401, error: { message: 'Unauthorized', type: 'unauthorized' }, response: null });
		}
		if (entry.name === 'openclaw_get_details') return sendJson(response, 200, { status: 200, response: this.details() });
		if (entry.name === 'openclaw_tools_invoke') {
			const result = runTool(body as unknown as ToolBody, this.agent, this.options.forbiddenTools);
			return sendJson(response, 200, { status: 200, response: result });
		}
		if (entry.name !== 'openclaw_chat_completion') {
			return sendJson(response, 200, { status: 200, response: answerOf(entry, body as unknown as ActionBody) });
		}
		const conversation = readConversation(body);
		if (typeof conversation === 'string') return sendJson(response, 400, actionError(400, conversation));

		const run = this.agent.start(conversation);
		const { latencyMs } = this.options;
		const latency = typeof latencyMs === 'function' ? latencyMs(body) : latencyMs;
		if (latency > 0) await sleep(latency, undefined, { signal: this.closing.signal });
		if (fault && fault in CONNECTION_FAULTS && fault !== 'resetMidBody') {
			this.agent.abandon(run);
			if (fault === 'resetAfter') incoming.socket.resetAndDestroy();
			// a stall ends when the client leaves
			return;
		}
		if (response.destroyed) return this.agent.abandon(run);
		await this.answer(body, response, run, conversation, fault);
	}

	/** The account's own instance: any address will do, the token is the gateway's. */
	private details(): object {
		return { instance_ip: '127.0.0.1', auth_token: this.options.authToken, status: this.options.instanceStatus };
	}

	private async answer(
		body: ChatBody,
		response: ServerResponse,
		run: AgentRun,
		conversation: Conversation,
		fault: Fault | undefined,
	): Promise<void> {
		const answered = this.agent.answer(run, conversation);
		const text =
			fault === 'empty-answer'
				? ''
				: fault === 'gateway-no-answer'
					? '⚠️ Agent couldn’t generate a response. Please try again.'
					: answered.text + this.options.padding;
		if (body.stream && fault !== 'stream-as-json') {
			return await this.stream(response, text, answered.usage, fault);
		}
		const json = JSON.stringify({
			status: 200,
			response: { response_text: text, run_id: run.id, model: body.model, usage: answered.usage },
		});
		if (fault === 'truncated-json') return sendJson(response, 200, json.slice(0, -20));
		if (fault === 'resetMidBody') {
			response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) });
			return void response.write(json.slice(0, 20), () => response.socket?.resetAndDestroy());
		}
		sendJson(response, 200, json);
	}

	private async stream(response: ServerResponse, text: string, usage: object, fault: Fault | undefined): Promise<void> {
		response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
		const send = (data: unknown) => response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
		send({ choices: [{ index: 0, delta: { role: 'assistant' } }] });
		const pieces = text.match(/\S+\s*|\s+/g) ?? [];
		for (const [index, content] of pieces.entries()) {
			if (fault === 'stream-cut' && index === 2) return void response.end();
			if (fault === 'stream-error' && index === 2) {
				send({ error: { message: 'the model went away', type: 'api_error' } });
				send('[DONE]');
				return void response.end();
			}
			if (index > 0 && this.options.pieceDelayMs > 0) {
				await sleep(this.options.pieceDelayMs, undefined, { signal: this.closing.signal });
			}
			send({ choices: [{ index: 0, delta: { content } }] });
		}
		send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage });
		send('[DONE]');
		response.end();
	}
}

const actionError = (status: number, error: string) => ({ status, error, response: null });

function sendJson(response: ServerResponse, status: number, body: object | string): void {
	if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json; charset=utf-8');
	response.statusCode = status;
	response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** What the request asks the agent, or the gateway's own complaint about it. */
function readConversation(body: ChatBody): Conversation | string {
	const earlier: string[] = [];
	if (body.messages_json !== undefined) {
		const messages = parse(body.messages_json);
		if (!Array.isArray(messages)) return 'messages_json is not a JSON array.';
		for (const message of messages as { role?: unknown; content?: unknown }[]) {
			if (message.role === 'user') earlier.push(typeof message.content === 'string' ? message.content : JSON.stringify(message.content));
		}
	}
	const message = body.message ?? earlier.pop();
	if (message === undefined || message === '') return 'Missing user message in `messages`.';
	const key = body.session_key?.trim().toLowerCase();
	const conversation: Conversation = { message, earlier };
	// a bare key runs on the agent main, whatever the agent (measured)
	if (key) conversation.session = key.startsWith('agent:') ? key : `agent:main:${key}`;
	return conversation;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
