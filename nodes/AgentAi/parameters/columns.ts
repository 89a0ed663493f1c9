import type { IDataObject } from 'n8n-workflow';

import type { ReadColumns } from '../client/actionRequest';
import { found } from '../failures/inputError';
import { isObject } from '../failures/json';
import type { ActionResponse } from '../failures/result';
import { answerTextOf, cutBy } from '../transport/answer';
import type { Redactor } from '../transport/redact';
import { redactJson } from '../transport/redactJson';
import { type Field, keysOf, letters, listOf, takeFields } from './columnValue';
import { jsonFromText, withoutThinking } from './jsonFromText';

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
	else if (read.isOvertaken) misfits.push('the last JSON in it breaks off');
	if (!read.ok || misfits.length > 0) return undefined;
	const data: unknown = redact ? redactJson(read.data, redact) : read.data;
	const object: unknown = Array.isArray(data) && data.length === 1 ? data[0] : data;
	if (!isObject(object)) {
		misfits.push(`it must be one JSON object, but ${Array.isArray(object) ? `a list of ${object.length}` : found(object)} was found`);
		return undefined;
	}
	const [wrapped, bare] = [wrappedFields(withoutThinking(text), object, fields), bareTexts(text, object, fields)];
	if (wrapped.length > 0) misfits.push(`the fields must be keys of the object itself, and not of another in it (${listOf(wrapped)})`);
	if (bare.length > 0) misfits.push(`${listOf(bare)} must be in quotes, because a JSON number would lose digits`);
	return misfits.length > 0 ? undefined : object;
}

/**
 * The fields that are no keys of the object, and stand in the answer all the same: in another object, also one in a text. What is in
 * the values that are taken counts as read. Where the object has none of the fields, and others inside, it is all of them.
 */
function wrappedFields(text: string, object: Record<string, unknown>, fields: Field[]): string[] {
	const names = fields.map(({ name }) => name);
	const keys = fields.map(({ name }) => keysOf(name, object, names));
	const missing = names.filter((_name, place) => keys[place]?.length === 0);
	if (missing.length === 0) return [];
	if (missing.length === names.length && Object.values(object).some((value) => typeof value === 'object' && value !== null)) return names;
	const [said, read] = [namesIn(text), namesIn(JSON.stringify(keys.flat().map((key) => object[key])))];
	return missing.filter((name) => said.has(letters(name)) && !read.has(letters(name)));
}

/** The texts that are numbers in the object, and not as they stand in the answer: 1.10 would be "1.1". */
function bareTexts(text: string, object: Record<string, unknown>, fields: Field[]): string[] {
	const written = text.split(/[^\d.eE+-]+/);
	const names = fields.map(({ name }) => name);
	const isBare = (name: string) =>
		keysOf(name, object, names).some((key) => typeof object[key] === 'number' && !written.includes(String(object[key])));
	return fields.filter(({ name, kind }) => kind === 'text' && isBare(name)).map(({ name }) => name);
}

/** The letters of all that stands in quotes before a colon. */
const namesIn = (text: string) => new Set([...text.matchAll(/"([^"\\]{1,200})\\*"\s*:/g)].map(({ 1: name = '' }) => letters(name)));

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
