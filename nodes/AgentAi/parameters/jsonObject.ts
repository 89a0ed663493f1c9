import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../transport/interpret';
import { readJson } from '../transport/readJson';
import { InputError } from './inputError';
import { found } from './text';

/**
 * A parameter that takes a JSON object as text, or the object that an expression gives.
 *
 * @param label the parameter's name in the panel
 * @param example an object of the wanted form, for the advice
 * @returns the object, or `undefined` when the parameter is empty
 * @throws InputError
 */
export function jsonObject(value: unknown, label: string, example: string): IDataObject | undefined {
	const advice = `Use a JSON object such as ${example}`;
	if (value === undefined || value === null) return undefined;
	let read: unknown = value;
	if (typeof value === 'string') {
		if (value.trim() === '') return undefined;
		const json = readJson(value);
		if (!json.ok) throw new InputError(`${label} is not valid JSON: ${json.reason}`, advice);
		read = json.data;
	}
	if (!isObject(read)) throw new InputError(`${label} must be an object, but ${found(read)} was found`, advice);
	return read as IDataObject;
}
