import type { IDataObject } from 'n8n-workflow';

import { excerpt } from '../failures/excerpt';
import { type Failure, failure } from '../failures/failure';
import { unwrap } from '../failures/failureError';
import { failureRow } from '../failures/failureTable';
import { InputError } from '../failures/inputError';
import { isObject } from '../failures/json';
import type { ActionResponse, Result } from '../failures/result';
import type { ActionRequest } from './actionRequest';
import { agentSchema } from './agentDirectory';
import { type CatalogueAction, readCatalogue } from './catalogue';
import type { AgentAiClient, Waits } from './client';
import { instanceAddress } from './instanceAddress';
import { GET_DETAILS, getDetailsBody, type Instance } from './openclaw';
import { TtlCache } from './ttlCache';

/** What an operation needs to know before its items are read. */
export type Needs = 'instance' | 'catalogue';

/** What a run knows before it reads its items. */
export interface Environment {
	/** What the person should know of the credential, although it can be used. */
	notice?: string;
	/** The instance of *Automatic*. Throws FailureError when there is none. */
	automaticInstance(): Instance;
	/** The JSON schema of an agent's inputs, see `agentSchema`. */
	agentSchema(id: string, name?: string): Promise<Result<unknown>>;
	/** The catalogue of agent.ai's actions, by name. Throws FailureError when it could not be read. */
	catalogue(): Map<string, CatalogueAction>;
}

/** Every chat turn is a run of its own, and each request counts against 20 a minute. */
const KEPT_MS = 10 * 60_000;
/** An action that is not in the catalogue may be newer: it is asked for again when it is older than this, in ms. */
const FRESH_MS = 10_000;

const instances = new TtlCache<Instance>(KEPT_MS);
const catalogues = new TtlCache<Map<string, CatalogueAction>>(KEPT_MS);

/**
 * Asks agent.ai, once for a run, for what the operation needs to know. A failure is kept for the items that meet it.
 *
 * @param automatic whether *OpenClaw Instance* is *Automatic*
 * @param action the action that is to run, where it is known already
 */
export async function loadEnvironment(
	client: AgentAiClient,
	needs: Needs | undefined,
	automatic: boolean,
	waits: Waits,
	action?: string,
): Promise<Environment> {
	const instance = needs === 'instance' && automatic ? await settle(automaticInstance(client, waits)) : undefined;
	const catalogue = needs === 'catalogue' ? await settle(loadCatalogue(client, waits, action)) : undefined;
	return {
		...(instance && isHalfFilled(client) ? { notice: TOKEN_ALONE } : {}),
		automaticInstance: () => take(instance),
		catalogue: () => take(catalogue),
		agentSchema: async (id, name) => await agentSchema(client, id, name),
	};
}

/**
 * The credential's own instance, or the one that agent.ai names (`openclaw_get_details`), kept in memory for 10 minutes.
 *
 * @throws FailureError when the credential is half filled in, and when agent.ai names none, or one that is offline
 */
export async function automaticInstance(client: AgentAiClient, waits: Waits): Promise<Instance> {
	const { instanceIp, authToken } = client.credential;
	if (instanceIp === '') {
		return unwrap(await instances.get(client.id, async (signal) => await askForInstance(client, { ...waits, signal }), waits.signal));
	}
	if (authToken === '') {
		throw new InputError(
			'The Agent.ai credential has an OpenClaw Instance IP but no OpenClaw Auth Token',
			'Fill in both, or clear both to use the instance connected to your agent.ai account',
		);
	}
	return { instanceIp: instanceAddress(instanceIp, 'OpenClaw Instance IP in the credential'), authToken };
}

/** A token without its instance is not used: agent.ai names both. */
const isHalfFilled = ({ credential: { instanceIp, authToken } }: AgentAiClient) => instanceIp === '' && authToken !== '';

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
export async function loadCatalogue(client: AgentAiClient, waits: Waits, wanted?: string): Promise<Map<string, CatalogueAction>> {
	const ask = async (signal: AbortSignal) => {
		const asking = client.stoppedBy(signal);
		const fetched = await asking.ask(async () => await asking.fetchCatalogue(), { ...waits, signal });
		return fetched.ok ? { ok: true as const, value: readCatalogue(fetched.value) } : fetched;
	};
	const isOld = (known: Map<string, CatalogueAction>, ageMs: number) => wanted !== undefined && !known.has(wanted) && ageMs > FRESH_MS;
	return unwrap(await catalogues.get(client.id, ask, waits.signal, isOld));
}

/** Words with which services call something that does not run; what the status can be is not documented. */
const OFFLINE =
	/\b(offline|stopped|stopping|down|inactive|paused|suspended|terminated|deleted|unreachable|disconnected|failed|not[ _-]?running)\b/i;

async function askForInstance(client: AgentAiClient, waits: Waits & { signal: AbortSignal }): Promise<Result<Instance>> {
	const request: ActionRequest = {
		action: GET_DETAILS,
		body: getDetailsBody('openclaw'),
		timeoutSeconds: 60,
		stream: false,
		secrets: [],
		// the token is what is asked for
		answersWithSecrets: 'shown',
	};
	const outcome = await client.stoppedBy(waits.signal).requestInTurn(request, waits);
	return outcome.ok ? instanceIn(outcome.value, client) : outcome;
}

function instanceIn(answer: ActionResponse, client: AgentAiClient): Result<Instance> {
	const details = (isObject(answer.response) ? answer.response : {}) as IDataObject;
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

type Settled<T> = { value: T } | { error: unknown };

async function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
	try {
		return { value: await promise };
	} catch (error) {
		return { error };
	}
}

function take<T>(settled: Settled<T> | undefined): T {
	if (settled && 'value' in settled) return settled.value;
	throw settled ? settled.error : new Error('The operation did not say that it needs this');
}
