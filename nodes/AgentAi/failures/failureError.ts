import { excerpt, type Redact } from './excerpt';
import { type Failure, failure } from './failure';
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
 * @param redact takes secrets out of texts that are not ours
 */
export function thrownFailure(error: unknown, kind: 'credential' | 'unreadable', redact: Redact, label?: string): Failure {
	if (error instanceof FailureError) return error.failure;
	const of = textsOf(error);
	const ofContext = textsOf((error as { context?: unknown } | null | undefined)?.context);
	const [message, template, descriptionKey] = [of('message'), ofContext('messageTemplate'), ofContext('descriptionKey')];
	const where = label === undefined ? '' : `In ${label}: `;
	// a template with a gap is for n8n's panel, which fills it
	const advice = of('description') ?? ofContext('causeDetailed') ?? (/%%|\{\{/.test(template ?? '') ? undefined : template);
	return {
		...failure(kind, { ...(message ? { message: redact(where + message) } : {}), ...(advice ? { advice: redact(advice) } : {}) }),
		...(descriptionKey ? { help: { descriptionKey, nodeCause: ofContext('nodeCause') } } : {}),
	};
}

/**
 * The failure of an item on whose way something was thrown that nobody expected: no other item pays for it. It carries the
 * stack, so that the log can tell whoever mends it where.
 *
 * @param redact takes secrets out of the text; where nobody knows which these are, the error's words are left out
 */
export function unexpectedFailure(error: unknown, redact?: Redact): Failure {
	if (error instanceof FailureError) return error.failure;
	const of = textsOf(error);
	const [name = 'Error', message = ''] = [of('name'), of('message')];
	const said = redact ? excerpt(redact(`${name}: ${message}`)) : name.replace(/\W.*/s, '');
	// the first lines of a stack repeat the message, uncut
	const stack = (of('stack') ?? '').replace(message, '');
	const frames = (redact ? redact(stack) : stack).match(/^ {4}at .{1,300}/gm) ?? [];
	return failure('unexpected', { said, stack: [said, ...frames.slice(0, MAX_FRAMES)].join('\n') });
}

/** What stands below in a stack is n8n's own. */
const MAX_FRAMES = 15;

/** Gives the text that something thrown has under a name. */
function textsOf(thrown: unknown): (name: string) => string | undefined {
	const fields = (typeof thrown === 'object' && thrown !== null ? thrown : { message: thrown }) as Record<string, unknown>;
	return (name) => (typeof fields[name] === 'string' ? fields[name] : undefined);
}
