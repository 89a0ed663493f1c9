import { hash } from 'crypto';
import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IN8nHttpFullResponse,
	ILoadOptionsFunctions,
	ISupplyDataFunctions,
} from 'n8n-workflow';
import { assertCredentialAllowsUrl } from 'n8n-workflow';

import type { Asked } from '../failures/classify';
import { failure, waitsTooLong } from '../failures/failure';
import { FailureError, thrownFailure } from '../failures/failureError';
import { InputError } from '../failures/inputError';
import type { Result } from '../failures/result';
import { type Account, Accounts } from '../limiter/account';
import { ServerClock } from '../limiter/serverClock';
import { takeTurn } from '../limiter/waits';
import { actionUrl, catalogueUrl, isAgentAiHost, usableBaseUrl } from '../transport/baseUrl';
import type { Outcome } from '../transport/readResponse';
import { createRedactor, type Redactor } from '../transport/redact';
import { type AuthenticatedRequest, fetchList, sendAction } from '../transport/send';
import type { WebhookAddress } from '../transport/webhookAddress';
import type { OnDelta } from '../transport/wireRequest';
import type { ActionRequest } from './actionRequest';
import { CHAT_COMPLETION, GET_DETAILS, TOOLS_INVOKE } from './openclaw';
import { systemClock } from './systemClock';
import { usableToken } from './token';
import { type CallWebhook, runWebhook } from './webhook';

/** The decrypted credential `agentAiApi`. */
export interface AgentAiCredential {
	apiToken: string;
	/** As `usableBaseUrl` gives it. */
	baseUrl: string;
	/** The account's own OpenClaw instance; empty for none. */
	instanceIp: string;
	/** The gateway token of that instance; sent with that instance only. */
	authToken: string;
}

/** What goes through the OpenClaw gateway; all other actions are agent.ai's own. */
const ASKED: Partial<Record<string, Asked>> = { [CHAT_COMPLETION]: 'chat', [TOOLS_INVOKE]: 'tool' };

/** agent.ai's documented limit, in force on its own hosts until its answers name one. */
const DOCUMENTED_REQUESTS_PER_MINUTE = 20;
/** How long a single question waits for the account's limit, in ms. */
const IN_TURN_WAIT_MS = 60_000;

/** The accounts of this process: one for all runs, chat models and lists. */
const accounts = new Accounts(systemClock);

/** Every n8n context from which agent.ai can be called. */
export type CallingContext = IExecuteFunctions | ILoadOptionsFunctions | ISupplyDataFunctions;

/** agent.ai with one credential: what a run of the node, or a list in its panel, sends goes through here. */
export class AgentAiClient {
	/** Names the account and the server, without showing the token. */
	readonly id: string;

	private readonly perMinuteUnlessTold: number;

	private readonly redactors = new Map<string, Redactor>();

	private constructor(
		readonly credential: AgentAiCredential,
		private readonly http: AuthenticatedRequest,
		private readonly plainHttp: AuthenticatedRequest,
		private readonly stopped: AbortSignal | undefined,
	) {
		const { apiToken, baseUrl } = credential;
		this.id = hash('sha256', JSON.stringify([baseUrl, apiToken]), 'hex');
		this.perMinuteUnlessTold = isAgentAiHost(baseUrl) ? DOCUMENTED_REQUESTS_PER_MINUTE : 0;
	}

	/**
	 * Reads the credential of the node.
	 *
	 * @returns the client; a failure when there is no credential, when its Base URL cannot be used or is not among its
	 * allowed domains
	 */
	static async open(context: CallingContext): Promise<Result<AgentAiClient>> {
		try {
			const stopped = 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
			return { ok: true, value: new AgentAiClient(await readCredential(context), bindHttp(context), bindPlainHttp(context), stopped) };
		} catch (error) {
			return { ok: false, failure: thrownFailure(error, 'credential', (text) => text) };
		}
	}

	/** The account, as all its users in this process share it. */
	get account(): Account {
		return accounts.get(this.id, this.perMinuteUnlessTold);
	}

	/**
	 * Sends a request once, when the account lets it: for what a run or a list needs to know before its own requests.
	 *
	 * @param signal stops the wait
	 */
	async requestInTurn(request: ActionRequest, signal?: AbortSignal): Promise<Outcome> {
		const { turns } = this.account;
		const turn = await takeTurn(turns, { live: true, requestsPerMinute: 0, maxLimitWaitMs: IN_TURN_WAIT_MS }, signal);
		if (!turn) return { ok: false, failure: failure('aborted'), limits: {} };
		if ('denied' in turn) return { ok: false, failure: waitsTooLong(failure('rateLimited'), turn.denied.resetInMs), limits: {} };
		const outcome = await this.request(request);
		turns.release(turn.ticket, outcome.limits);
		return outcome;
	}

	/**
	 * Sends a request once, at once.
	 *
	 * @param onDelta receives the pieces of a streamed answer
	 * @param signal ends the request, as stopping the execution does
	 */
	async request(request: ActionRequest, onDelta?: OnDelta, signal = this.stopped): Promise<Outcome> {
		if (request.webhook) return await this.callWebhook(request, request.webhook);
		return await sendAction(this.http, {
			url: actionUrl(this.credential.baseUrl, request.action),
			// as text: n8n's helper drops an empty object
			body: JSON.stringify(request.body),
			timeoutSeconds: request.timeoutSeconds,
			stream: request.stream,
			asked: ASKED[request.action] ?? 'other',
			answersWithSecrets: request.action === GET_DETAILS,
			redact: this.redactor(request.secrets, request.answersWithToken),
			serverClock: this.account.serverClock,
			...(signal ? { stopped: signal } : {}),
			...(onDelta ? { onDelta } : {}),
		});
	}

	/** Runs an agent by its webhook, whose address is the secret: the account's token goes nowhere. */
	private async callWebhook({ body, secrets, timeoutSeconds }: ActionRequest, address: WebhookAddress): Promise<Outcome> {
		const wire = {
			stream: false,
			asked: 'other',
			redact: this.redactor(secrets),
			// another server's
			serverClock: new ServerClock(),
			...(this.stopped ? { stopped: this.stopped } : {}),
		} as const;
		const call: CallWebhook = async (method, url, seconds) =>
			await sendAction(this.plainHttp, {
				...wire,
				url,
				timeoutSeconds: seconds,
				...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
			});
		return await runWebhook(call, address, timeoutSeconds, this.stopped);
	}

	/**
	 * The catalogue of all actions, as agent.ai sends it.
	 *
	 * @throws FailureError
	 */
	async fetchCatalogue(): Promise<unknown[]> {
		const fetched = await fetchList(this.http, catalogueUrl(this.credential.baseUrl), this.redactor([]), this.stopped);
		if (!fetched.ok) throw new FailureError(fetched.failure);
		return fetched.value;
	}

	/** Takes the credential's tokens, and the given secrets, out of a text. */
	redactor(secrets: string[], keepAuthToken = false): Redactor {
		// items nearly always share their secrets, so their redactor is made once
		const id = JSON.stringify([keepAuthToken, ...secrets]);
		const known = this.redactors.get(id);
		if (known) return known;
		const { apiToken, authToken } = this.credential;
		const redactor = createRedactor([apiToken, ...(keepAuthToken ? [] : [authToken]), ...secrets]);
		this.redactors.set(id, redactor);
		return redactor;
	}
}

/**
 * n8n's helper with the credential; a function of its own, because it must not see the decrypted one. The helper replaces
 * the signal in its options by the one of the context it is called on, and destroying the body that it gives leaves the
 * connection open (both measured, n8n-core 2.41.1): so it is called on a context that has the request's signal.
 */
function bindHttp(context: CallingContext): AuthenticatedRequest {
	return async (options) => {
		const { abortSignal } = options as { abortSignal?: AbortSignal };
		const calledOn = Object.create(context) as CallingContext & { getExecutionCancelSignal(): AbortSignal | undefined };
		calledOn.getExecutionCancelSignal = () => abortSignal;
		return await context.helpers.httpRequestWithAuthentication.call(calledOn, 'agentAiApi', options);
	};
}

/** n8n's helper without any credential. */
function bindPlainHttp({ helpers }: CallingContext): AuthenticatedRequest {
	return async (options) => (await helpers.httpRequest(options)) as IN8nHttpFullResponse;
}

async function readCredential(context: CallingContext): Promise<AgentAiCredential> {
	const data = await context.getCredentials<ICredentialDataDecryptedObject>('agentAiApi');
	const field = (name: string) => (typeof data[name] === 'string' ? data[name].trim() : '');
	const credential = {
		apiToken: usableToken(field('apiToken'), 'API Token in the Agent.ai credential'),
		baseUrl: usableBaseUrl(field('baseUrl')),
		instanceIp: field('instanceIp'),
		authToken: usableToken(field('authToken'), 'OpenClaw Auth Token in the Agent.ai credential'),
	};
	const url = actionUrl(credential.baseUrl, '');
	if (typeof assertCredentialAllowsUrl === 'function') {
		assertCredentialAllowsUrl({ node: context.getNode(), credentialData: data, url, pinnedUrl: url, surface: 'Agent.ai' });
	} else assertDomainAllowed(data, url);
	return credential;
}

/**
 * *Allowed HTTP Request Domains* on n8n that shows the setting and does not check it for nodes (up to 2.16, measured).
 *
 * @throws InputError when the setting names domains and the Base URL is in none of them
 */
function assertDomainAllowed(data: ICredentialDataDecryptedObject, url: string): void {
	if (data.allowedHttpRequestDomains !== 'domains') return;
	const { hostname } = new URL(url);
	const allowed = (typeof data.allowedDomains === 'string' ? data.allowedDomains : '')
		.split(',')
		.map((domain) => domain.trim().toLowerCase());
	const matches = (domain: string) => (domain.startsWith('*.') ? hostname.endsWith(domain.slice(1)) : hostname === domain);
	if (allowed.some((domain) => domain !== '' && matches(domain))) return;
	throw new InputError(
		`The domain ${hostname} of the Base URL is not among the Allowed HTTP Request Domains of the Agent.ai credential`,
		'Add it to the allowed domains in the credential, or correct the Base URL. Nothing was sent',
	);
}
