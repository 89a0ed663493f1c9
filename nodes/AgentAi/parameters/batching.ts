import type { INodeProperties } from 'n8n-workflow';

import type { BatchOptions } from '../batch/types';
import type { Failure } from '../failures/failure';
import { thrownFailure } from '../failures/failureError';
import { InputError } from '../failures/inputError';
import { isObject } from '../failures/json';
import { flag, text, wholeNumber } from './text';

/** What a chat model waits for the limits at most unless a person says otherwise, in seconds: n8n's fallback model shall get its turn. */
export const CHAT_LIMIT_WAIT_S = 60;

/** The whole numbers among the options. */
const NUMBERS = {
	handOverEvery: {
		displayName: 'Hand Over Every',
		default: 10,
		min: 1,
		max: 10_000,
		description: 'Number of answers to hand over at once. After a minute, the answers so far are handed over even if there are fewer.',
	},
	maxConcurrency: {
		displayName: 'Max Concurrency',
		default: 5,
		min: 1,
		max: 100,
		description: 'Maximum number of items sent at once. The next one starts as soon as one finishes.',
	},
	maxRateLimitWait: {
		displayName: 'Max Wait',
		default: 900,
		min: 0,
		max: 86_400,
		description:
			'Maximum time to wait for the rate limit to reset or for a server that is down, in seconds. Items that would wait longer for the limit fail immediately and name the reset time. 0 never waits. Unless you set it, a single item, and any run that somebody is waiting for, waits 60 seconds for a server that is down.',
	},
	maxRequests: {
		displayName: 'Max Requests',
		default: 0,
		min: 0,
		max: 1_000_000,
		description:
			'Maximum number of requests that one run sends, including retries and repairs. The remaining items are not sent; with On Error set to Stop Workflow, Retry continues with them. 0 means no limit.',
	},
	maxTries: {
		displayName: 'Max Tries',
		default: 4,
		min: 1,
		max: 20,
		description:
			'Maximum number of tries per item when a request fails and can be retried. Waiting for the rate limit does not use up tries.',
	},
	requestsPerMinute: {
		displayName: 'Requests per Minute',
		default: 0,
		min: 0,
		max: 100_000,
		description:
			'Maximum number of requests this node starts within any 60 seconds, across all its runs. 0 follows the rate limit that agent.ai reports (20 a minute at agent.ai until it reports one).',
	},
	stopAfterFailures: {
		displayName: 'Stop After Failures in a Row',
		default: 0,
		min: 0,
		max: 1_000_000,
		description: 'Stop sending after this many consecutive failures. Requests already running finish. 0 never stops.',
	},
};

type NumberName = keyof typeof NUMBERS;

/** Those that only operations have whose items each cost a request of their own. */
const OF_LARGE_BATCHES: NumberName[] = ['handOverEvery', 'maxRequests'];

/** One of the options that are numbers, with another default where one is given. */
export function numberOption(name: NumberName, otherDefault?: number): INodeProperties {
	const { min, max, default: usual, ...words } = NUMBERS[name];
	return { name, type: 'number', typeOptions: { minValue: min, maxValue: max }, default: otherDefault ?? usual, ...words };
}

/** Batching options, for the options collection of every action that runs per item. */
export const batchingOptions: INodeProperties[] = [
	...(Object.keys(NUMBERS) as NumberName[]).filter((name) => !OF_LARGE_BATCHES.includes(name)).map((name) => numberOption(name)),
	{
		displayName: 'Retry Uncertain Failures',
		name: 'retryUncertainFailures',
		type: 'boolean',
		default: false,
		description:
			'Whether to send an item again after a timeout, a broken connection or a server error. The agent may already have done the work, and would then do it twice.',
	},
];

/** The option *Hand Over Answers To*. */
const handOverToOption: INodeProperties = {
	displayName: 'Hand Over Answers To',
	name: 'handOverTo',
	type: 'workflowSelector',
	default: '',
	description:
		'Workflow that receives the answers while the batch runs, so that they are saved if n8n crashes. It receives the items of this node plus itemIndex, the number of the input item. An item can arrive twice, so have the workflow write by a key. In production it must be published.',
};

/** Further batching options, for operations that people run over large tables. */
export const largeBatchOptions: INodeProperties[] = [
	handOverToOption,
	...OF_LARGE_BATCHES.map((name) => numberOption(name)),
	{
		displayName: 'Send Same Request Once',
		name: 'sameRequestOnce',
		type: 'boolean',
		default: false,
		description:
			'Whether to send the same request only once per run and give its answer, or its failure, to every item that shares it. Applies to items with the same credential and without a session.',
	},
];

/** What a person can set about a batch; the rest follows from the node's error mode. */
export type BatchingSettings = Omit<BatchOptions, 'stopOnFailure' | 'live'> & {
	/** How many answers are handed over at once. */
	handOverEvery: number;
	/** Equal requests of the run are sent once. */
	sameRequestOnce: boolean;
};

/**
 * Reads and checks the batching options, one by one. They hold for the whole run and are read for the first item.
 *
 * @param get gives an option by its name, empty when it is not set; may throw
 * @param downWaitSeconds how long to wait for what is down, where *Max Wait* is not set
 * @param limitWaitSeconds the same for the limits
 * @returns the settings, with the default in the place of an option that cannot be used, and what is wrong with the first
 * of these
 */
export function readBatching(
	get: (option: string) => unknown,
	downWaitSeconds: number,
	limitWaitSeconds = NUMBERS.maxRateLimitWait.default,
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
	const whole = (name: NumberName, fallback = NUMBERS[name].default) => {
		const { displayName, min, max } = NUMBERS[name];
		return read(fallback, name, (value) => wholeNumber(value, displayName, { min, max, fallback }));
	};
	const settings = {
		handOverEvery: whole('handOverEvery'),
		maxConcurrency: whole('maxConcurrency'),
		maxRequests: whole('maxRequests'),
		maxTries: whole('maxTries'),
		requestsPerMinute: whole('requestsPerMinute'),
		retryUncertain: read(false, 'retryUncertainFailures', (value) => flag(value, 'Retry Uncertain Failures')),
		sameRequestOnce: read(false, 'sameRequestOnce', (value) => flag(value, 'Send Same Request Once')),
		stopAfterFailures: whole('stopAfterFailures'),
		maxLimitWaitMs: 1000 * whole('maxRateLimitWait', limitWaitSeconds),
		maxDownWaitMs: 1000 * whole('maxRateLimitWait', downWaitSeconds),
	};
	return { settings, ...(problem ? { problem } : {}) };
}

/**
 * Reads the workflow that answers are handed over to.
 *
 * @param value as the panel stores it, or a plain ID
 * @param ownId ID of the workflow that runs
 * @returns its ID, `undefined` where none is chosen
 * @throws InputError for that workflow itself, which would start itself without end
 */
export function readHandOverTo(value: unknown, ownId: string | undefined): string | undefined {
	const id = text(isObject(value) ? value.value : value, 'Hand Over Answers To').trim();
	if (id === '') return undefined;
	if (id !== ownId) return id;
	throw new InputError(
		'Hand Over Answers To names the workflow in which this node stands',
		'It would start itself over and over. Choose another workflow that saves the answers. Nothing was sent',
	);
}
