import { type Failure, failure } from './failures';
import type { Redactor } from './redact';

/** A failure on its way up to the item that it belongs to. */
export class FailureError extends Error {
	constructor(readonly failure: Failure) {
		super(failure.message);
		this.name = 'FailureError';
	}
}

/**
 * The failure in whatever was thrown: our own, or what n8n says of an expression that it could not resolve.
 *
 * @param redact takes secrets out of texts that are not ours
 */
export function thrownFailure(error: unknown, redact: Redactor): Failure {
	if (error instanceof FailureError) return error.failure;
	const { message, description } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
	return failure('unreadable', {
		...(typeof message === 'string' && message !== '' ? { message: redact(message) } : {}),
		...(typeof description === 'string' && description !== '' ? { advice: redact(description) } : {}),
	});
}
