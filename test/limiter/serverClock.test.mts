import fc from 'fast-check';

import { limitReader } from '../../nodes/AgentAi/limiter/limitHeaders.ts';
import { ServerClock } from '../../nodes/AgentAi/limiter/serverClock.ts';

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);
const toSecond = (ms: number) => Math.floor(ms / 1000) * 1000;

test('without a header it is ours', () => {
	expect(new ServerClock().note(undefined, NOON)).toBe(NOON);
});

test('never shows a later time than the server’s, and after some answers hardly an earlier one', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: -90_000_000, max: 90_000_000 }),
			fc.array(fc.record({ pause: fc.integer({ min: 20, max: 5_000 }), way: fc.integer({ min: 1, max: 40 }) }), {
				minLength: 40,
				maxLength: 60,
			}),
			(ahead, answers) => {
				const clock = new ServerClock();
				let now = NOON;
				let shown = 0;
				for (const { pause, way } of answers) {
					now += pause + way;
					shown = clock.note(toSecond(now + ahead - way), now);
					expect(shown).toBeLessThanOrEqual(now + ahead);
				}
				expect(now + ahead - shown).toBeLessThan(400);
			},
		),
	);
});

test('follows a clock that was set back', () => {
	const clock = new ServerClock();
	clock.note(NOON, NOON);
	expect(clock.note(NOON - 3_600_000, NOON + 10)).toBe(NOON - 3_600_000);
});

test('the end of a window is told to the millisecond, once the clock is known', () => {
	const clock = new ServerClock();
	const headers = (date: number) => ({
		date: new Date(date).toUTCString(),
		'ratelimit-remaining': '0',
		'ratelimit-reset-date': new Date(NOON + 3_000).toISOString(),
	});
	const resetInMs = (date: number, now: number) => limitReader(headers(date), 200, clock, () => now)().windows?.[0]?.resetInMs;
	expect(resetInMs(NOON, NOON + 980)).toBe(3_000);
	expect(resetInMs(NOON + 1_000, NOON + 1_005)).toBe(2_000);
	expect(resetInMs(NOON + 1_000, NOON + 1_900)).toBe(1_105);
});

test('what the headers of a stream said has come nearer when its body ends', () => {
	let now = NOON;
	const headers = { 'ratelimit-limit': '20', 'ratelimit-reset-date': new Date(NOON + 40_000).toISOString(), 'retry-after': '1' };
	const report = limitReader(headers, 429, new ServerClock(), () => now);
	now += 30_000;
	expect(report()).toEqual({
		windows: [{ name: 'ratelimit', limit: 20, resetInMs: 10_000, fixedEnd: true }],
		retryAfterMs: 0,
		refused: true,
	});
});

test('follows a clock that was set back a little, after three answers', () => {
	const clock = new ServerClock();
	for (let second = 0; second < 10; second++) clock.note(NOON + second * 1000, NOON + second * 1000 + 5);
	const told = [10, 11, 12].map((second) => clock.note(NOON + second * 1000 - 5_000, NOON + second * 1000 + 5));
	expect(told.at(-1)).toBe(NOON + 7_000);
});
