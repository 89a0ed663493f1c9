import { readLimits } from '../../nodes/AgentAi/limiter/limitHeaders.ts';
import { ServerClock } from '../../nodes/AgentAi/limiter/serverClock.ts';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);
const SECONDS = NOW / 1000;

test.each<[string, Record<string, unknown>, object]>([
	['nothing', {}, {}],
	[
		'the plain spelling, epoch seconds rounded down',
		{ 'ratelimit-limit': '20', 'ratelimit-remaining': '7', 'ratelimit-reset': String(SECONDS + 30) },
		{ limit: 20, remaining: 7, resetInMs: 31_000 },
	],
	[
		'the date is finer than the seconds',
		{ 'ratelimit-remaining': '0', 'ratelimit-reset': String(SECONDS + 30), 'ratelimit-reset-date': '2026-11-23T12:00:30.250Z' },
		{ remaining: 0, resetInMs: 30_250 },
	],
	[
		'a date without a zone is UTC',
		{ 'ratelimit-remaining': '0', 'ratelimit-reset-date': '2026-11-23 12:00:30' },
		{ remaining: 0, resetInMs: 30_000 },
	],
	[
		'the X-AgentAI spelling',
		{
			'x-agentai-ratelimit-limit': '1000',
			'x-agentai-ratelimit-remaining': '0',
			'x-agentai-ratelimit-resetat': '2026-11-23T13:00:00Z',
			'x-agentai-ratelimit-policy': '1000 per day',
		},
		{ limit: 1000, remaining: 0, resetInMs: 3_600_000, daily: true },
	],
	['breached without a number', { 'x-agentai-ratelimit-breached': 'true' }, { remaining: 0 }],
	['a reset in seconds from now', { 'ratelimit-remaining': '3', 'ratelimit-reset': '42' }, { remaining: 3, resetInMs: 42_000 }],
	['a reset in milliseconds', { 'ratelimit-remaining': '3', 'ratelimit-reset': String(NOW + 5_000) }, { remaining: 3, resetInMs: 5_000 }],
	['structured values', { 'ratelimit-limit': '20, 20;w=60', 'ratelimit-remaining': '5' }, { limit: 20, remaining: 5, windowMs: 60_000 }],
	['Retry-After on an answer is no order', { 'ratelimit-remaining': '999', 'retry-after': '30' }, { remaining: 999 }],
	[
		'the IETF draft, latest',
		{ ratelimit: '"default";r=0;t=2', 'ratelimit-policy': '"default";q=20;w=60' },
		{ limit: 20, remaining: 0, resetInMs: 2000, windowMs: 60_000 },
	],
	['of two windows the one that binds', { ratelimit: '"minute";r=7;t=2, "day";r=0;t=7200' }, { remaining: 0, resetInMs: 7_200_000 }],
	['draft 07', { ratelimit: 'limit=20, remaining=0, reset=2' }, { limit: 20, remaining: 0, resetInMs: 2000 }],
	[
		'the x- spelling',
		{ 'x-ratelimit-limit': '20', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2' },
		{ limit: 20, remaining: 0, resetInMs: 2000 },
	],
	[
		'a reset in nanoseconds',
		{
			'x-agentai-ratelimit-policy': '1000;w=86400',
			'x-agentai-ratelimit-remaining': '0',
			'x-agentai-ratelimit-resetat': `${NOW + 5_000}000000`,
		},
		{ limit: 1000, remaining: 0, resetInMs: 5000, windowMs: 86_400_000, daily: true },
	],
	['a reset beyond all dates', { 'ratelimit-reset': '99999999999999999999999999' }, { resetInMs: 31 * 86_400_000 }],
	[
		'the policy’s window of the named size',
		{ 'ratelimit-limit': '1000', 'ratelimit-policy': '20;w=60, 1000;w=86400' },
		{ limit: 1000, windowMs: 86_400_000, daily: true },
	],
	['garbage in the draft’s field', { ratelimit: ';;,=,""";r=x;t=-1', 'ratelimit-policy': '\u0000;w=soon' }, {}],
	['nonsense', { 'ratelimit-limit': 'many', 'ratelimit-remaining': '-1', 'retry-after': 'soon' }, {}],
])('%s', (_what, headers, expected) => expect(readLimits(headers, 200, new ServerClock(), NOW)).toEqual(expected));

test('a server whose clock is an hour ahead is understood by its own date', () => {
	const headers = {
		date: 'Mon, 23 Nov 2026 13:00:00 GMT',
		'ratelimit-remaining': '0',
		'ratelimit-reset-date': '2026-11-23T13:00:20Z',
		'retry-after': 'Mon, 23 Nov 2026 13:00:20 GMT',
	};
	expect(readLimits(headers, 429, new ServerClock(), NOW)).toEqual({
		remaining: 0,
		resetInMs: 20_000,
		retryAfterMs: 20_000,
		refused: true,
	});
});

test.each<[string, Record<string, unknown>, string, object]>([
	['seconds', { 'retry-after': '12' }, '', { retryAfterMs: 12_000 }],
	['zero', { 'retry-after': '0' }, '', { retryAfterMs: 0 }],
	['a date', { 'retry-after': 'Mon, 23 Nov 2026 12:00:45 GMT' }, '', { retryAfterMs: 45_000 }],
	['a date that has passed', { 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT' }, '', { retryAfterMs: 0 }],
	['the policy names both windows', { 'ratelimit-policy': '20;w=60, 1000;w=86400', 'retry-after': '1' }, '', { retryAfterMs: 1000 }],
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
		{ limit: 1000, windowMs: 86_400_000 },
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
])('a refusal: %s', (_what, headers, said, expected) =>
	expect(readLimits(headers, 429, new ServerClock(), NOW, said)).toEqual({ ...expected, refused: true }),
);
