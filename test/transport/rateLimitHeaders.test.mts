import { readLimits } from '../../nodes/AgentAi/transport/rateLimitHeaders.ts';

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
	['Retry-After in seconds', { 'retry-after': '12' }, { retryAfterMs: 12_000 }],
	['Retry-After as a date', { 'retry-after': 'Mon, 23 Nov 2026 12:00:45 GMT' }, { retryAfterMs: 45_000 }],
	['Retry-After in the past', { 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT' }, { retryAfterMs: 0 }],
	['a reset in seconds from now', { 'ratelimit-remaining': '3', 'ratelimit-reset': '42' }, { remaining: 3, resetInMs: 42_000 }],
	['a reset in milliseconds', { 'ratelimit-remaining': '3', 'ratelimit-reset': String(NOW + 5_000) }, { remaining: 3, resetInMs: 5_000 }],
	['structured values', { 'ratelimit-limit': '20, 20;w=60', 'ratelimit-remaining': '5' }, { limit: 20, remaining: 5 }],
	['nonsense', { 'ratelimit-limit': 'many', 'ratelimit-remaining': '-1', 'retry-after': 'soon' }, {}],
])('%s', (_what, headers, expected) => expect(readLimits(headers, 200, NOW)).toEqual(expected));

test('a server whose clock is an hour ahead is understood by its own date', () => {
	const headers = {
		date: 'Mon, 23 Nov 2026 13:00:00 GMT',
		'ratelimit-remaining': '0',
		'ratelimit-reset-date': '2026-11-23T13:00:20Z',
		'retry-after': 'Mon, 23 Nov 2026 13:00:20 GMT',
	};
	expect(readLimits(headers, 429, NOW)).toEqual({ remaining: 0, resetInMs: 20_000, retryAfterMs: 20_000, refused: true });
});
