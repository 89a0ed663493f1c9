import { found } from '../failures/inputError';
import { holdsRounded, isObject, parsed } from '../failures/json';
import { dateIn } from './columnDate';
import { numberIn } from './columnNumber';

/** What a value may be. */
export type ValueKind = 'text' | 'number' | 'integer' | 'boolean' | 'list' | 'date' | 'object' | 'any';

/** What one value of an answer must look like. */
export interface Shape {
	kind: ValueKind;
	/** The values that are allowed, where not all are; of a list those of its entries are in `entries`. */
	choices?: unknown[];
	/** Least and most: of a number itself, of a text its characters, of a list its entries. */
	least?: number;
	most?: number;
	/** Of a list: what each entry must look like; anything, where it is absent. */
	entries?: Shape;
	/** Of an object: its keys, others are left out; where it is absent, the object is taken as it is. */
	fields?: Field[];
	/** `null` is a value too. */
	nullable?: boolean;
}

/** A named value: a column, or a key of an object in one. */
export interface Field extends Shape {
	name: string;
	required: boolean;
	description: string;
}

/** What is wanted of a value, the end of a sentence after "must be": the words of a number keep agents from what is asked again. */
export const WANTED: Record<ValueKind, string> = {
	text: 'text',
	number: 'a number in digits, without separators, unit or words',
	integer: 'a whole number in digits, without separators, unit or words',
	boolean: 'true or false',
	list: 'a JSON list',
	date: 'a date as YYYY-MM-DD',
	object: 'a JSON object',
	any: 'JSON whose numbers are exact',
};

/**
 * Reads an object of an answer: each value is taken when it can mean one thing only, and is never guessed, cut or made empty to
 * fit. Keys are known whatever their case.
 *
 * @param misfits receives a sentence, without its full stop, for each value that does not fit
 * @param within how sentences name the object that holds the fields
 * @returns a value for each field, in their order; `null` for one that is empty, or does not fit
 */
export function takeFields(fields: Field[], given: Record<string, unknown>, misfits: string[], within = ''): Record<string, unknown> {
	const names = fields.map(({ name }) => name);
	return Object.fromEntries(
		fields.map((field) => {
			const label = `${within}"${field.name}"`;
			const [key, ...more] = keysOf(field.name, given, names);
			const value = key === undefined ? undefined : given[key];
			if (more.length > 0) {
				misfits.push(`${label} must be there once, but ${listOf([key, ...more])} were found`);
				return [field.name, null];
			}
			const isEmpty = value === undefined || value === null;
			if (isEmpty && (!field.required || (value === null && field.nullable))) return [field.name, null];
			if (isEmpty || (field.required && isBlank(value)))
				misfits.push(`${label} is required, but it is ${value === undefined ? 'missing' : 'empty'}`);
			else return [field.name, takeValue(field, value, misfits, label)];
			return [field.name, null];
		}),
	);
}

/**
 * The keys under which a field may stand: its own name; else those that differ in case and blanks alone; else those of the same
 * letters and digits (`employeeCount` for `employee_count`), where no other field has these.
 *
 * @param names of all fields
 */
export function keysOf(name: string, given: Record<string, unknown>, names: string[]): string[] {
	if (Object.hasOwn(given, name)) return [name];
	const keys = Object.keys(given).filter((key) => !names.includes(key));
	const alike = keys.filter((key) => plain(key) === plain(name));
	if (alike.length > 0 || letters(name) === '' || names.some((other) => other !== name && letters(other) === letters(name))) return alike;
	return keys.filter((key) => letters(key) === letters(name));
}

/** A name without what stands between its words. */
export const letters = (name: string) =>
	name
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[^\p{L}\p{M}\p{N}]/gu, '');

export const plain = (text: string) => text.trim().toLowerCase();

const isBlank = (value: unknown) => typeof value === 'string' && value.trim() === '';

/** A value in its kind; `null` with a sentence in `misfits` where it does not fit. */
export function takeValue(shape: Shape, given: unknown, misfits: string[], label: string): unknown {
	if (given === null && shape.nullable) return null;
	const before = misfits.length;
	const value = TAKE[shape.kind](given, shape, misfits, label);
	const refuse = (wanted: string) => {
		misfits.push(
			`${label} must be ${wanted}, but ${holdsRounded(given) ? 'a number with more digits than JSON keeps exactly' : found(given)} was found`,
		);
		return null;
	};
	if (misfits.length > before) return null;
	if (value === undefined) return refuse(shape.choices ? `one of ${listOf(shape.choices)}` : WANTED[shape.kind]);
	const size = typeof value === 'number' ? value : typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
	const unit = typeof value === 'string' ? ' characters long' : Array.isArray(value) ? ' entries long' : '';
	if (size !== undefined && shape.least !== undefined && size < shape.least) return refuse(`at least ${shape.least}${unit}`);
	if (size !== undefined && shape.most !== undefined && size > shape.most) return refuse(`at most ${shape.most}${unit}`);
	if (!shape.choices) return value;
	const chosen = choiceOf(shape.choices, value);
	return chosen === undefined ? refuse(`one of ${listOf(shape.choices)}`) : chosen;
}

/** How one kind is read: the value, or `undefined` for none that can mean one thing only. */
type Take = (given: unknown, shape: Shape, misfits: string[], label: string) => unknown;

const TAKE: Record<ValueKind, Take> = {
	text: (given) => (typeof given === 'string' ? given : typeof given === 'number' && !holdsRounded(given) ? String(given) : undefined),
	number: (given) => (typeof given === 'string' ? numberIn(given) : typeof given === 'number' && !holdsRounded(given) ? given : undefined),
	integer: (given, shape, misfits, label) => {
		const number = TAKE.number(given, shape, misfits, label);
		return Number.isInteger(number) ? number : undefined;
	},
	boolean: (given) => (typeof given === 'boolean' ? given : typeof given === 'string' ? WORDS.get(plain(given)) : undefined),
	date: (given) => (typeof given === 'string' ? dateIn(given) : undefined),
	list: (given, { entries }, misfits, label) => {
		const list = typeof given === 'string' ? listIn(given, entries) : given;
		if (!Array.isArray(list)) return undefined;
		return list.map((entry, index) => takeValue(entries ?? { kind: 'any' }, entry, misfits, `${label}, entry ${index + 1},`));
	},
	object: (given, { fields }, misfits, label) => {
		if (!isObject(given)) return undefined;
		return fields ? takeFields(fields, given, misfits, `${label} → `) : TAKE.any(given, { kind: 'any' }, misfits, label);
	},
	any: (given) => (holdsRounded(given) ? undefined : given),
};

const WORDS = new Map([
	['yes', true],
	['true', true],
	['no', false],
	['false', false],
]);

/** The choice that a value is, spelled as the person spelled it; `undefined` for none, and for several. */
function choiceOf(choices: unknown[], value: unknown): unknown {
	if (choices.includes(value)) return value;
	const alike = typeof value === 'string' ? choices.filter((choice) => plain(String(choice)) === plain(value)) : [];
	return alike.length === 1 ? alike[0] : undefined;
}

export const listOf = (choices: unknown[]) => choices.map((choice) => JSON.stringify(choice)).join(', ');

/** A part that is a name or a few words, and no sentence; one that ends in a full stop may be the end of one, or a part of a name. */
const PLAIN_PART = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}'’&+#/.-]*(?: [\p{L}\p{M}\p{N}'’&+#/.-]+){0,3}(?<!\.)$/u;
/** Words that join, in the languages of many rows: what stands between them may be two parts, or one. */
const JOINS =
	/(?:^|\s)(?:and|or|etc|usw|&|und|oder|sowie|en|of|et|ou|ed?|y|o|u|i|och|eller|og|ja|tai|oraz|lub|és|vagy|și|sau|nebo|alebo|и|или|та|або|ve|veya|ya)(?:\.?\s|\.?$)/iu;
/** More words than that at the end of a text with commas may be the rest of a sentence. */
const MOST_LAST_WORDS = 2;

/** The list in a text: a JSON list, or plain parts with commas between; one part alone may be a list, or the word for none. */
function listIn(text: string, entries: Shape | undefined): unknown[] | undefined {
	if (/^\s*\[/.test(text)) {
		const list = parsed(text);
		return Array.isArray(list) ? list : undefined;
	}
	const parts = text.split(',').map((part) => part.trim());
	if (parts.length === 1 && entries?.choices && choiceOf(entries.choices, parts[0]) !== undefined) return parts;
	if (parts.length < 2 || JOINS.test(text) || /\d\s*,\s*\d/.test(text)) return undefined;
	if ((parts.at(-1)?.split(' ').length ?? 0) > MOST_LAST_WORDS) return undefined;
	return parts.every((part) => PLAIN_PART.test(part)) ? parts : undefined;
}
