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
