import { withoutInvisible } from '../client/token';
import { found, InputError } from '../failures/inputError';
import { isObject } from '../failures/json';

/**
 * The text of a date, which n8n's expressions give as a `Date` or as a `DateTime` of luxon; `undefined` for anything else.
 *
 * @param format the `format` of its JSON schema: `date` is yyyy-MM-dd, any other the whole moment (ISO 8601)
 */
export function dateText(value: unknown, format?: string): string | undefined {
	if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : shorten(value.toISOString(), format);
	if (!isObject(value) || typeof value.toISO !== 'function') return undefined;
	const iso: unknown = value.toISO();
	return typeof iso === 'string' ? shorten(iso, format) : undefined;
}

const shorten = (iso: string, format?: string) => (format === 'date' ? iso.slice(0, 'yyyy-MM-dd'.length) : iso);

/**
 * The text of a parameter: expressions may give numbers, booleans and dates where text is wanted, and nothing at all.
 *
 * @throws InputError for objects and lists
 */
export function text(value: unknown, label: string): string {
	if (value === undefined || value === null) return '';
	const date = dateText(value);
	if (date !== undefined) return date;
	if (typeof value === 'object') {
		throw new InputError(
			`${label} must be text, not ${found(value)}`,
			'Choose the field with the text, or use JSON.stringify() in the expression',
		);
	}
	return String(value);
}

/**
 * A name that goes into a header or a key of the gateway: invisible characters and the white space around it are taken
 * off, and what no name can hold is refused.
 *
 * @throws InputError for control characters, line breaks and halves of a character
 */
export function nameText(value: unknown, label: string): string {
	const name = withoutInvisible(text(value, label));
	if (/[\p{Cc}\p{Cs}]/u.test(name)) {
		throw new InputError(
			`${label} contains a line break or another control character`,
			`Remove it, in an expression with .replace(/\\s+/g, " ") around the value of ${label}`,
		);
	}
	return name;
}

/**
 * A whole number among the options; `fallback` where it is not set.
 *
 * @throws InputError for anything else than a whole number within the bounds
 */
export function wholeNumber(value: unknown, label: string, { min, max, fallback }: { min: number; max: number; fallback: number }): number {
	if (value === undefined || value === null || value === '') return fallback;
	const number = Number(value);
	if (Number.isInteger(number) && number >= min && number <= max) return number;
	throw new InputError(`${label} must be a whole number from ${min} to ${max}, not ${found(value)}`, `Correct ${label} in Options`);
}

/**
 * Whether a switch is on; expressions and handwritten workflows give the words as text.
 *
 * @throws InputError for anything that is neither true nor false; nothing at all is false
 */
export function flag(value: unknown, label: string): boolean {
	if (value === undefined || value === null) return false;
	if (typeof value === 'boolean') return value;
	if (typeof value === 'string') {
		const word = value.trim().toLowerCase();
		if (word === 'true') return true;
		if (word === 'false' || word === '') return false;
	}
	throw new InputError(`${label} must be true or false, not ${found(value)}`, `Turn ${label} on or off, or correct its expression`);
}
