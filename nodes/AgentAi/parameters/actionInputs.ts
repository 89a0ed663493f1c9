import type { FieldType, IDataObject, ResourceMapperField } from 'n8n-workflow';

import { type ActionInput, type CatalogueAction, title } from '../client/catalogue';
import { found, InputError } from '../failures/inputError';
import { isObject, readJson } from '../failures/json';

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

/** The inputs of one item as they go out. */
export interface CheckedInputs {
	/** The inputs by name, in the schema's order; then those of an open action that the schema does not know. */
	values: IDataObject;
	/** The same as JSON, with each number as it was typed: beyond 2^53, and `10.10`. */
	json: string;
}

/** What becomes of an input that the action does not have: refused in JSON that a person wrote; dropped
 * where the editor saved fields that the action has lost since, or where rows hold other columns. */
type UnknownInputs = 'refuse' | 'drop';

/**
 * Checks the inputs of one item against the action's schema and brings them to their JSON types. Empty inputs are left
 * out; a required one that is empty takes the action's default. An open action gets what its schema does not know as it is.
 *
 * @param given the inputs by name; what the object inherits is none
 * @param unknown what becomes of an input that an action does not have, unless it is open
 * @param texts the inputs as they were typed, where they were typed as JSON
 * @throws InputError that names the input and what was found
 */
export function checkInputs(
	action: CatalogueAction,
	given: Record<string, unknown>,
	unknown: UnknownInputs,
	texts: ReadonlyMap<string, string> = new Map(),
): CheckedInputs {
	const strangers = Object.keys(given).filter((name) => !action.inputs.some((input) => input.name === name));
	const [stranger] = strangers;
	if (unknown === 'refuse' && !action.open && stranger !== undefined) {
		const names = action.inputs.map(({ name }) => name).join(', ');
		throw new InputError(`${action.name} has no input ${found(stranger)}`, names ? `Its inputs are ${names}` : 'It has no inputs at all');
	}
	const known = action.inputs.map(
		(input) => [input.name, checkedInput(action, input, own(given, input.name), texts.get(input.name))] as const,
	);
	const further = (action.open ? strangers : []).map((name) => [name, asGiven(given[name], texts.get(name))] as const);
	const checked = [...known, ...further].flatMap(([name, value]) => (value ? [[name, value] as const] : []));
	return {
		values: Object.fromEntries(checked.map(([name, { value }]) => [name, value])) as IDataObject,
		json: `{${checked.map(([name, { json }]) => `${JSON.stringify(name)}:${json}`).join(',')}}`,
	};
}

interface Checked {
	value: unknown;
	json: string;
}

function checkedInput(action: CatalogueAction, input: ActionInput, given: unknown, typed: string | undefined): Checked | undefined {
	if (!isEmpty(given)) return convert(input, given, typed);
	if (input.required && input.default !== undefined) return asGiven(input.default, undefined);
	if (input.required) throw new InputError(`${label(input)} is empty`, `${action.name} requires it`);
	return undefined;
}

const own = (given: Record<string, unknown>, name: string) => (Object.hasOwn(given, name) ? given[name] : undefined);

const asGiven = (value: unknown, typed: string | undefined): Checked | undefined =>
	isEmpty(value) ? undefined : { value, json: typed ?? JSON.stringify(value) };

const isEmpty = (value: unknown) => value === undefined || value === null || value === '';

const label = ({ name }: ActionInput) => `The input ${found(name)}`;

function refuse(input: ActionInput, wanted: string, value: unknown): never {
	throw new InputError(
		`${label(input)} must be ${wanted}, but ${input.secret ? 'something else' : found(value)} was found`,
		'Correct the input',
	);
}

function convert(input: ActionInput, given: unknown, typed: string | undefined): Checked {
	const checked = convertType(input, given, typed);
	const { value } = checked;
	if (input.choices && !input.choices.includes(value)) refuse(input, `one of ${input.choices.map(String).join(', ')}`, value);
	if (typeof value === 'string') checkText(input, value);
	if (typeof value === 'number') {
		if (input.minimum !== undefined && value < input.minimum) refuse(input, `${input.minimum} or more`, value);
		if (input.maximum !== undefined && value > input.maximum) refuse(input, `${input.maximum} or less`, value);
	}
	return checked;
}

/**
 * Expressions and handwritten workflows give numbers and booleans as text, and lists and objects as JSON. What was typed as
 * JSON, inside or outside of a text, goes out as typed.
 */
function convertType(input: ActionInput, given: unknown, typed: string | undefined): Checked {
	const asTyped = (value: unknown): Checked => ({ value, json: (typeof given === 'string' ? given : typed) ?? JSON.stringify(value) });
	switch (input.type) {
		case 'string': {
			if (typeof given === 'object') return refuse(input, 'text', given);
			// a number typed where text is wanted is the text that stands there
			const value = typeof given === 'number' && typed !== undefined ? typed : String(given);
			return { value, json: JSON.stringify(value) };
		}
		case 'number':
		case 'integer': {
			const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
			const whole = input.type === 'integer';
			if (typeof number !== 'number' || !Number.isFinite(number) || (whole && !Number.isInteger(number))) {
				return refuse(input, whole ? 'a whole number' : 'a number', given);
			}
			// Number() reads more than JSON has: 0x10, +1, .5
			return typeof given !== 'string' || readJson(given).ok ? asTyped(number) : { value: number, json: JSON.stringify(number) };
		}
		case 'boolean':
			if (given === true || given === 'true') return { value: true, json: 'true' };
			if (given === false || given === 'false') return { value: false, json: 'false' };
			return refuse(input, 'true or false', given);
		case 'array': {
			const list = typeof given === 'string' ? parsed(given) : given;
			if (!Array.isArray(list)) return refuse(input, 'a list', given);
			for (const element of list) checkElement(input, element);
			return asTyped(list);
		}
		case 'object': {
			const object = typeof given === 'string' ? parsed(given) : given;
			return isObject(object) ? asTyped(object) : refuse(input, 'an object', given);
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
