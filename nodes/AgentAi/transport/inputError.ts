import { FailureError } from './failureError';
import { failure } from './failures';

/** Input that cannot be sent, found before any request. The message names the parameter as the panel does. */
export class InputError extends FailureError {
	/**
	 * @param message what is wrong with which parameter, and what was found
	 * @param advice what to do instead
	 */
	constructor(message: string, advice: string) {
		super(failure('badInput', { message, advice }));
		this.name = 'InputError';
	}
}
