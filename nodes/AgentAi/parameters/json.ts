import { found, InputError } from '../failures/inputError';
import { isObject, readJson } from '../failures/json';

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
 * @param label the parameter's name in the panel
 * @param advice what the parameter takes
 * @returns `undefined` when the parameter is empty
 * @throws InputError when the text is not JSON
 */
export function typedJson(value: unknown, label: string, advice: string): TypedJson<unknown> | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value !== 'string') return { value, text: JSON.stringify(value) };
	if (value.trim() === '') return undefined;
	const read = readJson(value);
	if (!read.ok) throw new InputError(`${label} is not valid JSON: ${read.reason}`, advice);
	return { value: read.data, text: value };
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
	if (!isObject(object)) throw new InputError(`${label} must be an object, but ${found(object)} was found`, advice);
	return { value: object, text };
}

/**
 * The members of a JSON object, each as the text that stands there. Takes one walk over the text.
 *
 * @param text a JSON object that `JSON.parse` has accepted
 */
export function memberTexts(text: string): Map<string, string> {
	const members = new Map<string, string>();
	let depth = 0;
	let name: string | undefined;
	let start = 0;
	for (let at = 0; at < text.length; at++) {
		const character = text[at] as string;
		if (character === '"') {
			const end = stringEnd(text, at);
			if (depth === 1 && name === undefined) name = JSON.parse(text.slice(at, end)) as string;
			at = end - 1;
		} else if (character === ':' && depth === 1) start = at + 1;
		else if (character === '{' || character === '[') depth++;
		else if (character === '}' || character === ']' || (character === ',' && depth === 1)) {
			if (character !== ',') depth--;
			const ended = character === ',' || depth === 0;
			if (ended && name !== undefined) {
				members.set(name, text.slice(start, at).trim());
				name = undefined;
			}
		}
	}
	return members;
}

/** The position after the string that begins at `start`. */
function stringEnd(text: string, start: number): number {
	let at = start + 1;
	while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
	return at + 1;
}
