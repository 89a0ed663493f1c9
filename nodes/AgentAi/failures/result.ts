import type { Failure } from './failure';

/**
 * What agent.ai answers to every action: `{ status, response, error?, metadata? }`.
 * The contract types `response` as an object; other actions return strings, arrays and null, so it is kept as it comes.
 */
export interface ActionResponse {
	status?: number;
	response?: unknown;
	error?: unknown;
	metadata?: unknown;
	[key: string]: unknown;
}

/** A value, or why there is none: the one way in which anything of this package ends. */
export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };
