import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { limitReader } from '../../nodes/AgentAi/limiter/limitHeaders.ts';
import { ServerClock } from '../../nodes/AgentAi/limiter/serverClock.ts';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);
const SECONDS = NOW / 1000;

const read = (headers: Record<string, unknown>, status: number, text = '', json?: unknown) =>
	limitReader(headers, status, new ServerClock(), () => NOW)({ text, json });

/** What the policy of both windows says. */
const TWO = {
	windows: [
		{ name: 'ratelimit', limit: 20, lengthMs: 60_000 },
		{ name: 'ratelimit', limit: 1000, lengthMs: 86_400_000 },
	],
};

/** One window, of agent.ai's own headers unless it has another name. */
const one = (window: object) => ({ windows: [{ name: 'ratelimit', ...window }] });

test.each<[string, Record<string, unknown>, object]>([
	['nothing', {}, {}],
	[
		'the plain spelling, epoch seconds rounded down',
		{ 'ratelimit-limit': '20', 'ratelimit-remaining': '7', 'ratelimit-reset': String(SECONDS + 30) },
		one({ limit: 20, remaining: 7, resetInMs: 31_000, fixedEnd: true }),
	],
	[
		'the date is finer than the seconds',
		{ 'ratelimit-remaining': '0', 'ratelimit-reset': String(SECONDS + 30), 'ratelimit-reset-date': '2026-11-23T12:00:30.250Z' },
		one({ remaining: 0, resetInMs: 30_250, fixedEnd: true }),
	],
	[
		'a date without a zone is UTC',
		{ 'ratelimit-remaining': '0', 'ratelimit-reset-date': '2026-11-23 12:00:30' },
		one({ remaining: 0, resetInMs: 30_000, fixedEnd: true }),
	],
	[
		'the X-AgentAI spelling',
		{
			'x-agentai-ratelimit-limit': '1000',
			'x-agentai-ratelimit-remaining': '0',
			'x-agentai-ratelimit-resetat': '2026-11-23T13:00:00Z',
			'x-agentai-ratelimit-policy': '1000 per day',
		},
		one({ name: 'x-agentai-ratelimit', limit: 1000, remaining: 0, resetInMs: 3_600_000, fixedEnd: true, lengthMs: 86_400_000 }),
	],
	['breached without a number', { 'x-agentai-ratelimit-breached': 'true' }, one({ name: 'x-agentai-ratelimit', remaining: 0 })],
	['a reset in seconds from now', { 'ratelimit-remaining': '3', 'ratelimit-reset': '42' }, one({ remaining: 3, resetInMs: 42_000 })],
	[
		'a reset in milliseconds',
		{ 'ratelimit-remaining': '3', 'ratelimit-reset': String(NOW + 5_000) },
		one({ remaining: 3, resetInMs: 5_000, fixedEnd: true }),
	],
	[
		'structured values',
		{ 'ratelimit-limit': '20, 20;w=60', 'ratelimit-remaining': '5' },
		one({ limit: 20, remaining: 5, lengthMs: 60_000 }),
	],
	['Retry-After on an answer is no order', { 'ratelimit-remaining': '999', 'retry-after': '30' }, one({ remaining: 999 })],
	[
		'the IETF draft, latest',
		{ ratelimit: '"default";r=0;t=2', 'ratelimit-policy': '"default";q=20;w=60' },
		one({ name: 'default', limit: 20, remaining: 0, resetInMs: 2000, lengthMs: 60_000 }),
	],
	[
		'two windows, each with its name',
		{ ratelimit: '"minute";r=7;t=2, "day";r=0;t=7200', 'ratelimit-policy': '"minute";q=20;w=60' },
		{
			windows: [
				{ name: 'minute', limit: 20, remaining: 7, resetInMs: 2000, lengthMs: 60_000 },
				{ name: 'day', remaining: 0, resetInMs: 7_200_000, lengthMs: 86_400_000 },
			],
		},
	],
	[
		'two families of headers, each with its own window',
		{
			'ratelimit-limit': '20',
			'ratelimit-remaining': '7',
			'x-agentai-ratelimit-limit': '1000',
			'x-agentai-ratelimit-policy': '1000;w=86400',
		},
		{
			windows: [
				{ name: 'ratelimit', limit: 20, remaining: 7 },
				{ name: 'x-agentai-ratelimit', limit: 1000, lengthMs: 86_400_000 },
			],
		},
	],
	[
		'OpenAI’s spelling',
		{ 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '59', 'x-ratelimit-reset-requests': '1m2s' },
		one({ name: 'x-ratelimit-requests', limit: 60, remaining: 59, resetInMs: 62_000 }),
	],
	['a duration of milliseconds', { 'x-ratelimit-reset-requests': '6ms' }, one({ name: 'x-ratelimit-requests', resetInMs: 6 })],
	['draft 07', { ratelimit: 'limit=20, remaining=0, reset=2' }, one({ limit: 20, remaining: 0, resetInMs: 2000 })],
	[
		'the x- spelling',
		{ 'x-ratelimit-limit': '20', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2' },
		one({ name: 'x-ratelimit', limit: 20, remaining: 0, resetInMs: 2000 }),
	],
	[
		'a reset in nanoseconds',
		{
			'x-agentai-ratelimit-policy': '1000;w=86400',
			'x-agentai-ratelimit-remaining': '0',
			'x-agentai-ratelimit-resetat': `${NOW + 5_000}000000`,
		},
		one({ name: 'x-agentai-ratelimit', limit: 1000, remaining: 0, resetInMs: 5000, fixedEnd: true, lengthMs: 86_400_000 }),
	],
	['a reset beyond all dates', { 'ratelimit-reset': '99999999999999999999999999' }, one({ resetInMs: 31 * 86_400_000 })],
	[
		'the policy’s window of the named size',
		{ 'ratelimit-limit': '1000', 'ratelimit-policy': '20;w=60, 1000;w=86400' },
		{
			windows: [
				{ name: 'ratelimit', limit: 1000, lengthMs: 86_400_000 },
				{ name: 'ratelimit', limit: 20, lengthMs: 60_000 },
			],
		},
	],
	['a reset in years from now', { 'ratelimit-reset': '99999999' }, one({ resetInMs: 31 * 86_400_000 })],
	['a duration of years', { 'ratelimit-reset': '9999d' }, one({ resetInMs: 31 * 86_400_000 })],
	['garbage in the draft’s field', { ratelimit: ';;,=,""";r=x;t=-1', 'ratelimit-policy': '\u0000;w=soon' }, {}],
	['nonsense', { 'ratelimit-limit': 'many', 'ratelimit-remaining': '-1', 'retry-after': 'soon' }, {}],
])('%s', (_what, headers, expected) => expect(read(headers, 200)).toEqual(expected));

test('a server whose clock is an hour ahead is understood by its own date', () => {
	const headers = {
		date: 'Mon, 23 Nov 2026 13:00:00 GMT',
		'ratelimit-remaining': '0',
		'ratelimit-reset-date': '2026-11-23T13:00:20Z',
		'retry-after': 'Mon, 23 Nov 2026 13:00:20 GMT',
	};
	expect(read(headers, 429)).toEqual({
		...one({ remaining: 0, resetInMs: 20_000, fixedEnd: true }),
		retryAfterMs: 20_000,
		refused: true,
	});
});

test.each<[string, Record<string, unknown>, string, object]>([
	['seconds', { 'retry-after': '12' }, '', { retryAfterMs: 12_000 }],
	['zero', { 'retry-after': '0' }, '', { retryAfterMs: 0 }],
	['a date', { 'retry-after': 'Mon, 23 Nov 2026 12:00:45 GMT' }, '', { retryAfterMs: 45_000 }],
	['a date that has passed', { 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT' }, '', { retryAfterMs: 0 }],
	[
		'the policy names both windows',
		{ 'ratelimit-policy': '20;w=60, 1000;w=86400', 'retry-after': '1' },
		'',
		{ ...TWO, retryAfterMs: 1000 },
	],
	['milliseconds', { 'retry-after-ms': '1500', 'retry-after': '2' }, '', { retryAfterMs: 1500 }],
	['the text names both windows', { 'retry-after': '1' }, 'Limits: 20 requests per minute, 1000 requests per day', { retryAfterMs: 1000 }],
	[
		'the text names both, the wait is the day’s',
		{ 'retry-after': '40000' },
		'Limits: 20/min, 1000/day',
		{ retryAfterMs: 40_000_000, daily: true },
	],
	[
		'the text names the minute, the policy the day',
		{ 'x-agentai-ratelimit-policy': '1000;w=86400' },
		'20 requests per minute',
		one({ limit: 1000, lengthMs: 86_400_000 }),
	],
	[
		'the day’s window has some left, whatever its policy',
		{ 'x-agentai-ratelimit-limit': '1000', 'x-agentai-ratelimit-remaining': '896', 'x-agentai-ratelimit-policy': '1000;w=86400' },
		'',
		one({ name: 'x-agentai-ratelimit', limit: 1000, remaining: 896, lengthMs: 86_400_000 }),
	],
	[
		'the minute’s window has none left, the policy names the day',
		{ 'ratelimit-limit': '20', 'ratelimit-remaining': '0', 'x-agentai-ratelimit-policy': '1000;w=86400' },
		'',
		{
			windows: [
				{ name: 'ratelimit', limit: 20, remaining: 0 },
				{ name: 'ratelimit', limit: 1000, lengthMs: 86_400_000 },
			],
		},
	],
	[
		'the day’s window has none left',
		{ 'x-agentai-ratelimit-limit': '1000', 'x-agentai-ratelimit-remaining': '0', 'x-agentai-ratelimit-policy': '1000;w=86400' },
		'',
		{ ...one({ name: 'x-agentai-ratelimit', limit: 1000, remaining: 0, lengthMs: 86_400_000 }), daily: true },
	],
	[
		'nothing is said of what is left, the policy names the day',
		{ 'x-agentai-ratelimit-policy': '1000;w=86400' },
		'',
		{ ...one({ limit: 1000, lengthMs: 86_400_000 }), daily: true },
	],
	...[
		'Rate limit exceeded: 1000 per 1 day',
		'Daily limit reached',
		'1000 requests/day',
		'You have used all requests of today',
		'1000 requests in 24 hours',
		'RPD exceeded',
	].map((said): [string, Record<string, unknown>, string, object] => [
		said,
		{ 'retry-after': '40000' },
		said,
		{ retryAfterMs: 40_000_000, daily: true },
	]),
	['Daily limit reached. Try again in 5 hours.', {}, 'Daily limit reached. Try again in 5 hours.', { daily: true }],
	['Daily quota: retry after 300 seconds', {}, 'Daily quota: retry after 300 seconds', { daily: true }],
	['Limit: 20 requests per-minute, 1000 daily', {}, 'Limit: 20 requests per-minute, 1000 daily', {}],
	['1000/day, 20/60 seconds', {}, '1000/day, 20/60 seconds', {}],
])('a refusal: %s', (_what, headers, said, expected) => expect(read(headers, 429, said)).toEqual({ ...expected, refused: true }));

test.each<[string, object, number | undefined]>([
	['at the top', { retry_after: 2.5 }, 2_500],
	['in the error', { error: { retry_after: '3' } }, 3_000],
	['a time since 1970', { retry_after: SECONDS + 20 }, 21_000],
	['a date', { error: { retry_after: '2026-11-23T12:00:20.500Z' } }, 20_500],
	['nonsense', { retry_after: 'soon' }, undefined],
])('a wait that only the body of a refusal names: %s', (_where, body, waitMs) =>
	expect(read({}, 429, '', body)).toEqual({ ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }), refused: true }),
);

test('dates are read alike in every zone that n8n may run in: those without one are UTC', () => {
	const dates = [
		'2026-11-23 12:00:30',
		'2026-11-23T12:00:30.000',
		'2026-11-23T12:00:30Z',
		'2026-11-23T14:00:30+02:00',
		'Mon, 23 Nov 2026 12:00:30',
		'Mon, 23 Nov 2026 12:00:30 GMT',
		'Mon, 23 Nov 2026 07:00:30 -0500',
		'Monday, 23-Nov-26 12:00:30',
		'Mon Nov 23 12:00:30 2026',
	];
	const room = join(__dirname, '../../nodes/AgentAi/limiter');
	const script = `
		const { limitReader } = require('${room}/limitHeaders.ts');
		const { ServerClock } = require('${room}/serverClock.ts');
		const waits = ${JSON.stringify(dates)}.map((date) => limitReader({ 'retry-after': date }, 429, new ServerClock(), () => ${NOW})().retryAfterMs);
		console.log(JSON.stringify(waits));`;
	const env = { ...process.env, TZ: 'America/New_York' };
	const waits = execFileSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], { env, encoding: 'utf8' });
	expect(JSON.parse(waits)).toEqual(dates.map(() => 30_000));
});
