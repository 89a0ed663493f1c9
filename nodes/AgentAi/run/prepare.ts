import type { ActionRequest } from '../client/actionRequest';
import { AgentAiClient, type Waits } from '../client/client';
import { Environment } from '../client/environment';
import { systemClock } from '../client/systemClock';
import type { Redact } from '../failures/excerpt';
import type { Failure } from '../failures/failure';
import { thrownFailure, unwrap } from '../failures/failureError';
import { failureRow } from '../failures/failureTable';
import type { Pauses } from '../limiter/clock';
import type { Operation } from '../operations/operation';
import type { ItemParameters } from '../parameters/itemParameters';
import { type OutputSettings, readOutputSettings } from '../parameters/output';
import type { KeptAnswers } from './keptAnswers';
import { ParameterReader } from './parameterReader';
import type { RequestNames } from './requestNames';
import type { RunContext } from './runContext';
import { type Asked, resume } from './unfit';

/** An item that has been read: ready to be sent, or with a result that is known already. */
export interface Prepared extends Asked {
	index: number;
	settings: OutputSettings;
	/** Absent when the parameters or the credential could not be read. */
	ready?: ReadyRequest;
	/** A request of it has gone out. */
	sent?: true;
	/** Names the request among the kept answers; two items with one name are one request. */
	key?: string;
}

/** The account of an item, and what reading the items of the run has asked it. */
interface Access {
	client: AgentAiClient;
	/** For items that are sent now. */
	environment: Environment;
	/** For items that are read long before. */
	ahead: Environment;
}

/** More credentials than rows are read ahead. */
const MAX_CREDENTIALS = 1_000;

/** How long an item whose turn it is waits in order to ask for its instance, in ms: the batch itself waits for what is down longer. */
const AT_TURN_MS = 10_000;

/** How long a credential that was read is believed, in ms, unless another has been met since: a person may have saved it. */
const BELIEVED_MS = 60_000;

/** A request with the credential that n8n gives for its item. */
export interface ReadyRequest {
	request: ActionRequest;
	client: AgentAiClient;
	/** When the credential was read, on the clock of the process; -Infinity where the instance may be another by now. */
	readAt: number;
}

/** What the items of a run are read with. */
interface Reading {
	run: RunContext;
	operation: Operation;
	/** How long the questions may wait that reading asks. */
	waits: Waits;
	kept: KeptAnswers;
	names: RequestNames;
	/** What is wrong with the settings of the whole run, which are read for the first item: that item fails with it. */
	problem: Failure | undefined;
}

/**
 * Reads and checks the items one by one, each when it is asked for: ten thousand requests need not be in memory at once.
 * An item that cannot be sent, or whose answer was kept from an earlier try, comes with its result.
 */
export class ItemReader {
	private readonly parameters: ParameterReader;

	/** Expressions in a credential may give each item its own. */
	private readonly byCredential = new Map<string, Access>();

	/** When a credential was last found to be another than before: what was read until then is believed no longer. */
	private changedAt = -Infinity;

	/** When an instance that agent.ai had named did not answer as it should: what was read until then may name the old one. */
	private doubtedAt = -Infinity;

	/** How long reading has waited in vain for what is down, in ms. */
	private downMs = 0;

	/** How long what is asked ahead may wait: all of it together for what is down, whichever credential it is asked with. */
	private readonly waitsAhead: Waits;

	constructor(private readonly reading: Reading) {
		const { run, operation, waits } = reading;
		this.parameters = new ParameterReader(run, operation.properties);
		const leftMs = () => Math.max(0, waits.maxDownWaitMs - this.downMs);
		this.waitsAhead = {
			...waits,
			get maxDownWaitMs() {
				return leftMs();
			},
		};
	}

	/** How long what it asks may wait. */
	get waits(): Waits {
		return this.reading.waits;
	}

	/** @param isHalted whether nothing more is sent: then nothing more is asked for either */
	async *all(isHalted = () => false): AsyncIterable<Prepared> {
		for (const index of this.reading.run.items.keys()) yield await this.read(index, isHalted());
	}

	/**
	 * The request of an item, with a credential that is young enough: it is read again before a retry, and where the item
	 * has waited for its turn.
	 *
	 * @throws FailureError when it cannot be read
	 */
	async toSend(item: Prepared): Promise<ReadyRequest> {
		const { readAt } = item.ready as ReadyRequest;
		const isBelieved = readAt > Math.max(this.changedAt, this.doubtedAt) && systemClock.now() - readAt < BELIEVED_MS;
		if (item.sent || !isBelieved) await this.renew(item);
		item.sent = true;
		return item.ready as ReadyRequest;
	}

	/**
	 * Reads the request of an item with the credential, and the instance, as they are now.
	 *
	 * @returns whether either is another than before
	 * @throws FailureError when either cannot be read
	 */
	async renew(item: Prepared): Promise<boolean> {
		const before = item.ready as ReadyRequest;
		const { client, environment } = await this.open(item.index);
		const readAt = systemClock.now();
		const isSameClient = client === before.client;
		if (!isSameClient) this.changedAt = readAt;
		const isSame = isSameClient && before.readAt > this.doubtedAt;
		item.ready = isSame ? { ...before, readAt } : await this.request(this.parameters.of(item.index), client, environment);
		item.instance = item.ready.request.instance;
		return !isSameClient || item.instance !== before.request.instance;
	}

	/** Notes a failure that may mean that the instance has moved or changed its token: later items ask agent.ai again. */
	doubt({ client, request }: ReadyRequest, { kind }: Failure): void {
		const isNamedByAgentAi = request.instance !== undefined && client.credential.instanceIp === '';
		if (isNamedByAgentAi && failureRow(kind).forgetsInstance) this.doubtedAt = systemClock.now();
	}

	/**
	 * Reads the credential for an item, as it is now. Equal credentials have one client.
	 *
	 * @throws FailureError when it cannot be used
	 */
	private async open(index: number): Promise<Access> {
		const { run, waits } = this.reading;
		const client = unwrap(await AgentAiClient.open(run.context, index));
		const name = JSON.stringify(client.credential);
		const known = this.byCredential.get(name);
		if (known) return known;
		if (this.byCredential.size === MAX_CREDENTIALS) this.byCredential.clear();
		const atTurn = { ...waits, maxDownWaitMs: Math.min(waits.maxDownWaitMs, AT_TURN_MS) };
		const access = { client, environment: new Environment(client, atTurn), ahead: new Environment(client, this.waitsAhead, true) };
		this.byCredential.set(name, access);
		return access;
	}

	private async read(index: number, isHalted: boolean): Promise<Prepared> {
		const { kept, names, problem } = this.reading;
		const begunAt = systemClock.now();
		let settings = DEFAULT_SETTINGS;
		let redact: Redact = (text) => text;
		try {
			const parameters = this.parameters.of(index);
			settings = readOutputSettings(parameters);
			if (problem && index === 0) return { index, settings, known: { ok: false, failure: problem } };
			if (isHalted && kept.isEmpty) return { index, settings };
			const { client, ahead } = await this.open(index);
			redact = client.redactor([]);
			const ready = await this.request(parameters, client, ahead);
			const [key, ...earlier] = names.next(index, ready.request, client, kept.refusedAccounts);
			const answer = earlier.map((name) => kept.get(name)).find((each) => each !== undefined);
			const { session: lane, instance } = ready.request;
			const item: Prepared = { index, settings, ready, key, lane, instance };
			const judged = answer && (this.reading.operation.judge?.(answer, ready.request) ?? { ok: true as const, value: answer });
			if (judged?.ok) resume(item, judged.value);
			return item;
		} catch (error) {
			const failed = thrownFailure(error, 'unreadable', redact, this.parameters.unreadLabel(index));
			if (failed.shared?.as === 'down') this.downMs += systemClock.now() - begunAt;
			return { index, settings, known: { ok: false, failure: failed } };
		}
	}

	private async request(parameters: ItemParameters, client: AgentAiClient, environment: Environment): Promise<ReadyRequest> {
		const readAt = systemClock.now();
		const read = await this.reading.operation.readRequest(parameters, environment);
		return { client, request: { hint: environment.notice, ...read }, readAt: environment.instance.isOutdated ? -Infinity : readAt };
	}
}

/** For an item whose options cannot even be read. */
export const DEFAULT_SETTINGS = readOutputSettings({ get: () => false, options: {} });

/**
 * Reads all items before the first is sent: in Stop mode a run that cannot succeed anyway pays for nothing.
 *
 * @param refuse receives the items that cannot be sent
 * @returns the items; none when one of them cannot be sent
 */
export async function checkItems(
	items: AsyncIterable<Prepared>,
	pauses: Pauses,
	signal: AbortSignal,
	refuse: (item: Prepared, failure: Failure) => void,
): Promise<Prepared[]> {
	const ready: Prepared[] = [];
	let refused = false;
	for await (const item of items) {
		if (signal.aborted) return [];
		if (item.known?.ok === false) {
			refused = true;
			refuse(item, item.known.failure);
		} else if (!refused) ready.push(item);
		if (pauses.due) await pauses.take();
	}
	return refused ? [] : ready;
}
