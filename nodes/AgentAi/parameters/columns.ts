import type { IDataObject } from 'n8n-workflow';

import type { ReadColumns } from '../client/actionRequest';
import { found } from '../failures/inputError';
import { isObject } from '../failures/json';
import type { ActionResponse } from '../failures/result';
import { answerTextOf, cutBy } from '../transport/answer';
import type { Redactor } from '../transport/redact';
import { redactJson } from '../transport/redactJson';
import { type Field, keyOf, takeFields } from './columnValue';
import { breaksOff, jsonFromText } from './jsonFromText';

/**
 * Reads the columns in an answer's text: of an answer that does not fit as a whole, nothing is used.
 *
 * @param redact takes out of the data what only reading them has made a value: a short secret
 */
export function readColumns(answer: ActionResponse, fields: Field[], redact?: Redactor): ReadColumns {
	const misfits: string[] = [];
	const given = objectIn(answer, fields, misfits, redact);
	const columns = given ? takeFields(fields, given, misfits) : {};
	if (misfits.length === 0) return { columns: columns as IDataObject };
	return { columns: Object.fromEntries(fields.map(({ name }) => [name, null])), misfit: misfitText(misfits) };
}

function objectIn(answer: ActionResponse, fields: Field[], misfits: string[], redact?: Redactor): Record<string, unknown> | undefined {
	const text = answerTextOf(answer) ?? '';
	const cut = cutBy(answer);
	if (cut) misfits.push(`it was cut by ${cut}, and must be shorter`);
	const read = jsonFromText(text);
	if (!read.ok) misfits.push(`it holds no JSON object (${read.reason})`);
	if (read.ok && breaksOff(text)) misfits.push('its last ``` block breaks off');
	if (!read.ok || misfits.length > 0) return undefined;
	const data: unknown = redact ? redactJson(read.data, redact) : read.data;
	const object: unknown = Array.isArray(data) && data.length === 1 ? data[0] : data;
	if (!isObject(object))
		misfits.push(`it must be one JSON object, but ${Array.isArray(object) ? `a list of ${object.length}` : found(object)} was found`);
	else if (isWrapped(object, fields)) misfits.push('the fields must be keys of the object itself, and not of another in it');
	else return object;
	return undefined;
}

/** Whether an answer has none of the fields, and others inside, also as a text: all columns would be empty, and none of them is meant to be. */
const isWrapped = (object: Record<string, unknown>, fields: Field[]) =>
	fields.every(({ name }) => keyOf(name, object) === undefined) &&
	Object.values(object).some((value) => (typeof value === 'string' ? /^\s*[{[]/.test(value) : typeof value === 'object' && value !== null));

/** The same answer with its columns beside the text, and in `response_json_error` why they are empty. */
export function withColumns(answer: ActionResponse, { columns, misfit }: ReadColumns): ActionResponse {
	const error = misfit === undefined ? {} : { response_json_error: misfit };
	return { ...answer, response: { ...columns, ...responseFields(answer), ...columns, ...error } };
}

/** The fields of an answer's response; of one that is a text alone, that text under the name which texts have. */
export const responseFields = ({ response }: ActionResponse): Record<string, unknown> =>
	isObject(response) ? response : { response_text: response };

/** Most that is said of what was wrong: an answer may miss a thousand fields. */
const MOST_NAMED = 20;

/** What was wrong with an answer, as one sentence without its full stop. */
export function misfitText(misfits: string[]): string {
	const more = misfits.length - MOST_NAMED;
	return [...misfits.slice(0, MOST_NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
