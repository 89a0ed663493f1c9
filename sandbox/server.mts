import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { Accounts } from './accounts.mts';
import { answerOf } from './actionAnswers.mts';
import { actionError, sendJson } from './actionResponse.mts';
import { addFiles, FILES_PATH } from './agents/files.mts';
import { AgentService } from './agents/service.mts';
import { addWebhooks, isWebhook, type WebhookCall } from './agents/webhooks.mts';
import { CATALOGUE, type CatalogueEntry, publicEntry } from './catalogue.mts';
import { ANSWER_FAULTS, type Fault, faultAnswer } from './faults.mts';
import type { ScriptedAgents } from './gateway/agents.mts';
import type { Staging } from './gateway/chat.mts';
import { PretendedGateway } from './gateway/pretended.mts';
import { type Gateway, type GatewayAnswer, GatewayRefusal, type GatewayRequest } from './gateway/types.mts';
import { ActionInputError, type ChatBody, chatRequest, relay, type ToolBody, toolRequest } from './openClawActions.mts';
import { type SandboxOptions, type SandboxSettings, withDefaults } from './options.mts';
import type { RateLimit } from './rateLimit.mts';
import { relaySpoiled, stagedText } from './spoil.mts';

export type { ChatBody } from './openClawActions.mts';
export { DEFAULT_API_TOKEN, DEFAULT_AUTH_TOKEN, type SandboxOptions } from './options.mts';

/** The body of any action. */
export type ActionBody = Record<string, unknown>;

/** A local agent.ai: the action API on loopback, in front of a pretended OpenClaw gateway or of a real one. */
export class Sandbox {
	/** Bodies of all chat requests that passed the bearer check, in order of arrival. */
	readonly requests: ChatBody[] = [];

	/** All requests for actions, the chat's included, in order of arrival. */
	readonly actions: { name: string; body: ActionBody }[] = [];

	/** The API token of each of them. */
	readonly tokens: string[] = [];

	/** Requests that came to the webhooks of agents, which take no token. */
	readonly webhookCalls: WebhookCall[] = [];

	/** agent.ai's own agents. */
	readonly agents: AgentService;

	/** How often the catalogue was read. */
	catalogueReads = 0;

	/** Requests whose client went away before the answer. */
	disconnected = 0;

	inFlight = 0;

	maxInFlight = 0;

	readonly options: SandboxSettings;

	private readonly accounts: Accounts;

	private readonly pretended: PretendedGateway;

	private readonly app: FastifyInstance;

	/** Aborted when the sandbox closes, so that no stalled request outlives it. */
	private readonly closing = new AbortController();

	private constructor(
		options: SandboxOptions,
		private readonly real: Gateway | undefined,
	) {
		this.options = withDefaults(options);
		const { apiToken, accounts, rateLimit, rateWindowMs } = this.options;
		this.accounts = new Accounts([apiToken, ...accounts], rateLimit, rateWindowMs);
		this.pretended = new PretendedGateway(this.options);
		this.agents = new AgentService(this.options);
		this.app = this.build();
	}

	/**
	 * Starts a sandbox on loopback; port 0 takes a free one.
	 *
	 * @param gateway a real gateway to ask instead of the pretended one
	 */
	static async start(options: SandboxOptions = {}, gateway?: Gateway): Promise<Sandbox> {
		const sandbox = new Sandbox(options, gateway);
		await sandbox.app.listen({ port: sandbox.options.port, host: '127.0.0.1' });
		sandbox.options.filesUrl ||= `${sandbox.origin}${FILES_PATH}`;
		return sandbox;
	}

	get origin(): string {
		return `http://127.0.0.1:${(this.app.server.address() as AddressInfo).port}`;
	}

	/** What goes into the credential's Base URL. */
	get baseUrl(): string {
		return `${this.origin}/v1`;
	}

	/** The agents of the pretended gateway. */
	get agent(): ScriptedAgents {
		return this.pretended.agents;
	}

	/** The rate limit of the first account. */
	get rateLimit(): RateLimit | undefined {
		return this.accounts.limitOf(this.options.apiToken);
	}

	/** The rate limit of an account. */
	rateLimitOf(token: string): RateLimit | undefined {
		return this.accounts.limitOf(token);
	}

	/** Takes an account's token back: it is refused from now on. */
	revoke(token: string): void {
		this.accounts.revoke(token);
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
			if (!isOpen(request.url) && !this.accounts.has(bearerOf(request))) {
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
			return CATALOGUE.map(publicEntry);
		});
		addFiles(app);
		addWebhooks(app, this.agents, this.closing.signal, this.webhookCalls);
		app.post<{ Body: ActionBody; Params: { action: string } }>('/v1/action/:action', async (request, reply) => {
			const entry = ACTIONS.get(request.params.action);
			if (!entry) return reply.callNotFound();
			check(request, entry);
			await this.take(entry, request, reply);
		});
		return app;
	}

	private async take(entry: CatalogueEntry, request: FastifyRequest<{ Body: ActionBody }>, reply: FastifyReply): Promise<void> {
		const isChat = entry.name === 'openclaw_chat_completion';
		const body = request.body as unknown as ChatBody;
		const number = this.actions.push({ name: entry.name, body: request.body });
		this.tokens.push(bearerOf(request));
		if (isChat) this.requests.push(body);
		this.inFlight++;
		this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
		// from here on the raw response is ours: faults need it, and a client that leaves must not make Fastify complain
		reply.hijack();
		const response = reply.raw;
		const left = new AbortController();
		response.on('close', () => {
			this.inFlight--;
			if (!response.writableFinished) this.disconnected++;
			left.abort();
			this.options.onRequest?.(
				`#${number} ${isChat ? '' : `${entry.name} `}${body.session_key ? `[${body.session_key}] ` : ''}${(body.message ?? '').slice(0, 60)} → ${response.writableFinished ? response.statusCode : 'cut'}`,
			);
		});
		try {
			await this.respond(entry, body, {
				apiToken: bearerOf(request),
				response,
				signal: AbortSignal.any([left.signal, this.closing.signal]),
				number: isChat ? this.requests.length : number,
			});
		} catch (error) {
			if (response.destroyed) return;
			// too late for an answer of its own: the connection breaks, as the one behind it did
			if (response.headersSent) response.destroy();
			else {
				const status = error instanceof GatewayRefusal ? error.status : error instanceof ActionInputError ? 400 : 500;
				sendJson(response, status, actionError(status, (error as Error).message));
			}
		}
	}

	private async respond(entry: CatalogueEntry, body: ChatBody, { apiToken, response, signal, number }: Exchange): Promise<void> {
		const verdict = this.accounts.limitOf(apiToken)?.take(Date.now());
		for (const [name, value] of Object.entries(verdict?.headers ?? {})) response.setHeader(name, value);
		if (verdict && !verdict.allowed) return sendJson(response, 429, actionError(429, 'Too many requests.'));

		const fault = this.options.fault?.(body, number);
		if (fault && fault in ANSWER_FAULTS) {
			const request = { apiToken, authToken: body.auth_token, quoteSecrets: this.options.quoteSecrets };
			const answer = faultAnswer(fault as keyof typeof ANSWER_FAULTS, request);
			for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
			return sendJson(response, answer.status, answer.body);
		}
		if (fault === 'resetBefore') return void response.socket?.resetAndDestroy();
		switch (entry.name) {
			case 'openclaw_get_details':
				return sendJson(response, 200, { status: 200, response: await (this.real ?? this.pretended).details() });
			case 'openclaw_tools_invoke':
				return await relay(await this.ask(toolRequest(body as unknown as ToolBody), signal), response);
			case 'search':
			case 'describe_agent':
			case 'invoke_agent':
				return await this.answerOfAgents(entry.name, body as unknown as ActionBody, response, signal);
			case 'openclaw_chat_completion':
				return await this.chat(body, response, signal, fault);
			default:
				return sendJson(response, 200, { status: 200, ...answerOf(entry, body as unknown as ActionBody, this.options.filesUrl) });
		}
	}

	private async answerOfAgents(action: string, body: ActionBody, response: ServerResponse, signal: AbortSignal): Promise<void> {
		const { id, ...inputs } = body;
		const answer =
			action === 'search'
				? this.agents.search(body)
				: action === 'describe_agent'
					? this.agents.describe(String(body.agent_id))
					: await this.agents.run(String(id), inputs, signal);
		sendJson(response, answer.status, answer.body);
	}

	private async chat(body: ChatBody, response: ServerResponse, signal: AbortSignal, fault: Fault | undefined): Promise<void> {
		const { latencyMs } = this.options;
		const text = stagedText(fault);
		const staging = {
			latencyMs: typeof latencyMs === 'function' ? latencyMs(body) : latencyMs,
			...(text === undefined ? {} : { text }),
		};
		const request = chatRequest(fault === 'stream-as-json' ? { ...body, stream: false } : body);
		const answer = await this.ask(request, signal, staging);
		if (fault) await relaySpoiled(answer, fault, response);
		else await relay(answer, response);
	}

	private async ask(request: GatewayRequest, signal: AbortSignal, staging?: Staging): Promise<GatewayAnswer> {
		return this.real ? await this.real.ask(request, signal) : await this.pretended.ask(request, signal, staging);
	}
}

/** One request, and where its answer goes. */
interface Exchange {
	apiToken: string;
	response: ServerResponse;
	/** Aborted when the client goes away. */
	signal: AbortSignal;
	/** Counts the requests of its kind from 1. */
	number: number;
}

const ACTIONS = new Map(CATALOGUE.map((entry) => [entry.name, entry]));

/** What checks the body of an action, for all sandboxes of the process. */
const validators = new Map<string, ReturnType<FastifyRequest['compileValidationSchema']>>();

/**
 * Checks a body against its action's schema. It is compiled when the action is first asked for: all of them cost a start
 * more than everything else together.
 *
 * @throws Error with the status 400
 */
function check(request: FastifyRequest<{ Body: ActionBody }>, { name, parameters }: CatalogueEntry): void {
	const validate = validators.get(name) ?? request.compileValidationSchema({ additionalProperties: false, ...parameters });
	validators.set(name, validate);
	if (validate(request.body)) return;
	const errors = validate.errors ?? [];
	const message = errors.map((error) => `body${error.instancePath} ${error.message}`).join(', ');
	throw Object.assign(new Error(message), { statusCode: 400 });
}

/** What takes no token: webhooks, whose address is the secret, and files that agents have made. */
const isOpen = (url: string) => isWebhook(url) || url.startsWith(`${FILES_PATH}/`);

const bearerOf = ({ headers }: FastifyRequest): string => /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
