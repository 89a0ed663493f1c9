import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../failures/json';
import type { ActionResponse } from '../failures/result';
import { usageOf } from '../transport/answer';
import type { OutputSettings, RequestInfo } from './output';

/** What says how the action went, around an answer and what comes beside it. */
const ENVELOPE = ['status', 'error', 'response'];

/** An answer taken out of its envelope. */
interface OpenedResponse {
	/** What stands under `response`; of a body without it (`describe_agent`), all that is no envelope. */
	response: IDataObject;
	/** Metadata beside `response` and carries something: the `run_id` of `invoke_agent`, the addresses in `metadata` of `generate_image`. */
	beside: IDataObject;
}

/** Takes an answer out of its envelope. The response is the same reference, never a copy. */
export function openResponse({ metadata, ...answer }: ActionResponse): OpenedResponse {
	const further = Object.entries(answer).filter(([name]) => !ENVELOPE.includes(name));
	if (answer.response === undefined && further.length > 0) {
		return { response: Object.fromEntries(further) as IDataObject, beside: carrying([['metadata', metadata]]) };
	}
	return { response: (answer.response ?? null) as IDataObject, beside: carrying([...further, ['metadata', metadata]]) };
}

const carrying = (fields: [string, unknown][]) => Object.fromEntries(fields.filter(([, value]) => carries(value))) as IDataObject;

/** Whether a field says anything: neither nothing nor an empty text, list or object. */
function carries(value: unknown): boolean {
	if (value === undefined || value === null || value === '' || value === false) return false;
	return typeof value !== 'object' || Object.keys(value).length > 0;
}

/**
 * Builds the item of an answer: the ActionResponse as it came with the answer under its name as well, or the shorter
 * forms. The named answer comes first, so that n8n's table shows it first. An empty `error` is left out: n8n's *Retry On
 * Fail* would run the node again for it.
 *
 * @param name the output variable name; `undefined` for an action without one, whose answer stands under `response`
 * @param row whose fields win over what the server sends beside the answer
 */
export function responseItem(
	answer: ActionResponse,
	name: string | undefined,
	settings: OutputSettings,
	row: IDataObject,
	info: RequestInfo | undefined,
): IDataObject {
	const { response, beside } = openResponse(answer);
	const request = info ? { request: withUsage(info, answer) } : {};
	const named = { [name ?? 'response']: copyOf(unnested(response, name)) };
	return { ...named, ...besideNamed(answer, beside, settings, row), ...request, ...named };
}

/**
 * Builds the item of one record in an answer: whole, simplified, or some fields of that. In a copy of the row it stands under
 * `response`, because records have fields such as `id` and `name` that rows have too.
 */
export function recordItem(
	record: IDataObject,
	simplified: (record: IDataObject) => IDataObject,
	{ simplify, fields, includeInputFields }: OutputSettings,
	row: IDataObject,
	info: RequestInfo | undefined,
): IDataObject {
	const whole = simplify ? simplified(record) : record;
	const shown = fields ? Object.fromEntries(fields.map((name) => [name, whole[name] ?? null])) : whole;
	const request = info ? { request: info } : {};
	return includeInputFields ? { ...row, ...request, response: shown } : { ...shown, ...request };
}

/** An answer that holds nothing but its own name, as `create_file` gives it, stands under that name once. */
export function unnested(response: unknown, name: string | undefined): unknown {
	if (name === undefined || !isObject(response)) return response;
	const [only, ...others] = Object.keys(response);
	return only === name && others.length === 0 ? response[name] : response;
}

/** A copy of the top level, so that what edits the named answer behind this node leaves `response` as it came. */
function copyOf(response: unknown): IDataObject {
	if (Array.isArray(response)) return [...(response as unknown[])] as unknown as IDataObject;
	return isObject(response) ? ({ ...response } as IDataObject) : (response as IDataObject);
}

function besideNamed(answer: ActionResponse, beside: IDataObject, settings: OutputSettings, row: IDataObject): IDataObject {
	// a field of the row that holds nothing gives way
	if (settings.includeInputFields)
		return { ...beside, ...row, ...Object.fromEntries(Object.entries(beside).filter(([name]) => isVoid(row[name]))) };
	if (settings.simplify) return beside;
	const { error, ...rest } = answer as IDataObject;
	return carries(error) ? { ...rest, error } : rest;
}

const isVoid = (value: unknown) => value === undefined || value === null || value === '';

function withUsage(info: RequestInfo, answer: ActionResponse): RequestInfo {
	const usage = usageOf(answer);
	return usage ? { ...info, usage } : info;
}
