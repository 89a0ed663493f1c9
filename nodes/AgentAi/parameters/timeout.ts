import type { INodeProperties } from 'n8n-workflow';

import { found, InputError } from '../failures/inputError';

/** Longest timeout that a timer of Node.js can hold, in seconds (about 23 days). */
const MAX_TIMEOUT_S = 2_000_000;

/** The option *Timeout* with an action's own default, in seconds. */
export function timeoutOption(defaultSeconds: number, description: string): INodeProperties {
	return {
		displayName: 'Timeout',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: defaultSeconds,
		description,
	};
}

/**
 * The timeout of one item in seconds, or `undefined` when the field was emptied: the action's own default holds then.
 *
 * @throws InputError
 */
export function readTimeout(value: unknown, defaultSeconds: number): number | undefined {
	if (value === undefined) return defaultSeconds;
	if (value === null || value === '') return undefined;
	const seconds = Number(value);
	if (!Number.isFinite(seconds) || seconds <= 0 || seconds > MAX_TIMEOUT_S) {
		throw new InputError(
			`Timeout must be a number of seconds from 1 to ${MAX_TIMEOUT_S}, not ${found(value)}`,
			'Correct Timeout in Options',
		);
	}
	return seconds;
}
