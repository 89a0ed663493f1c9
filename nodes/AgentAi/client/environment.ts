import { excerpt } from '../failures/excerpt';
import { type Failure, failure, unsent } from '../failures/failure';
import { unwrap } from '../failures/failureError';
import { failureRow } from '../failures/failureTable';
import { InputError } from '../failures/inputError';
import { asObject } from '../failures/json';
import type { ActionResponse, Result } from '../failures/result';
import type { ActionRequest } from './actionRequest';
import { agentSchema } from './agentDirectory';
import { type CatalogueAction, readCatalogue } from './catalogue';
import type { AgentAiClient, Waits } from './client';
import { instanceAddress } from './instanceAddress';
import { GET_DETAILS, type Instance } from './openclaw';
import { systemClock } from './systemClock';
import { TtlCache } from './ttlCache';

/** Every chat turn is a run of its own, and each request counts against 20 a minute. */
const KEPT_MS = 10 * 60_000;
/** An action that is not in the catalogue may be newer: it is asked for again when it is older than this, in ms. */
const FRESH_MS = 10_000;

/** What agent.ai says of the account's instance: where it is, or why there is none to send to. */
const instances = new TtlCache<Result<Instance>>(KEPT_MS);
const catalogues = new TtlCache<Map<string, CatalogueAction>>(KEPT_MS);

/** How long a question that had no answer is not asked again, in ms: as long as between two for what is down. */
const UNANSWERED_MS = 5_000;

/** What the items of a run need to know of agent.ai: asked for all of them at once, and again while there is no answer. */
export class Question<T> {
	private found?: Result<T>;

	private answer?: Promise<Result<T>>;

	/** Until when the answer is used as it is, on the clock of the process. */
	private until = 0;

	/** Whether the last answer is an earlier one, because there was no other. */
	isOutdated = false;

	/**
	 * @param ask asks, and keeps what it was told for as long as that may be believed
	 * @param standsIn what was told before stands in where nothing is told any more: one failure shall not end all items that are read
	 */
	constructor(
		private readonly ask: () => Promise<Result<T>>,
		private readonly standsIn = false,
	) {}

	/** The answer, see `toldBeforehand`. */
	async get(): Promise<Result<T>> {
		if (!this.answer || systemClock.now() >= this.until) {
			this.until = Infinity;
			this.answer = this.next();
		}
		return await this.answer;
	}

	private async next(): Promise<Result<T>> {
		const answer = await this.ask();
		this.until = answer.ok ? 0 : systemClock.now() + UNANSWERED_MS;
		if (answer.ok && this.standsIn) this.found = answer;
		this.isOutdated = !answer.ok && this.found !== undefined;
		return answer.ok ? answer : (this.found ?? toldBeforehand(answer));
	}
}

/** What a question before an item is sent came to: a failure says nothing of work that may have been done. */
const toldBeforehand = <T>(answer: Result<T>): Result<T> => (answer.ok ? answer : { ok: false, failure: unsent(answer.failure) });

/** What reading the items of a run asks of agent.ai. */
export class Environment {
	readonly instance: Question<Instance>;

	/** What the person should know of the credential, although it was used. */
	notice?: string;

	private readonly actions: Question<Map<string, CatalogueAction>>;

	/** Actions that agent.ai does not have. */
	private readonly missing = new Set<string>();

	/** @param ahead whether items are read long before they are sent: what was found before is good enough then */
	constructor(
		private readonly client: AgentAiClient,
		private readonly waits: Waits,
		ahead = false,
	) {
		this.instance = new Question(async () => await automaticInstance(client, waits), ahead);
		this.actions = new Question(async () => await catalogueOf(client, waits));
	}

	/**
	 * The instance of *Automatic*: the credential's own, or the one that agent.ai names (`openclaw_get_details`), kept for 10 minutes.
	 *
	 * @throws FailureError when the credential is half filled in, and when agent.ai names none, or one that is offline
	 */
	async automaticInstance(): Promise<Instance> {
		const { instanceIp, authToken } = this.client.credential;
		// a token without its instance is not used: agent.ai names both
		if (instanceIp === '' && authToken !== '') this.notice = TOKEN_ALONE;
		return unwrap(await this.instance.get());
	}

	/**
	 * One of agent.ai's actions; `undefined` where it has none of that name.
	 *
	 * @throws FailureError when the catalogue cannot be read
	 */
	async action(name: string): Promise<CatalogueAction | undefined> {
		const known = unwrap(await this.actions.get()).get(name);
		if (known || this.missing.has(name)) return known;
		this.missing.add(name);
		return unwrap(toldBeforehand(await catalogueOf(this.client, this.waits, name))).get(name);
	}

	/** The JSON schema of an agent's inputs, see `agentSchema`. */
	async agentSchema(id: string, name?: string): Promise<Result<unknown>> {
		return toldBeforehand(await agentSchema(this.client, id, name, this.waits));
	}
}

async function automaticInstance(client: AgentAiClient, waits: Waits): Promise<Result<Instance>> {
	const { instanceIp, authToken } = client.credential;
	if (instanceIp === '') {
		const ask = async (signal: AbortSignal) => await askForInstance(client, { ...waits, signal });
		const told = await instances.get(client.id, ask, waits.signal, ({ ok }) => !ok);
		return told.ok ? told.value : told;
	}
	if (authToken === '') {
		throw new InputError(
			'The Agent.ai credential has an OpenClaw Instance IP but no OpenClaw Auth Token',
			'Fill in both, or clear both to use the instance connected to your agent.ai account',
		);
	}
	return { ok: true, value: { instanceIp: instanceAddress(instanceIp, 'OpenClaw Instance IP in the credential'), authToken } };
}

const TOKEN_ALONE =
	'OpenClaw Auth Token in the credential was not used, because OpenClaw Instance IP is empty. Fill in both, or clear both to use the instance connected to your agent.ai account';

/** Forgets the instance that agent.ai named, when a failure may mean that it has moved or changed its token. */
export function forgetInstance(client: AgentAiClient, failed: Failure): void {
	if (failureRow(failed.kind).forgetsInstance) instances.forget(client.id);
}

/**
 * All actions of agent.ai by name, kept in memory for 10 minutes.
 *
 * @param wanted the action that is needed: where it is not among what is kept, the catalogue is asked for again
 * @throws FailureError
 */
export const loadCatalogue = async (client: AgentAiClient, waits: Waits, wanted?: string): Promise<Map<string, CatalogueAction>> =>
	unwrap(await catalogueOf(client, waits, wanted));

async function catalogueOf(client: AgentAiClient, waits: Waits, wanted?: string): Promise<Result<Map<string, CatalogueAction>>> {
	const ask = async (signal: AbortSignal) => {
		const fetched = await client.ask(async () => await client.fetchCatalogue(signal), { ...waits, signal });
		return fetched.ok ? { ok: true as const, value: readCatalogue(fetched.value.response as unknown[]) } : fetched;
	};
	const isOld = (known: Map<string, CatalogueAction>, ageMs: number) => wanted !== undefined && !known.has(wanted) && ageMs > FRESH_MS;
	return await catalogues.get(client.id, ask, waits.signal, isOld);
}

/** Words with which services call something that does not run; what the status can be is not documented. */
const OFFLINE =
	/\b(offline|stopped|stopping|down|inactive|paused|suspended|terminated|deleted|unreachable|disconnected|failed|not[ _-]?running)\b/i;

async function askForInstance(client: AgentAiClient, waits: Waits & { signal: AbortSignal }): Promise<Result<Result<Instance>>> {
	const request: ActionRequest = {
		action: GET_DETAILS,
		body: { output_variable_name: 'openclaw' },
		timeoutSeconds: 60,
		secrets: [],
		// the token is what is asked for
		answersWithSecrets: 'shown',
	};
	const outcome = await client.requestInTurn(request, waits);
	return outcome.ok ? { ok: true, value: instanceIn(outcome.value, client) } : outcome;
}

function instanceIn(answer: ActionResponse, client: AgentAiClient): Result<Instance> {
	const details = asObject(answer.response);
	const { instance_ip: instanceIp, auth_token: authToken, status } = details;
	if (typeof instanceIp !== 'string' || instanceIp === '' || typeof authToken !== 'string' || authToken === '') {
		return { ok: false, failure: failure('noInstance') };
	}
	// the token that came along is nobody's to read
	const redact = client.redactor([authToken]);
	if (typeof status === 'string' && OFFLINE.test(status)) {
		return { ok: false, failure: failure('instanceOffline', { said: excerpt(redact(`status: ${status}`)) }) };
	}
	return { ok: true, value: { instanceIp: instanceAddress(redact(instanceIp), 'The instance that agent.ai names'), authToken } };
}
