import type { Job } from '../batch/types';
import type { ActionRequest } from '../client/actionRequest';
import type { Environment } from '../client/environment';
import type { Failure } from '../failures/failure';
import { thrownFailure } from '../failures/failureError';
import type { ActionResponse } from '../failures/result';
import type { Operation } from '../operations/operation';
import { type OutputSettings, readOutputSettings } from '../parameters/output';
import type { Redactor } from '../transport/redact';
import type { KeptAnswers, RequestKeys } from './keptAnswers';
import { ParameterReader } from './parameterReader';
import type { RunContext } from './runContext';
import { withPauses } from './withPauses';

/** An item that has been read: ready to be sent, or with a result that is known already. */
export interface Prepared extends Job<ActionResponse, Failure> {
	index: number;
	settings: OutputSettings;
	/** Absent when the parameters could not be read. */
	request?: ActionRequest;
	/** Names the request among the kept answers. */
	key?: string;
}

/** What the items of a run are read with. */
export interface Reading {
	run: RunContext;
	operation: Operation;
	environment: Environment;
	kept: KeptAnswers;
	keys: RequestKeys;
	redact: Redactor;
	/** What is wrong with the settings of the whole run, which are read for the first item: that item fails with it. */
	problem: Failure | undefined;
}

/**
 * Reads and checks the items one by one, each when it is asked for: ten thousand requests need not be in memory at once.
 * An item that cannot be sent, or whose answer was kept from an earlier try, comes with its result. Where reading an item asks
 * agent.ai, all are read at once.
 */
export async function prepareItems(reading: Reading): Promise<Iterable<Prepared>> {
	const items = beginItems(reading);
	if (!reading.operation.asks) return items as Iterable<Prepared>;
	const asked: Prepared[] = [];
	for (const item of items) asked.push(await item);
	return asked;
}

function* beginItems(reading: Reading): Iterable<Prepared | Promise<Prepared>> {
	const reader = new ParameterReader(reading.run, reading.operation.properties);
	const intern = createIntern();
	for (const index of reading.run.items.keys()) yield prepareItem(reading, index, reader, intern);
}

function prepareItem(
	reading: Reading,
	index: number,
	reader: ParameterReader,
	intern: (settings: OutputSettings) => OutputSettings,
): Prepared | Promise<Prepared> {
	const { operation, environment, redact, problem } = reading;
	let settings = DEFAULT_SETTINGS;
	const refused = (error: unknown): Prepared => ({
		index,
		settings,
		known: { ok: false, failure: thrownFailure(error, 'unreadable', redact) },
	});
	try {
		const parameters = reader.of(index);
		settings = intern(readOutputSettings(parameters));
		if (problem && index === 0) return { index, settings, known: { ok: false, failure: problem } };
		const request = operation.readRequest(parameters, environment);
		if (!(request instanceof Promise)) return ready(reading, index, settings, request);
		return request.then((asked) => ready(reading, index, settings, asked)).catch(refused);
	} catch (error) {
		return refused(error);
	}
}

function ready({ kept, keys }: Reading, index: number, settings: OutputSettings, request: ActionRequest): Prepared {
	const key = keys.next(request);
	const answer = kept.get(key);
	const known = answer && ({ ok: true, value: answer } as const);
	return { index, settings, request, key, ...(known ? { known } : { lane: request.session, group: request.instance }) };
}

/** For an item whose options cannot even be read. */
export const DEFAULT_SETTINGS = readOutputSettings({ get: () => false, options: {} });

/** Items nearly always have the settings of the one before; ten thousand equal objects would cost memory for nothing. */
function createIntern() {
	let last = DEFAULT_SETTINGS;
	return (settings: OutputSettings) => (last = areEqual(settings, last) ? last : settings);
}

const areEqual = (one: OutputSettings, other: OutputSettings) =>
	one.simplify === other.simplify &&
	one.fields === other.fields &&
	one.includeInputFields === other.includeInputFields &&
	one.includeRequestInfo === other.includeRequestInfo &&
	one.jsonMode === other.jsonMode;

/**
 * Reads all items before the first is sent: in Stop mode a run that cannot succeed anyway pays for nothing. Each item is
 * read once, so what was checked is what is sent.
 *
 * @param refuse receives the items that cannot be sent
 * @returns the items, each let go when it is taken; none when one of them cannot be sent
 */
export async function checkItems(
	items: Iterable<Prepared>,
	refuse: (item: Prepared, failure: Failure) => void,
): Promise<Iterable<Prepared>> {
	const ready: (Prepared | undefined)[] = [];
	let refused = false;
	await withPauses(items, (item) => {
		if (item.known?.ok === false) {
			refused = true;
			refuse(item, item.known.failure);
		} else if (!refused) ready.push(item);
	});
	return refused ? [] : release(ready);
}

function* release(items: (Prepared | undefined)[]): Iterable<Prepared> {
	for (const [index, item] of items.entries()) {
		items[index] = undefined;
		if (item) yield item;
	}
}
