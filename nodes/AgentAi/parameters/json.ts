import type { IDataObject } from 'n8n-workflow';

import { found, InputError } from '../failures/inputError';
import { isObject, readJson } from '../failures/json';
import { rowOf } from './itemParameters';

/** What a parameter that takes JSON holds, and the text that goes out for it. */
export interface TypedJson<T> {
	value: T;
	/**
	 * The text as the person typed it, because reading and writing it again would change numbers beyond 2^53 and
	 * `10.10`; for what an expression gave as an object or a list, its JSON.
	 */
	text: string;
}

/**
 * A parameter that takes JSON as text, or the object or list that an expression gives.
 *
 * @param advice what the parameter takes
 * @returns `undefined` when the parameter is empty
 * @throws InputError when the text is not JSON
 */
export function typedJson(value: unknown, label: string, advice: string): TypedJson<unknown> | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value !== 'string') return asJson(value);
	if (value.trim() === '') return undefined;
	const read = readJson(value);
	if (!read.ok) throw new InputError(`${label} is not valid JSON: ${read.reason}`, advice);
	return { value: read.data, text: value };
}

/** What an expression gave as JSON has it: dates are texts. A whole item is its row. */
function asJson(value: unknown): TypedJson<unknown> {
	const text = JSON.stringify(isObject(value) ? rowOf(value as IDataObject) : value);
	return { value: JSON.parse(text) as unknown, text };
}

/**
 * As `typedJson`, for a parameter that takes an object.
 *
 * @param example an object of the wanted form, for the advice
 * @throws InputError when it is not JSON, or no object
 */
export function typedObject(value: unknown, label: string, example: string): TypedJson<Record<string, unknown>> | undefined {
	const advice = `Use a JSON object such as ${example}`;
	const json = typedJson(value, label, advice);
	if (json === undefined) return undefined;
	const { value: object, text } = json;
	if (!isObject(object)) throw new InputError(`${label} must be an object, not ${found(object)}`, advice);
	return { value: object, text };
}
