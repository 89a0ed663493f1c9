import type { FieldType, IDataObject, ResourceMapperField } from 'n8n-workflow';

import { type ActionInput, type CatalogueAction, title } from '../account/catalogue';
import { isObject } from '../transport/interpret';
import { readJson } from '../transport/readJson';
import { InputError } from './inputError';
import { found } from './text';

/** What an action's inputs are in n8n's resource mapper; names, types, required marks, defaults and choices. */
export function mapperFields(action: CatalogueAction): ResourceMapperField[] {
	return action.inputs.map((input) => ({
		id: input.name,
		displayName: `${title(input.name)}${input.secret ? ' (Secret: Give It by Expression)' : ''}`,
		required: input.required,
		defaultMatch: false,
		canBeUsedToMatch: false,
		display: true,
		type: mapperType(input),
		...(input.choices ? { options: input.choices.map((value) => choice(value)) } : {}),
		...(input.default === undefined ? {} : { defaultValue: mapperDefault(input.default) }),
	}));
}

function mapperType(input: ActionInput): FieldType {
	if (input.choices) return 'options';
	switch (input.type) {
		case 'integer':
			return 'number';
		case 'string':
			return input.format === 'date' || input.format === 'date-time' ? 'dateTime' : 'string';
		default:
			return input.type;
	}
}

function choice(value: unknown) {
	const plain = typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
	return { name: typeof plain === 'string' && /^[a-z0-9_]+$/.test(plain) ? title(plain) : String(plain), value: plain };
}

const mapperDefault = (value: unknown) =>
	typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value);

/**
 * Checks the inputs of one item against the action's schema and brings them to their JSON types. Empty inputs are left
 * out; a required one that is empty takes the action's default.
 *
 * @param unknown what becomes of an input that the action does not have: refused in JSON that a person wrote; dropped
 * where the editor saved fields that the action has lost since, or where rows hold other columns
 * @returns the inputs in the schema's order
 * @throws InputError that names the input and what was found
 */
export function checkInputs(action: CatalogueAction, given: Record<string, unknown>, unknown: 'refuse' | 'drop'): IDataObject {
	const stranger = Object.keys(given).find((name) => !action.inputs.some((input) => input.name === name));
	if (unknown === 'refuse' && stranger !== undefined) {
		const names = action.inputs.map(({ name }) => name).join(', ');
		throw new InputError(`${action.name} has no input ${found(stranger)}`, names ? `Its inputs are ${names}` : 'It has no inputs at all');
	}
	const checked: IDataObject = {};
	for (const input of action.inputs) {
		const value = isEmpty(given[input.name]) ? undefined : convert(input, given[input.name]);
		if (value !== undefined) checked[input.name] = value as IDataObject;
		else if (input.required && input.default !== undefined) checked[input.name] = input.default as IDataObject;
		else if (input.required) throw new InputError(`${label(input)} is empty`, `${action.name} requires it`);
	}
	return checked;
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === '';

const label = ({ name }: ActionInput) => `The input ${found(name)}`;

function refuse(input: ActionInput, wanted: string, value: unknown): never {
	throw new InputError(
		`${label(input)} must be ${wanted}, but ${input.secret ? 'something else' : found(value)} was found`,
		'Correct the input',
	);
}

function convert(input: ActionInput, given: unknown): unknown {
	const value = convertType(input, given);
	if (input.choices && !input.choices.includes(value)) refuse(input, `one of ${input.choices.map(String).join(', ')}`, value);
	if (typeof value === 'string') checkText(input, value);
	if (typeof value === 'number') {
		if (input.minimum !== undefined && value < input.minimum) refuse(input, `${input.minimum} or more`, value);
		if (input.maximum !== undefined && value > input.maximum) refuse(input, `${input.maximum} or less`, value);
	}
	return value;
}

/** Expressions and handwritten workflows give numbers and booleans as text, and lists and objects as JSON. */
function convertType(input: ActionInput, value: unknown): unknown {
	switch (input.type) {
		case 'string':
			return typeof value === 'object' ? refuse(input, 'text', value) : String(value);
		case 'number':
		case 'integer': {
			const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
			const whole = input.type === 'integer';
			if (typeof number !== 'number' || !Number.isFinite(number) || (whole && !Number.isInteger(number))) {
				return refuse(input, whole ? 'a whole number' : 'a number', value);
			}
			return number;
		}
		case 'boolean':
			if (value === true || value === 'true') return true;
			if (value === false || value === 'false') return false;
			return refuse(input, 'true or false', value);
		case 'array': {
			const list = typeof value === 'string' ? parsed(value) : value;
			if (!Array.isArray(list)) return refuse(input, 'a list', value);
			for (const element of list) checkElement(input, element);
			return list;
		}
		case 'object': {
			const object = typeof value === 'string' ? parsed(value) : value;
			return isObject(object) ? object : refuse(input, 'an object', value);
		}
	}
}

function parsed(text: string): unknown {
	const read = readJson(text);
	return read.ok ? read.data : undefined;
}

function checkElement(input: ActionInput, element: unknown): void {
	const { type, choices } = input.items ?? {};
	if (choices && !choices.includes(element)) refuse(input, `a list of ${choices.map(String).join(', ')}`, element);
	const actual = Array.isArray(element) ? 'array' : typeof element;
	const fits = type === undefined || actual === type || (type === 'integer' && Number.isInteger(element));
	if (!fits) refuse(input, `a list whose elements are of the type ${type}`, element);
}

function checkText(input: ActionInput, value: string): void {
	if (input.pattern !== undefined && !matches(input.pattern, value)) refuse(input, `text of the form ${input.pattern}`, value);
	if (input.format === 'url' && !/^https?:\/\/\S+$/i.test(value)) refuse(input, 'a web address', value);
	if ((input.format === 'date' || input.format === 'date-time') && Number.isNaN(Date.parse(value))) {
		refuse(input, 'a date', value);
	}
}

/** A pattern that JavaScript cannot read refuses nothing: agent.ai has the last word. */
function matches(pattern: string, value: string): boolean {
	try {
		return new RegExp(pattern).test(value);
	} catch {
		return true;
	}
}
