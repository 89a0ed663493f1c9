import { retryDelayMs } from '../../nodes/AgentAi/batch/retry.ts';
import type { LimitReport, WindowReport } from '../../nodes/AgentAi/limiter/limitReport.ts';
import type { Ticket } from '../../nodes/AgentAi/limiter/window.ts';
import { refusedDelayMs, Windows } from '../../nodes/AgentAi/limiter/windows.ts';

type Told = Partial<WindowReport> & Omit<LimitReport, 'windows'>;

/** What an answer says of one window, and besides. */
function says({ refused, retryAfterMs, daily, ...window }: Told): LimitReport {
	return {
		...(Object.keys(window).length > 0 ? { windows: [{ name: 'ratelimit', ...window }] } : {}),
		...(refused ? { refused } : {}),
		...(daily ? { daily } : {}),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	};
}

/** The windows of an account, and what has been told to them. */
function windows(perMinuteUnlessTold = 0) {
	const it = new Windows(perMinuteUnlessTold, () => 0);
	const start = (count: number, now = 0): Ticket[] => Array.from({ length: count }, () => it.started(now));
	const end = (now: number, ticket: Ticket, told: Told = {}) => it.ended(now, ticket, says(told));
	/** One request that started at 0 and is answered now. */
	const told = (now: number, report: Told) => end(now, it.started(0), report);
	const waitMs = (now: number) => Math.max(it.hold(now).waitMs, it.hold(now).cautionMs);
	return { it, start, end, told, waitMs };
}

describe('what a server says', () => {
	test('what is in flight counts against what remains', () => {
		const { waitMs, start, told } = windows();
		told(100, { limit: 20, remaining: 3, resetInMs: 10_000 });
		start(2, 100);
		expect(waitMs(100)).toBe(0);
		start(1, 100);
		expect(waitMs(100)).toBe(10_000);
	});

	test('what started before the answered request has been counted, however long it takes', () => {
		const { waitMs, start, end } = windows();
		start(5, 0);
		const [later] = start(1, 5_000);
		end(5_100, later!, { limit: 20, remaining: 3, resetInMs: 10_000 });
		start(2, 5_100);
		expect(waitMs(5_100)).toBe(0);
	});

	test('answers may come out of order: the lowest number counts', () => {
		const { waitMs, told } = windows();
		told(100, { limit: 20, remaining: 0, resetInMs: 10_000 });
		told(110, { limit: 20, remaining: 5, resetInMs: 9_990 });
		expect(waitMs(110)).toBe(9_990);
	});

	test('a request that ended without telling is counted as if it had', () => {
		const { waitMs, told } = windows();
		told(100, { limit: 20, remaining: 1, resetInMs: 10_000 });
		told(120, {});
		expect(waitMs(120)).toBe(9_980);
	});

	test('at the end of a window one request finds out whether all is available, and the rest follows', () => {
		const { waitMs, start, end, told } = windows();
		for (const remaining of [2, 1, 0]) told(0, { limit: 3, remaining, resetInMs: 10_000 });
		expect(waitMs(0)).toBe(10_000);
		const [first] = start(1, 10_000);
		end(10_020, first!, { limit: 3, remaining: 2, resetInMs: 9_980 });
		start(1, 10_020);
		expect(waitMs(10_020)).toBe(0);
		start(1, 10_020);
		expect(waitMs(10_020)).toBe(9_980);
	});

	test('a late answer of the window before does not fill up the new one', () => {
		const { waitMs, start, end, told } = windows();
		const [early] = start(2, 9_900);
		told(9_950, { limit: 3, remaining: 0, resetInMs: 50 });
		const [first] = start(1, 10_000);
		end(10_020, first!, { limit: 3, remaining: 2, resetInMs: 9_980 });
		end(10_030, early!, { limit: 3, remaining: 0, resetInMs: 0 });
		expect(waitMs(10_030)).toBe(0);
	});

	test('an answer that took longer than its window says nothing of the one that runs now, but of its limit and length', () => {
		const { waitMs, start, end } = windows();
		const slow = start(3, 0);
		for (const ticket of slow) end(10_000, ticket, { limit: 3, remaining: 0, resetInMs: 3_000, lengthMs: 3_000 });
		expect(waitMs(10_000)).toBe(0);
		start(3, 10_000);
		// a margin of 0.3 s for their ways
		expect(waitMs(10_000)).toBe(3_300);
	});

	test('after a refusal without numbers one request finds out, and one that hangs does not hold the others', () => {
		const { waitMs, start, end, told } = windows();
		told(0, { refused: true, retryAfterMs: 1_000 });
		expect(waitMs(1_000)).toBe(0);
		const [probe] = start(1, 1_000);
		expect(waitMs(1_000)).toBe(1_000);
		expect(waitMs(2_000)).toBe(0);
		end(1_100, probe!);
		start(1, 1_100);
		expect(waitMs(1_100)).toBe(0);
	});

	test.each([
		['a time that has passed', 0],
		['none at all', undefined],
	])('a refusal that names %s holds for a growing while', (_what, retryAfterMs) => {
		const { it, waitMs } = windows();
		const waits: number[] = [];
		for (let now = 0; waits.length < 4; ) {
			it.ended(now, it.started(now), { refused: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
			waits.push(waitMs(now));
			now += waitMs(now);
		}
		expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
	});

	test('those that were under way when the limit was reached count as one refusal', () => {
		const { waitMs, start, end } = windows();
		for (const ticket of start(5)) end(100, ticket, { refused: true, retryAfterMs: 0 });
		expect(waitMs(100)).toBe(1_000);
	});

	test('where others use the account too, a quarter of the window is left to them, until it has nearly passed', () => {
		const { waitMs, start, told } = windows();
		told(0, { limit: 20, remaining: 19, resetInMs: 60_000 });
		told(10, { limit: 20, remaining: 10, resetInMs: 59_990 });
		start(4, 10);
		expect(waitMs(10)).toBe(0);
		start(1, 10);
		expect(waitMs(10)).toBeGreaterThan(0);
		expect(waitMs(50_000)).toBe(0);
	});

	test('a daily limit holds until it resets, and is named', () => {
		const { it, told } = windows();
		told(0, { limit: 1000, remaining: 0, resetInMs: 7_200_000, lengthMs: 86_400_000 });
		expect(it.hold(0)).toMatchObject({ waitMs: 7_200_000, by: 'dailyLimit' });
		expect(it.hold(7_200_000).waitMs).toBe(0);
	});

	test('before anything is known five go out, then one, two and three more a second while no answer comes', () => {
		const { waitMs, start, end } = windows();
		const [first] = start(5);
		expect(waitMs(0)).toBe(1_000);
		for (const [second, more] of [1, 2, 3, 3, 3].entries()) {
			const now = 1_000 * (second + 1);
			start(more, now);
			expect(waitMs(now)).toBe(1_000);
		}
		end(5_100, first!);
		start(20, 5_100);
		expect(waitMs(5_100)).toBe(0);
	});
});

describe('a refusal', () => {
	const minute = (remaining: number, resetInMs: number) => ({ limit: 20, remaining, resetInMs });

	test.each<[string, Told, held: { waitMs: number; by: string }]>([
		['without a time holds for a while', {}, { waitMs: 1_000, by: 'limit' }],
		['until the window that is used up ends', minute(0, 9_000), { waitMs: 9_000, by: 'limit' }],
		['is no end of a window that has some left', minute(5, 9_000), { waitMs: 1_000, by: 'limit' }],
		['in whole seconds is the window’s end, rounded up', { ...minute(0, 2_500), retryAfterMs: 3_000 }, { waitMs: 2_500, by: 'limit' }],
		['also where it was whole seconds', { ...minute(0, 3_000), retryAfterMs: 3_000 }, { waitMs: 3_000, by: 'limit' }],
		['longer than that is an order', { ...minute(0, 2_500), retryAfterMs: 3_500 }, { waitMs: 3_500, by: 'limit' }],
		['of a day that names no end holds for an hour', { daily: true }, { waitMs: 3_600_000, by: 'dailyLimit' }],
		['of a day holds until it ends', { daily: true, retryAfterMs: 7_200_000 }, { waitMs: 7_200_000, by: 'dailyLimit' }],
	])('%s', (_what, told, held) => {
		const { it, start, end } = windows();
		end(0, start(1)[0]!, { ...told, refused: true });
		expect(it.hold(0)).toMatchObject(held);
		expect(it.resetInMs(0)).toBe(held.waitMs);
		expect(it.resetInMs(held.waitMs)).toBeUndefined();
	});

	test('of a server that is not available is no limit', () => {
		const { it, told } = windows();
		told(0, { retryAfterMs: 2_000 });
		expect(it.hold(0)).toMatchObject({ waitMs: 2_000, by: 'unavailable' });
		// the longer one holds
		told(10, { retryAfterMs: 1_000 });
		expect(it.hold(10)).toMatchObject({ waitMs: 1_990, by: 'unavailable' });
	});

	test('of one request does not count with those before an answer', () => {
		const { start, end, waitMs } = windows();
		end(0, start(1)[0]!, { refused: true });
		end(1_000, start(1, 1_000)[0]!);
		end(2_000, start(1, 2_000)[0]!, { refused: true });
		expect(waitMs(2_000)).toBe(1_000);
	});
});

test('the fewest requests a minute are those of the windows that are shorter than a day', () => {
	const { it, start, end } = windows();
	expect(it.idle).toBe(true);
	const [first, second] = start(2);
	end(0, first!, {});
	expect([it.idle, it.perMinute]).toEqual([false, undefined]);
	it.ended(100, second!, {
		windows: [
			{ name: 'a', limit: 20, remaining: 19, resetInMs: 60_000, lengthMs: 60_000 },
			{ name: 'b', limit: 300, remaining: 299, resetInMs: 3_600_000, lengthMs: 3_600_000 },
			{ name: 'c', limit: 1_440, remaining: 1_439, resetInMs: 86_400_000, lengthMs: 86_400_000 },
		],
	});
	expect([it.idle, it.perMinute]).toEqual([true, 5]);
});

describe('windows', () => {
	const day = { name: 'ratelimit', limit: 1000, remaining: 900, resetInMs: 28_800_000 };

	test.each<[string, LimitReport]>([
		['says nothing more', {}],
		['names the window that is used up', { windows: [{ name: 'ratelimit', limit: 20, remaining: 0, resetInMs: 2_000 }] }],
		['carries the day’s own numbers', { windows: [{ ...day, remaining: 896 }] }],
	])('a refusal of the minute beside the day’s window, which %s', (_what, named) => {
		const { it, waitMs } = windows();
		it.ended(0, it.started(0), { windows: [day] });
		it.ended(10, it.started(0), { ...named, refused: true, retryAfterMs: 2_000 });
		expect(waitMs(10)).toBe(2_000);
		expect(waitMs(2_010)).toBe(0);
	});

	test('what answers no longer bear out is forgotten', () => {
		const { it, waitMs } = windows();
		const minute = (remaining: number) => ({ windows: [{ name: 'ratelimit', limit: 20, remaining, resetInMs: 3_000 }] });
		it.ended(10, it.started(0), { windows: [{ name: 'ratelimit', limit: 1000, remaining: 0, resetInMs: 86_400_000 }] });
		expect(waitMs(10)).toBeGreaterThan(3_000);
		for (const remaining of [19, 18]) it.ended(20, it.started(0), minute(remaining));
		expect(waitMs(20)).toBe(0);
	});

	test('a limit whose headers are gone is forgotten in time, and answers without any do not end it before', () => {
		const { told, start, waitMs } = windows();
		told(10, { limit: 5, remaining: 0, resetInMs: 10_000, lengthMs: 10_000 });
		told(20, {});
		told(30, {});
		expect(waitMs(30)).toBe(9_980);
		start(5, 40_000);
		expect(waitMs(40_000)).toBeGreaterThan(0);
		told(40_100, {});
		expect(waitMs(40_100)).toBe(0);
	});

	test('a question without an answer tells nothing, and is put again', () => {
		const { it, told } = windows();
		const hour = 3_600_000;
		told(10, { refused: true, daily: true, retryAfterMs: hour });
		expect(it.hold(10)).toMatchObject({ by: 'dailyLimit', askAt: expect.any(Number) as number });
		const askAt = it.hold(10).askAt!;
		it.ended(askAt + 10, it.started(askAt), undefined);
		expect(it.hold(askAt + 10).waitMs).toBe(hour - askAt);
		const again = it.hold(askAt + 10).askAt!;
		expect(again).toBeGreaterThan(askAt);
		it.ended(again + 10, it.started(again), {});
		expect(it.hold(again + 10).waitMs).toBe(0);
	});

	test('a lie about the window’s end is corrected by the next answer', () => {
		const { it, waitMs } = windows();
		it.ended(10, it.started(0), { windows: [{ name: 'ratelimit', limit: 20, remaining: 0, resetInMs: 86_400_000 }] });
		it.ended(20, it.started(0), { windows: [{ name: 'ratelimit', limit: 20, remaining: 15, resetInMs: 3_000 }] });
		expect(waitMs(20)).toBe(0);
	});

	test('a server that counts requests when they end is found out by its refusals', () => {
		const { waitMs, start, end } = windows();
		const named = { limit: 3, remaining: 0, resetInMs: 1_000, lengthMs: 1_000, refused: true } as const;
		start(3, 0);
		for (const now of [2_000, 4_000]) end(now + 10, start(1, now)[0]!, named);
		// three have been under way all the time: none starts until one ends, or a while has passed
		expect(waitMs(6_000)).toBe(3_000);
		expect(waitMs(400_000)).toBe(0);
	});
});

describe('beliefs', () => {
	const HOURS = 36_000_000;

	test('a wait of hours is asked about with one request at a time, after 1, 2, and every 5 minutes', () => {
		const { it, told, end } = windows();
		told(0, { refused: true, retryAfterMs: HOURS });
		const asked: number[] = [];
		for (let now = 0; now < 20 * 60_000; now += 1_000) {
			const { askAt = Infinity } = it.hold(now);
			if (askAt > now) continue;
			const ticket = it.started(now);
			expect(it.hold(now).askAt).toBe(Infinity);
			end(now + 100, ticket, { refused: true, retryAfterMs: HOURS });
			asked.push(now / 60_000);
		}
		expect(asked.map(Math.round)).toEqual([1, 2, 7, 12, 17]);
	});

	test.each<[string, Told]>([
		['an order', { refused: true, retryAfterMs: HOURS }],
		['a used-up day', { limit: 1000, remaining: 0, resetInMs: HOURS, lengthMs: 86_400_000 }],
		['a page of maintenance', { retryAfterMs: HOURS }],
		['milliseconds read as seconds', { limit: 20, remaining: 0, resetInMs: 3_000_000 }],
	])('%s ends with the first answer', (_what, first) => {
		const { it, told, end, waitMs } = windows();
		told(0, first);
		expect(waitMs(59_000)).toBeGreaterThan(300_000);
		expect(it.hold(60_000).askAt).toBe(60_000);
		end(60_100, it.started(60_000), {});
		expect(waitMs(60_100)).toBe(0);
	});

	test('who has started a run by hand asks at once, but not more often than every ten seconds', () => {
		const { it, told, end } = windows();
		told(0, { refused: true, retryAfterMs: HOURS });
		expect(it.askAtOnceAt()).toBe(10_000);
		end(20_000, it.started(15_000, true), { refused: true, retryAfterMs: HOURS });
		expect(it.askAtOnceAt()).toBe(30_000);
	});

	test('an order of up to five minutes is obeyed', () => {
		const { it, told, waitMs } = windows();
		told(0, { refused: true, retryAfterMs: 300_000 });
		expect(it.hold(61_000).askAt).toBeUndefined();
		expect(waitMs(299_000)).toBe(1_000);
	});
});

describe('our own limit', () => {
	test('the documented one holds until the server names its own', () => {
		const { start, end, waitMs } = windows(2);
		const [first] = start(1, 0);
		start(1, 10);
		expect(waitMs(20)).toBe(59_980);
		end(20, first!, { limit: 100, remaining: 98, resetInMs: 60_000 });
		expect(waitMs(20)).toBe(0);
	});
});

describe('waits between tries', () => {
	test.each([
		[1, 1_000],
		[2, 2_000],
		[5, 16_000],
		[20, 30_000],
	])('after %s tries: a random time up to %s ms', (tries, bound) => {
		expect(retryDelayMs(tries, 0)).toBe(0);
		expect(retryDelayMs(tries, 0.999_999_9)).toBe(bound);
	});

	test.each([
		[1, 1_000, 2_000],
		[4, 8_000, 16_000],
		[20, 30_000, 60_000],
	])('after %s refusals without headers: from %s to %s ms', (refusals, least, most) => {
		expect(refusedDelayMs(refusals, 0)).toBe(least);
		expect(refusedDelayMs(refusals, 0.999_999_9)).toBe(most);
	});
});
