import type { INodeProperties } from 'n8n-workflow';

import { systemClock } from '../account/systemClock';
import { Pace } from '../batch/pace';
import type { BatchOptions } from '../batch/runBatch';
import { isAgentAiHost } from '../transport/baseUrl';
import { thrownFailure } from '../transport/failureError';
import type { Failure } from '../transport/failures';
import { InputError } from './inputError';
import { flag, found } from './text';

/** Longest time one item waits for rate limits altogether, and longest single wait, in ms (design: 15 minutes). */
const MAX_LIMIT_WAIT_MS = 15 * 60_000;
/** agent.ai's documented limit, in force on its own hosts until its answers name one. */
const DOCUMENTED_REQUESTS_PER_MINUTE = 20;

/** Batching options, for the options collection of every action that runs per item. */
export const batchingOptions: INodeProperties[] = [
	{
		displayName: 'Max Concurrency',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 100 },
		default: 5,
		description: 'How many items are sent at the same time at most. The next starts the moment one finishes.',
	},
	{
		displayName: 'Max Tries',
		name: 'maxTries',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 20 },
		default: 4,
		description:
			'How often an item is sent at most when the connection fails. Refusals by the rate limit do not count: they are waited out.',
	},
	{
		displayName: 'Requests per Minute',
		name: 'requestsPerMinute',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'How many requests may start within any 60 seconds. 0 follows the limits that agent.ai names in its answers (20 a minute until it does).',
	},
	{
		displayName: 'Retry Uncertain Failures',
		name: 'retryUncertainFailures',
		type: 'boolean',
		default: false,
		description:
			'Whether to send an item again after a timeout, a broken connection or a server error. The agent may have done the work already, and would do it twice.',
	},
	{
		displayName: 'Stop After Failures in a Row',
		name: 'stopAfterFailures',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'How many items may fail one after another before the rest are not sent. 0 never stops.',
	},
];

/** What a person can set about a batch; the rest follows from the node's error mode. */
export type BatchingSettings = Omit<BatchOptions, 'stopOnFailure'> & { requestsPerMinute: number };

/**
 * Reads and checks the batching options, one by one. They hold for the whole run and are read for the first item.
 *
 * @param get gives an option by its name, empty when it is not set; may throw
 * @returns the settings, with the default in the place of an option that cannot be used, and what is wrong with the first
 * of these
 */
export function readBatching(get: (option: string) => unknown): { settings: BatchingSettings; problem?: Failure } {
	let problem: Failure | undefined;
	const read = <T>(fallback: T, name: string, convert: (value: unknown) => T): T => {
		try {
			return convert(get(name));
		} catch (error) {
			problem ??= thrownFailure(error, 'unreadable', (text) => text);
			return fallback;
		}
	};
	const whole = (name: string, fallback: number, label: string, min: number, max: number) =>
		read(fallback, name, (value) => readWhole(value, fallback, label, min, max));
	const settings = {
		maxConcurrency: whole('maxConcurrency', 5, 'Max Concurrency', 1, 100),
		maxTries: whole('maxTries', 4, 'Max Tries', 1, 20),
		requestsPerMinute: whole('requestsPerMinute', 0, 'Requests per Minute', 0, 100_000),
		retryUncertain: read(false, 'retryUncertainFailures', (value) => flag(value, 'Retry Uncertain Failures')),
		stopAfterFailures: whole('stopAfterFailures', 0, 'Stop After Failures in a Row', 0, 1_000_000),
		maxLimitWaitMs: MAX_LIMIT_WAIT_MS,
	};
	return { settings, ...(problem ? { problem } : {}) };
}

function readWhole(value: unknown, fallback: number, label: string, min: number, max: number): number {
	if (value === undefined || value === null || value === '') return fallback;
	const number = Number(value);
	if (!Number.isInteger(number) || number < min || number > max) {
		throw new InputError(
			`${label} must be a whole number from ${min} to ${max}, but ${found(value)} was found`,
			`Correct ${label} in Options`,
		);
	}
	return number;
}

/** The pace of a run against a server: what the person has set, what the server says, or what agent.ai documents. */
export function createPace(baseUrl: string, requestsPerMinute: number): Pace {
	const requestsPerMinuteUnlessTold = isAgentAiHost(baseUrl) ? DOCUMENTED_REQUESTS_PER_MINUTE : 0;
	return new Pace({ requestsPerMinute, requestsPerMinuteUnlessTold, maxWaitMs: MAX_LIMIT_WAIT_MS }, systemClock.random);
}
