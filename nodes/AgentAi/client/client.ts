import { hash } from 'crypto';
import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	ISupplyDataFunctions,
} from 'n8n-workflow';
import { assertCredentialAllowsUrl } from 'n8n-workflow';

import { askOnce } from '../batch/batches';
import { type Attempt, resultOf, type RetryOptions } from '../batch/types';
import { thrownFailure } from '../failures/failureError';
import { InputError } from '../failures/inputError';
import type { ActionResponse, Result } from '../failures/result';
import { type Account, Accounts } from '../limiter/account';
import { actionUrl, catalogueUrl, isAgentAiHost, usableBaseUrl } from '../transport/baseUrl';
import { isAmongDomains } from '../transport/publicHost';
import type { Outcome } from '../transport/readResponse';
import { createRedactor, type Redactor } from '../transport/redact';
import { sendAction } from '../transport/send';
import type { HttpHelper, OnDelta } from '../transport/wireRequest';
import type { ActionRequest } from './actionRequest';
import { systemClock } from './systemClock';
import { usableToken } from './token';
import { type CallWebhook, runWebhook, type WebhookAddress } from './webhook';

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

/** agent.ai's documented limit, in force on its own hosts until its answers name one. */
const DOCUMENTED_REQUESTS_PER_MINUTE = 20;
/** The catalogue is about 200 KB. */
const CATALOGUE_TIMEOUT_S = 30;
/** Requests for one question that only reads. */
const READING_TRIES = 4;

/** How long a question waits at most, and who waits for it. */
export type Waits = Pick<RetryOptions, 'maxLimitWaitMs' | 'maxDownWaitMs' | 'asksAtOnce' | 'isLaterRound'> & { signal?: AbortSignal };

/** Somebody looks at the panel. */
export const PANEL_WAITS: Waits = { maxLimitWaitMs: 60_000, maxDownWaitMs: 10_000, asksAtOnce: true };

/** The accounts of this process: one for all runs, chat models and lists. */
const accounts = new Accounts(systemClock);

/** Every n8n context from which agent.ai can be called. */
type CallingContext = IExecuteFunctions | ILoadOptionsFunctions | ISupplyDataFunctions;

/** agent.ai with one credential: what a run of the node, or a list in its panel, sends goes through here. */
export class AgentAiClient {
	/** Names the account and the server, without showing the token. */
	readonly id: string;

	private readonly perMinuteUnlessTold: number;

	private constructor(
		readonly credential: AgentAiCredential,
		private readonly http: HttpHelper,
		private readonly plainHttp: HttpHelper,
		/** Fires when the execution is stopped. */
		readonly stopped: AbortSignal | undefined,
	) {
		const { apiToken, baseUrl } = credential;
		this.id = hash('sha256', JSON.stringify([baseUrl, apiToken]), 'hex');
		this.perMinuteUnlessTold = isAgentAiHost(baseUrl) ? DOCUMENTED_REQUESTS_PER_MINUTE : 0;
	}

	/**
	 * Reads the credential of the node. What was read is what is sent.
	 *
	 * @param itemIndex the item for which expressions in the credential are resolved; none in the panel
	 * @returns the client; a failure when there is no credential, when its Base URL cannot be used or is not among its
	 * allowed domains
	 */
	static async open(context: CallingContext, itemIndex?: number): Promise<Result<AgentAiClient>> {
		try {
			const stopped = 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
			// the panel names no item: expressions then give nothing, or n8n throws
			const given = await (context as IExecuteFunctions).getCredentials<ICredentialDataDecryptedObject>('agentAiApi', itemIndex);
			const data = withTexts(given);
			return {
				ok: true,
				value: new AgentAiClient(usableCredential(context, data), bindHttp(context, data), bindPlainHttp(context), stopped),
			};
		} catch (error) {
			return { ok: false, failure: thrownFailure(error, 'credential', (text) => text) };
		}
	}

	/** The account, as all its users in this process share it. */
	get account(): Account {
		return accounts.get(this.id, this.perMinuteUnlessTold);
	}

	/**
	 * Whose limits and troubles a request meets: the account's, or those of the webhook that is called instead, whose server
	 * knows nothing of the account.
	 */
	accountOf({ webhook }: ActionRequest): Account {
		return webhook ? accounts.get(hash('sha256', webhook.url, 'hex'), 0) : this.account;
	}

	/**
	 * Asks for what a run or a list needs to know before its own requests: in turn, and again where it fails, because a
	 * question that only reads may be asked twice.
	 *
	 * @param instance the OpenClaw instance that it goes to: what refuses its token refuses that of no other
	 */
	async ask(attempt: () => Promise<Attempt<ActionResponse>>, waits: Waits, instance?: string): Promise<Result<ActionResponse>> {
		const options = { ...waits, maxTries: READING_TRIES, retryUncertain: false, reads: true, requestsPerMinute: 0, live: true };
		return resultOf(await askOnce(this.account, { instance }, attempt, options, waits.signal));
	}

	/** Sends a request that only reads, see `ask`. */
	async requestInTurn(request: ActionRequest, waits: Waits = PANEL_WAITS): Promise<Result<ActionResponse>> {
		return await this.ask(async () => await this.request(request, undefined, waits.signal), waits, request.instance);
	}

	/** Sends a request once, at once. */
	async request(request: ActionRequest, onDelta?: OnDelta, signal = this.stopped): Promise<Outcome> {
		if (request.webhook) return await this.callWebhook(request, request.webhook, signal);
		return await sendAction(this.http, {
			url: actionUrl(this.credential.baseUrl, request.action),
			// n8n's helper drops an empty object
			body: Object.keys(request.body).length === 0 ? '{}' : request.body,
			timeoutSeconds: request.timeoutSeconds,
			stream: request.stream,
			asked: request.asked ?? 'other',
			answersWithSecrets: request.answersWithSecrets !== undefined,
			redact: this.redactor(request.secrets, request.answersWithSecrets === 'shown'),
			serverClock: this.account.serverClock,
			stopped: signal,
			onDelta,
		});
	}

	/** Runs an agent by its webhook, whose address is the secret: the account's token goes nowhere. */
	private async callWebhook(request: ActionRequest, address: WebhookAddress, signal: AbortSignal | undefined): Promise<Outcome> {
		const { body, secrets, timeoutSeconds } = request;
		const { serverClock } = this.accountOf(request);
		const wire = { asked: 'other', redact: this.redactor(secrets), serverClock, stopped: signal } as const;
		const call: CallWebhook = async (method, url, seconds) =>
			await sendAction(this.plainHttp, {
				...wire,
				url,
				timeoutSeconds: seconds,
				body: method === 'POST' ? JSON.stringify(body) : undefined,
			});
		return await runWebhook(call, address, timeoutSeconds, signal);
	}

	/** The catalogue of all actions, as agent.ai sends it; asked once, at once. */
	async fetchCatalogue(signal: AbortSignal): Promise<Outcome> {
		return await sendAction(this.http, {
			url: catalogueUrl(this.credential.baseUrl),
			timeoutSeconds: CATALOGUE_TIMEOUT_S,
			asked: 'other',
			isList: true,
			redact: this.redactor([]),
			serverClock: this.account.serverClock,
			stopped: signal,
		});
	}

	/** Takes the credential's tokens, and the given secrets, out of a text. */
	redactor(secrets: string[], keepAuthToken = false): Redactor {
		const { apiToken, authToken } = this.credential;
		return createRedactor([apiToken, ...(keepAuthToken ? [] : [authToken]), ...secrets]);
	}
}

/**
 * n8n's helper with the credential as it was read. The helper asks the context it is called on for the credential, replaces
 * the signal in its options by that context's, and destroying the body that it gives leaves the connection open (measured,
 * n8n-core 1.122 to 2.41.1): so it is called on a context that has what was read, and the request's signal.
 */
function bindHttp(context: CallingContext, data: ICredentialDataDecryptedObject): HttpHelper {
	return async (options) => {
		const { abortSignal } = options as { abortSignal?: AbortSignal };
		const calledOn = Object.create(context) as CallingContext & { getExecutionCancelSignal(): AbortSignal | undefined };
		calledOn.getExecutionCancelSignal = () => abortSignal;
		calledOn.getCredentials = async <T extends object>() => await Promise.resolve({ ...data } as T);
		return await context.helpers.httpRequestWithAuthentication.call(calledOn, 'agentAiApi', options);
	};
}

/** n8n's helper without any credential. */
export function bindPlainHttp({ helpers }: CallingContext): HttpHelper {
	return async (options) => (await helpers.httpRequest(options)) as IN8nHttpFullResponse;
}

/** The same with its numbers as texts: an expression makes a number of a token that consists of digits. */
const withTexts = (data: ICredentialDataDecryptedObject): ICredentialDataDecryptedObject =>
	Object.fromEntries(Object.entries(data).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]));

function usableCredential(context: CallingContext, data: ICredentialDataDecryptedObject): AgentAiCredential {
	const field = (name: string) => (typeof data[name] === 'string' ? data[name].trim() : '');
	const credential = {
		apiToken: usableToken(field('apiToken'), 'API Token in the Agent.ai credential'),
		baseUrl: usableBaseUrl(field('baseUrl')),
		instanceIp: field('instanceIp'),
		authToken: usableToken(field('authToken'), 'OpenClaw Auth Token in the Agent.ai credential'),
	};
	if (credential.apiToken === '') {
		throw new InputError(
			'API Token in the Agent.ai credential is empty',
			'Enter the token of your agent.ai account. If it is an expression, check that the item has the field it uses. Lists in the panel have no item: enter IDs there instead',
		);
	}
	const url = actionUrl(credential.baseUrl, '');
	if (isDomainAllowed(context, data, url)) return credential;
	throw new InputError(
		`The domain ${new URL(url).hostname} of the Base URL is not among the Allowed HTTP Request Domains of the Agent.ai credential`,
		'Add it there, or correct the Base URL. Nothing was sent',
	);
}

/**
 * Whether *Allowed HTTP Request Domains* lets the credential be used for the Base URL. n8n up to 2.16 shows the setting and
 * does not check it for nodes (measured).
 */
function isDomainAllowed(context: CallingContext, data: ICredentialDataDecryptedObject, url: string): boolean {
	if (typeof assertCredentialAllowsUrl !== 'function') {
		if (data.allowedHttpRequestDomains !== 'domains') return true;
		return typeof data.allowedDomains === 'string' && isAmongDomains(new URL(url).hostname, data.allowedDomains);
	}
	try {
		assertCredentialAllowsUrl({ node: context.getNode(), credentialData: data, url, pinnedUrl: url, surface: 'Agent.ai' });
		return true;
	} catch {
		return false;
	}
}
