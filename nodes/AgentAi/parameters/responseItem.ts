import type { IDataObject } from 'n8n-workflow';

import type { ActionResponse } from '../failures/result';
import { usageOf } from '../transport/usage';
import type { OutputSettings, RequestInfo } from './output';
import { withJson } from './parseResponse';

/** The envelope around an answer, which says how the action went. */
const ENVELOPE = ['status', 'error', 'metadata', 'response'];

/** An answer taken out of its envelope. */
export interface OpenedResponse {
	/** What stands under `response`; of a body without it (`describe_agent`), all that is no envelope. */
	response: IDataObject;
	/** What came beside `response` and carries something, such as the `run_id` of `invoke_agent`. */
	beside: IDataObject;
}

/** Takes an answer out of its envelope. The response is the same reference, never a copy. */
export function openResponse(answer: ActionResponse): OpenedResponse {
	const further = Object.entries(answer).filter(([name]) => !ENVELOPE.includes(name));
	if (answer.response === undefined && further.length > 0) return { response: Object.fromEntries(further) as IDataObject, beside: {} };
	return {
		response: (answer.response ?? null) as IDataObject,
		beside: Object.fromEntries(further.filter(([, value]) => carries(value))) as IDataObject,
	};
}

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
 * @param info left out unless *Include Request Info* is on
 */
export function responseItem(
	received: ActionResponse,
	name: string | undefined,
	settings: OutputSettings,
	row: IDataObject,
	info: RequestInfo | undefined,
): IDataObject {
	const answer = settings.jsonMode === 'off' ? received : withJson(received).answer;
	const { response, beside } = openResponse(answer);
	const request = info ? { request: withUsage(info, answer) } : {};
	const named = { [name ?? 'response']: response };
	return { ...named, ...besideNamed(answer, beside, settings, row), ...request, ...named };
}

/**
 * Builds the item of one record in an answer: whole, simplified, or some fields of that. In a copy of the row it stands under
 * `response`, because records have fields such as `id` and `name` that rows have too.
 *
 * @param simplified gives a record with few flat fields
 * @param info left out unless *Include Request Info* is on
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

function besideNamed(answer: ActionResponse, beside: IDataObject, settings: OutputSettings, row: IDataObject): IDataObject {
	if (settings.includeInputFields) return { ...row, ...beside };
	if (settings.simplify) return beside;
	const { error, ...rest } = answer as IDataObject;
	return carries(error) ? { ...rest, error } : rest;
}

function withUsage(info: RequestInfo, answer: ActionResponse): RequestInfo {
	const usage = usageOf(answer);
	return usage ? { ...info, usage } : info;
}
