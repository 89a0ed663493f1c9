import type { IDataObject } from 'n8n-workflow';
import { validateFieldType } from 'n8n-workflow';

import { found, InputError } from '../failures/inputError';
import { holdsRounded, isObject, parsed } from '../failures/json';
import { dateIn } from './columnDate';
import type { ObjectSchema, SchemaField } from './schema';
import { dateText } from './text';

/**
 * What becomes of an input that the schema does not name: refused in JSON that a person wrote; dropped where the editor
 * saved fields that have gone since, or where rows hold other columns; sent where the schema is open.
 */
export type Strangers = 'refuse' | 'drop' | 'send';

/**
 * Checks the inputs of one item against a schema and brings them to their JSON types. Empty inputs are left out; a
 * required one that is empty takes the schema's default.
 *
 * @param given the inputs by name; what the object inherits is none
 * @returns the inputs by name, in the schema's order; then the strangers
 * @throws InputError that names the input and what was found
 */
export function checkInputs(owner: string, { fields }: ObjectSchema, given: Record<string, unknown>, strangers: Strangers): IDataObject {
	const own = new Set(fields.map(({ name }) => name));
	const strange = Object.keys(given).filter((name) => !own.has(name));
	const [stranger] = strange;
	if (strangers === 'refuse' && stranger !== undefined) {
		const names = [...own].join(', ');
		throw new InputError(`${owner} has no input ${found(stranger)}`, names ? `Its inputs are ${names}` : 'It has no inputs at all');
	}
	const known = fields.map((field) => [field.name, checkedInput(owner, field, ownValue(given, field.name))] as const);
	const further = (strangers === 'send' ? strange : []).map((name) => [name, exact(name, given[name])] as const);
	return Object.fromEntries([...known, ...further].filter(([, value]) => !isEmpty(value))) as IDataObject;
}

function checkedInput(owner: string, field: SchemaField, given: unknown): unknown {
	if (!isEmpty(given) && (!isBlank(given) || mayBeBlank(field, given))) return convert(field, exact(field.name, dated(field, given)));
	if (field.required && field.default === undefined) throw new InputError(`${label(field)} is empty`, `${owner} requires it`);
	return field.required ? field.default : undefined;
}

const ownValue = (given: Record<string, unknown>, name: string) => (Object.hasOwn(given, name) ? given[name] : undefined);

const isEmpty = (value: unknown) => value === undefined || value === null || value === '';

const isBlank = (value: unknown) => typeof value === 'string' && value.trim() === '';

/** Blanks may be meant where a text may be anything, such as a delimiter. */
const mayBeBlank = ({ type, required, choices, format }: SchemaField, blanks: unknown) =>
	choices ? choices.includes(blanks) : type === 'string' && !required && !format;

/** How ISO 8601, RFC 2822 and JavaScript write dates. */
const STANDARD_DATE = /^\s*(?:\d{4}-\d{2}|(?:[a-z]{3,9},? )?\d{1,2} [a-z]{3,9} \d{4}|[a-z]{3} [a-z]{3} \d{2} \d{4} .{8} GMT)/i;

/** The text of a date, in the form that its schema asks for; n8n reads one without a time zone in that of the workflow. */
function dated(field: SchemaField, given: unknown): unknown {
	const { name, format } = field;
	if (format !== 'date' && format !== 'date-time') return dateText(given) ?? given;
	if (format === 'date' && typeof given === 'string') {
		const day = dateIn(given);
		if (day !== undefined) return day;
	}
	// n8n guesses what a number, or a text in no standard's form, may mean
	const isStandard = typeof given === 'object' || (typeof given === 'string' && STANDARD_DATE.test(given));
	const { newValue } = (isStandard ? validateFieldType(name, given, 'dateTime') : {}) as { newValue?: unknown };
	return dateText(newValue, format) ?? refuse(field, 'a date', given);
}

const label = ({ name }: Pick<SchemaField, 'name'>) => `The input ${found(name)}`;

function refuse(field: SchemaField, wanted: string, value: unknown): never {
	throw new InputError(`${label(field)} must be ${wanted}${field.secret ? '' : `, not ${found(value)}`}`, 'Correct the input');
}

/**
 * The same value.
 *
 * @throws InputError when it holds a number that JSON has rounded already
 */
function exact<T>(name: string, value: T): T {
	if (holdsRounded(value)) {
		throw new InputError(`${label({ name })} holds a whole number beyond 2^53, which would be sent rounded`, 'Write it in quotes');
	}
	return value;
}

function convert(field: SchemaField, given: unknown): unknown {
	const value = convertType(field, given);
	if (field.choices && !field.choices.includes(value)) refuse(field, `one of ${field.choices.map(String).join(', ')}`, value);
	if (typeof value === 'string' && field.format === 'url' && !/^https?:\/\/\S+$/i.test(value)) refuse(field, 'a web address', value);
	if (typeof value === 'number') {
		if (field.minimum !== undefined && value < field.minimum) refuse(field, `${field.minimum} or more`, value);
		if (field.maximum !== undefined && value > field.maximum) refuse(field, `${field.maximum} or less`, value);
	}
	return value;
}

/** Databases have 1 and 0 for them. */
const YES: unknown[] = [true, 'true', 1, '1'];
const NO: unknown[] = [false, 'false', 0, '0'];

/** Expressions, sheets and handwritten workflows give numbers and truth values as text, lists and objects as JSON. */
function convertType(field: SchemaField, given: unknown): unknown {
	switch (field.type) {
		case 'string':
			return typeof given === 'object' ? refuse(field, 'text', given) : String(given);
		case 'number':
		case 'integer': {
			const number = typeof given === 'string' ? Number(given) : given;
			const whole = field.type === 'integer';
			const fits = typeof number === 'number' && !holdsRounded(number) && (!whole || Number.isInteger(number));
			return fits ? number : refuse(field, whole ? 'a whole number' : 'a number', given);
		}
		case 'boolean': {
			const word = typeof given === 'string' ? given.trim().toLowerCase() : given;
			return YES.includes(word) || (!NO.includes(word) && refuse(field, 'true or false', given));
		}
		case 'array': {
			const list = exact(field.name, listed(field, given));
			if (!Array.isArray(list)) return refuse(field, 'a list', given);
			for (const element of list) checkElement(field, element);
			return list;
		}
		case 'object': {
			const object = fromText(field, given);
			return isObject(object) ? object : refuse(field, 'an object', given);
		}
	}
}

const fromText = ({ name }: SchemaField, given: unknown): unknown => (typeof given === 'string' ? exact(name, parsed(given)) : given);

/** A list, as JSON or as sheets hold it: values with commas between them. */
function listed(field: SchemaField, given: unknown): unknown {
	if (typeof given !== 'string' || /^\s*[[{]/.test(given)) return fromText(field, given);
	const { type } = field.items ?? {};
	const elements = given.split(',').map((element) => element.trim());
	return elements
		.filter((element) => element !== '')
		.map((element) => ((type === 'number' || type === 'integer') && !Number.isNaN(Number(element)) ? Number(element) : element));
}

function checkElement(field: SchemaField, element: unknown): void {
	const { type, choices } = field.items ?? {};
	if (choices && !choices.includes(element)) refuse(field, `a list of ${choices.map(String).join(', ')}`, element);
	const actual = Array.isArray(element) ? 'array' : typeof element;
	const fits = type === undefined || actual === type || (type === 'integer' && Number.isInteger(element));
	if (!fits) refuse(field, `a list whose elements are of the type ${type}`, element);
}
