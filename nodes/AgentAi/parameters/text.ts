import { InputError } from './inputError';

/** A short, quoted form of a value for an error message; objects and lists by their kind only. */
export function found(value: unknown): string {
	if (typeof value === 'string') return `“${value.length > 60 ? `${value.slice(0, 60)}…` : value}”`;
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object' && value !== null) return 'an object';
	return String(value);
}

/**
 * The text of a parameter: expressions may give numbers and booleans where text is wanted, and nothing at all.
 *
 * @param label the parameter's name in the panel
 * @throws InputError for objects and lists
 */
export function text(value: unknown, label: string): string {
	if (value === undefined || value === null) return '';
	if (typeof value === 'object') {
		throw new InputError(
			`${label} must be text, but ${found(value)} was found`,
			'Pick the field that holds the text, or wrap the value in JSON.stringify() in the expression',
		);
	}
	return String(value);
}

/** Characters that people paste without seeing them. */
const INVISIBLE = /[\u00AD\u200B-\u200F\u2060\uFEFF]/g;

const withoutInvisible = (value: string) => value.replace(INVISIBLE, '').trim();

/**
 * A name that goes into a header or a key of the gateway: invisible characters and the white space around it are taken
 * off, and what no name can hold is refused.
 *
 * @param label the parameter's name in the panel
 * @throws InputError for control characters, line breaks and halves of a character
 */
export function nameText(value: unknown, label: string): string {
	const name = withoutInvisible(text(value, label));
	if (/[\p{Cc}\p{Cs}]/u.test(name)) {
		throw new InputError(
			`${label} holds a line break or another control character`,
			`Remove it, in an expression with .replace(/\\s+/g, " ") around the value of ${label}`,
		);
	}
	return name;
}

/**
 * A token as it is sent: without the word “Bearer” in front, which people copy along, and without invisible characters.
 *
 * @param label the field's name, with the credential it stands in; the token itself is never repeated
 * @throws InputError when it holds a character that an HTTP header cannot carry (RFC 9110, section 5.5: visible ASCII)
 */
export function tokenText(value: unknown, label: string): string {
	const token = withoutInvisible(text(value, label).trim())
		.replace(/^bearer(?:\s+|$)/i, '')
		.trim();
	if (/[^\x20-\x7e]/.test(token)) {
		throw new InputError(
			`${label} holds a character that no token can have`,
			'Copy the token again from where it was made: a line break, an accent or a letter of another alphabet has slipped in',
		);
	}
	return token;
}

/**
 * Whether a switch is on; expressions and handwritten workflows give the words as text.
 *
 * @param label the parameter's name in the panel
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
	throw new InputError(
		`${label} must be true or false, but ${found(value)} was found`,
		`Turn ${label} on or off, or correct its expression`,
	);
}
