import { excerpt } from './excerpt';
import { type Failure, failure } from './failure';
import type { Redact } from './redaction';
import type { Result } from './result';

/** A failure on its way up to the item that it belongs to. */
export class FailureError extends Error {
	constructor(readonly failure: Failure) {
		super(failure.message);
		this.name = 'FailureError';
	}
}

/**
 * The value of a result, for callers whose own caller takes failures by exception.
 *
 * @throws FailureError
 */
export function unwrap<T>(result: Result<T>): T {
	if (result.ok) return result.value;
	throw new FailureError(result.failure);
}

/**
 * The failure in whatever was thrown before anything was sent: our own, or what n8n says of a credential or of an
 * expression.
 *
 * @param kind what was being read
 * @param redact takes secrets out of texts that are not ours
 */
export function thrownFailure(error: unknown, kind: 'credential' | 'unreadable', redact: Redact): Failure {
	if (error instanceof FailureError) return error.failure;
	const { message, description } = fieldsOf(error);
	return failure(kind, {
		...(message ? { message: redact(message) } : {}),
		...(description ? { advice: redact(description) } : {}),
	});
}

/**
 * The failure of an item on whose way something was thrown that nobody expected: no other item pays for it. It carries the
 * stack, so that the log can tell whoever mends it where.
 *
 * @param redact takes secrets out of the text
 */
export function unexpectedFailure(error: unknown, redact: Redact): Failure {
	if (error instanceof FailureError) return error.failure;
	const { name = 'Error', message = '', stack = '' } = fieldsOf(error);
	const said = excerpt(redact(`${name}: ${message}`));
	// the first lines of a stack repeat the message, uncut
	const frames = redact(stack).match(/^ {4}at .{1,300}/gm) ?? [];
	return failure('unexpected', { said, stack: [said, ...frames.slice(0, MAX_FRAMES)].join('\n') });
}

/** What stands below in a stack is n8n's own. */
const MAX_FRAMES = 15;

function fieldsOf(error: unknown): { name?: string; message?: string; description?: string; stack?: string } {
	const fields = (typeof error === 'object' && error !== null ? error : { message: error }) as Record<string, unknown>;
	const text = (field: string) => (typeof fields[field] === 'string' ? fields[field] : undefined);
	return { name: text('name'), message: text('message'), description: text('description'), stack: text('stack') };
}
