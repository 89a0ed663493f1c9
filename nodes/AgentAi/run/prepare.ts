import type { IDataObject, INode } from 'n8n-workflow';

import type { Job } from '../batch/types';
import type { ActionRequest } from '../client/actionRequest';
import type { Environment } from '../client/environment';
import type { Failure } from '../failures/failure';
import { thrownFailure } from '../failures/failureError';
import { found, InputError } from '../failures/inputError';
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
	for (const index of reading.run.items.keys()) yield prepareItem(reading, index, reader);
}

function prepareItem(reading: Reading, index: number, reader: ParameterReader): Prepared | Promise<Prepared> {
	const { operation, environment, redact, problem } = reading;
	let settings = DEFAULT_SETTINGS;
	const refused = (error: unknown): Prepared => ({
		index,
		settings,
		known: { ok: false, failure: thrownFailure(error, 'unreadable', redact) },
	});
	try {
		const parameters = reader.of(index);
		settings = readOutputSettings(parameters);
		if (problem && index === 0) return { index, settings, known: { ok: false, failure: problem } };
		const request = operation.readRequest(parameters, environment);
		const ready = (read: ActionRequest) => readyItem(reading, index, settings, read, parameters.row);
		return request instanceof Promise ? request.then(ready).catch(refused) : ready(request);
	} catch (error) {
		return refused(error);
	}
}

function readyItem(
	{ run, kept, keys }: Reading,
	index: number,
	settings: OutputSettings,
	request: ActionRequest,
	row: IDataObject,
): Prepared {
	refuseObjectText(request.body, row, run.node);
	const key = keys.next(request);
	const answer = kept.get(key);
	const known = answer && ({ ok: true, value: answer } as const);
	return { index, settings, request, key, ...(known ? { known } : { lane: request.session, group: request.instance }) };
}

/** For an item whose options cannot even be read. */
export const DEFAULT_SETTINGS = readOutputSettings({ get: () => false, options: {} });

/** What JavaScript makes of an object in the middle of a text. */
const OBJECT_TEXT = '[object Object]';

/**
 * Refuses a text into which an expression has put an object. Where the row or the panel holds these words, they are meant.
 *
 * @throws InputError that names the field
 */
function refuseObjectText(body: IDataObject, row: IDataObject, node: INode): void {
	const holds = (value: unknown) => JSON.stringify(value)?.includes(OBJECT_TEXT) === true;
	const field = Object.keys(body).find((name) => holds(body[name]));
	if (field === undefined || holds(row) || holds(node.parameters)) return;
	throw new InputError(
		`An expression in ${found(field)} gives “${OBJECT_TEXT}”: it puts an object into a text`,
		'Pick a field of the object, or write JSON.stringify() around it in the expression',
	);
}

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
