import { failure } from './failure';
import { FailureError } from './failureError';

/** Input that cannot be sent, found before any request. The message names the parameter as the panel does. */
export class InputError extends FailureError {
	constructor(message: string, advice: string) {
		super(failure('badInput', { message, advice }));
		this.name = 'InputError';
	}
}

/** A short, quoted form of a value for an error message; objects and lists by their kind only. */
export function found(value: unknown): string {
	if (typeof value === 'string') return `“${value.length > 60 ? `${value.slice(0, 60)}…` : value}”`;
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object' && value !== null) return 'an object';
	return String(value);
}
