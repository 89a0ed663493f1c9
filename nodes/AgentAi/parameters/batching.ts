import type { INodeProperties } from 'n8n-workflow';

import type { BatchOptions } from '../batch/runBatch';
import type { Failure } from '../failures/failure';
import { thrownFailure } from '../failures/failureError';
import { found, InputError } from '../failures/inputError';
import { flag } from './text';

/** Longest *Max Rate Limit Wait*, in seconds: a day. */
const LONGEST_LIMIT_WAIT_S = 86_400;
/** What one run waits for the limits at most unless a person says otherwise, in seconds. */
const LIMIT_WAIT_S = 900;
/** The same for a chat model: n8n's fallback model shall get its turn. */
export const CHAT_LIMIT_WAIT_S = 60;

/**
 * The option *Max Rate Limit Wait*.
 *
 * @param defaultSeconds the default, in seconds
 */
export const limitWaitOption = (defaultSeconds: number): INodeProperties => ({
	displayName: 'Max Rate Limit Wait',
	name: 'maxRateLimitWait',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: LONGEST_LIMIT_WAIT_S },
	default: defaultSeconds,
	description:
		'How many seconds to wait at most until the request limit of the account lifts, and until a server that is down is back (60 unless set, where a person waits or there is a single item). What would have to wait longer for the limit fails at once and says until when. 0 never waits.',
});

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
	limitWaitOption(LIMIT_WAIT_S),
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
			'How many requests of the account may start within any 60 seconds, those of other workflows and chats included. 0 follows the limits that agent.ai names in its answers (20 a minute until it does).',
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
export type BatchingSettings = Omit<BatchOptions, 'stopOnFailure' | 'live' | 'byHand'>;

/**
 * Reads and checks the batching options, one by one. They hold for the whole run and are read for the first item.
 *
 * @param get gives an option by its name, empty when it is not set; may throw
 * @param downWaitSeconds how long to wait for what is down, where *Max Rate Limit Wait* is not set
 * @param limitWaitSeconds the default of *Max Rate Limit Wait*
 * @returns the settings, with the default in the place of an option that cannot be used, and what is wrong with the first
 * of these
 */
export function readBatching(
	get: (option: string) => unknown,
	downWaitSeconds: number,
	limitWaitSeconds = LIMIT_WAIT_S,
): { settings: BatchingSettings; problem?: Failure } {
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
		maxLimitWaitMs: 1000 * whole('maxRateLimitWait', limitWaitSeconds, 'Max Rate Limit Wait', 0, LONGEST_LIMIT_WAIT_S),
		maxDownWaitMs: 1000 * whole('maxRateLimitWait', downWaitSeconds, 'Max Rate Limit Wait', 0, LONGEST_LIMIT_WAIT_S),
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
