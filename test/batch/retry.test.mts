import {
	beginNext,
	beginTry,
	effortOf,
	endingFailure,
	limitsOf,
	nextTry,
	noteFailure,
	noTries,
	retryDelayMs,
	type Tries,
} from '../../nodes/AgentAi/batch/retry.ts';
import { failure } from '../../nodes/AgentAi/failures/failure.ts';
import type { Delivery, Shared } from '../../nodes/AgentAi/failures/failureRow.ts';
import { VirtualClock } from '../support/virtualClock.mts';

const OPTIONS = { maxTries: 3, retryUncertain: false, maxLimitWaitMs: 1_000, maxDownWaitMs: 0, requestsPerMinute: 0, live: false };
const AFTER = { again: 'after', delayMs: 500 };
const NEVER = { again: 'never' };

interface Row {
	delivery: Delivery;
	before?: Partial<Tries>;
	retryUncertain?: boolean;
	reads?: boolean;
	passedOn?: boolean;
	isDown?: boolean;
	mayWaitMs?: number;
	next: object;
	/** What of the tries is as it is after; nothing of a wait, unless it says so. */
	after?: Partial<Tries>;
}

test.each<[string, Row]>([
	['not delivered', { delivery: 'notDelivered', next: AFTER, after: { counted: 1, waitingSince: 0 } }],
	[
		'not delivered, twice',
		{ delivery: 'notDelivered', before: { counted: 2 }, next: { again: 'after', delayMs: 1_000 }, after: { counted: 2 } },
	],
	['not delivered, as often as it may be tried', { delivery: 'notDelivered', before: { counted: 3 }, next: NEVER, after: { counted: 3 } }],
	['not delivered, once shown', { delivery: 'notDelivered', passedOn: true, next: NEVER }],
	[
		'down, and waited for',
		{ delivery: 'notDelivered', before: { counted: 3 }, isDown: true, next: { again: 'whenBack' }, after: { counted: 2, waitingSince: 0 } },
	],
	['uncertain', { delivery: 'uncertain', next: NEVER }],
	['uncertain and down', { delivery: 'uncertain', isDown: true, next: NEVER }],
	['uncertain, where that is allowed', { delivery: 'uncertain', retryUncertain: true, next: AFTER }],
	[
		'uncertain and down, where that is allowed: it may have run each time',
		{
			delivery: 'uncertain',
			retryUncertain: true,
			before: { counted: 2 },
			isDown: true,
			next: { again: 'whenBack' },
			after: { counted: 2 },
		},
	],
	[
		'uncertain and down, as often as it may be tried',
		{ delivery: 'uncertain', retryUncertain: true, before: { counted: 3 }, isDown: true, next: NEVER },
	],
	['uncertain, of what only reads', { delivery: 'uncertain', reads: true, next: AFTER }],
	[
		'uncertain and down, of what only reads',
		{ delivery: 'uncertain', reads: true, before: { counted: 3 }, isDown: true, next: { again: 'whenBack' }, after: { counted: 2 } },
	],
	['final', { delivery: 'final', retryUncertain: true, next: NEVER }],
	[
		'refused by the limit',
		{
			delivery: 'rateLimited',
			before: { counted: 3 },
			next: { again: 'whenAllowed' },
			after: { counted: 2, refusals: 1, refused: true, waitingSince: 0 },
		},
	],
	['refused and down', { delivery: 'rateLimited', isDown: true, next: { again: 'whenAllowed' }, after: { counted: 0 } }],
	['refused for the 20th time', { delivery: 'rateLimited', before: { refusals: 19 }, next: { again: 'whenAllowed' } }],
	['refused for the 21st time', { delivery: 'rateLimited', before: { refusals: 20 }, next: NEVER, after: { refused: true } }],
	[
		'refused for the 21st time, having waited half a minute',
		{ delivery: 'rateLimited', before: { refusals: 20, limitWaitMs: 30_000 }, mayWaitMs: 86_400_000, next: { again: 'whenAllowed' } },
	],
	[
		'refused for the 22nd time, having waited half a minute',
		{ delivery: 'rateLimited', before: { refusals: 21, limitWaitMs: 30_000 }, mayWaitMs: 86_400_000, next: NEVER },
	],
	[
		'refused, having waited almost as long as it may',
		{ delivery: 'rateLimited', before: { limitWaitMs: 999 }, next: { again: 'whenAllowed' } },
	],
	['refused, having waited as long as it may', { delivery: 'rateLimited', before: { limitWaitMs: 1_000 }, next: NEVER }],
	['not delivered after a refusal', { delivery: 'notDelivered', before: { refused: true }, next: AFTER, after: { refused: false } }],
])(
	'what follows a try that was %s',
	(
		_what,
		{ delivery, before, retryUncertain = false, reads, passedOn, isDown = false, mayWaitMs = OPTIONS.maxLimitWaitMs, next, after = {} },
	) => {
		const tries: Tries = { ...noTries(), counted: 1, ...before };
		const failed = failure('unexpected', { delivery });
		const options = { ...OPTIONS, retryUncertain, reads, maxLimitWaitMs: mayWaitMs };
		expect(nextTry({ ok: false, failure: failed, passedOn }, tries, options, new VirtualClock(), isDown)).toEqual(next);
		expect(tries).toMatchObject(after);
		expect(tries.lastFailure).toBe(next === NEVER ? undefined : failed);
	},
);

test('a try counts what was waited for before it', () => {
	const waited: Tries = { ...noTries(), waitingSince: 100 };
	beginTry(waited, 350);
	expect(effortOf(waited)).toEqual({ tries: 1, uncertain: 0, latencyMs: 0, waitedMs: 250, limitWaitMs: 0, sessionWaitMs: 0 });
	expect(waited).toMatchObject({ counted: 1, waitingSince: undefined });
	waited.waitingSince = 400;
	beginTry(waited, 410);
	expect(waited).toMatchObject({ tries: 2, waitedMs: 260 });
	const first = noTries();
	beginTry(first, 350);
	expect(first).toMatchObject({ tries: 1, counted: 1, waitedMs: 0, limitWaitMs: 0, refusals: 0, refused: false });
});

test('a further request has tries of its own, and what it costs adds up', () => {
	const tries: Tries = { ...noTries(), tries: 4, waitedMs: 7, counted: 3, refusals: 2, refused: true, lastFailure: failure('dns') };
	noteFailure(tries, failure('timeout'));
	beginNext(tries);
	expect(tries).toEqual({ ...noTries(), tries: 4, waitedMs: 7, lastFailure: undefined, lastUncertain: undefined });
});

test.each<[string, Shared | undefined, boolean]>([
	['nobody', undefined, true],
	['the account', { scope: 'account', as: 'down' }, true],
	['an instance that refuses', { scope: 'instance', as: 'refused' }, true],
	['an instance that is down', { scope: 'instance', as: 'down' }, false],
])('the wait that the failure of %s orders', (_who, shared, holds) => {
	const failed = { ...failure('unexpected'), ...(shared ? { shared } : { shared: undefined }) };
	const limits = { retryAfterMs: 1_000, windows: [{ name: 'minute', remaining: 3 }] };
	expect(limitsOf({ ok: false, failure: failed, limits })).toEqual({ ...limits, retryAfterMs: holds ? 1_000 : undefined });
	expect(limitsOf({ ok: true, value: '', limits })).toBe(limits);
});

test('the wait between tries doubles from a second to half a minute, with full jitter', () => {
	expect([1, 2, 3, 5, 6, 7, 20].map((tries) => retryDelayMs(tries, 0.99999))).toEqual([
		1_000, 2_000, 4_000, 16_000, 30_000, 30_000, 30_000,
	]);
	expect([retryDelayMs(3, 0), retryDelayMs(3, 0.25)]).toEqual([0, 1_000]);
});

test('a job ends with the try that may have been carried out, whatever came after it', () => {
	const [timeout, dns] = [failure('timeout'), failure('dns')];
	const tries = noTries();
	noteFailure(tries, dns);
	expect(endingFailure(tries, dns)).toBe(dns);
	noteFailure(tries, timeout);
	noteFailure(tries, dns);
	expect(tries.uncertain).toBe(1);
	const ended = endingFailure(tries, { ...dns, resetsAt: '2026-12-02T10:00:00.000Z' });
	expect(ended).toMatchObject({ kind: 'timeout', delivery: 'uncertain', resetsAt: '2026-12-02T10:00:00.000Z' });
	expect(ended.description).toMatch(/^The last try failed with: .*not found/);
	noteFailure(tries, timeout);
	expect(tries.uncertain).toBe(2);
	expect(endingFailure(tries, timeout)).toBe(timeout);
});
