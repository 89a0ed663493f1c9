import type { WindowReport } from '../../nodes/AgentAi/limiter/limitReport.ts';
import { RecentStarts } from '../../nodes/AgentAi/limiter/recentStarts.ts';
import { LimitWindow } from '../../nodes/AgentAi/limiter/window.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Told = Partial<WindowReport>;

/** One window, whose requests start in the order of the calls. */
function limitWindow() {
	const starts = new RecentStarts(DAY);
	const it = new LimitWindow('ratelimit', starts, []);
	const start = (now: number) => {
		const ticket = { startedAt: now, question: false };
		starts.add(now);
		it.started(ticket);
		return ticket;
	};
	const end = (now: number, ticket: ReturnType<typeof start>, report: Told) => it.learn(now, ticket, { name: 'ratelimit', ...report });
	return {
		it,
		start,
		end,
		/** One request, and what its answer says. */
		told: (startedAt: number, now: number, report: Told) => end(now, start(startedAt), report),
	};
}

/** One whose limit and length are known, and of whose use nothing has been said. */
function knownWindow(limit: number, lengthMs: number) {
	const window = limitWindow();
	// an answer that took longer than the window it names
	window.told(-2 * lengthMs, -1_000, { limit, remaining: 0, resetInMs: 1_000, lengthMs });
	return window;
}

describe('whether an answer speaks of this window', () => {
	const answers: [what: string, known: Told, report: Told, speaks: boolean][] = [
		['of another family', { limit: 20 }, { name: 'x-ratelimit', limit: 20 }, false],
		['of the same length', { limit: 20, lengthMs: MINUTE }, { limit: 30, lengthMs: MINUTE }, true],
		['of another length', { limit: 20, lengthMs: MINUTE }, { limit: 20, lengthMs: DAY }, false],
		['of the same size, without a length', { limit: 20, lengthMs: MINUTE }, { limit: 20 }, true],
		['of another size, without a length', { limit: 20, lengthMs: MINUTE }, { limit: 30 }, false],
		['of another size, where no length is known', { limit: 20 }, { limit: 30, lengthMs: MINUTE }, false],
		['without a size', { limit: 20 }, { remaining: 3 }, true],
		['where no size is known', { remaining: 3 }, { limit: 20 }, true],
	];
	test.each(answers)('%s', (_what, known, report, speaks) => {
		const { it, told } = limitWindow();
		told(0, 0, known);
		expect(it.isNamedBy({ name: 'ratelimit', ...report })).toBe(speaks);
	});
});

describe('its length', () => {
	test('is what a policy names, until two answers in a row do not', () => {
		const { it, told } = limitWindow();
		expect([it.knownLengthMs, it.perMinute, it.isDay]).toEqual([undefined, undefined, false]);
		told(0, 0, { limit: 20, lengthMs: 30_000, resetInMs: 10_000 });
		told(10, 10, { limit: 20, resetInMs: 9_990 });
		expect([it.knownLengthMs, it.perMinute]).toEqual([30_000, 40]);
		told(20, 20, { limit: 20, lengthMs: 30_000 });
		told(30, 30, { limit: 20 });
		expect(it.knownLengthMs).toBe(30_000);
		told(40, 40, { limit: 20 });
		expect(it.knownLengthMs).toBe(10_000);
	});

	test('may be a day', () => {
		const { it, told } = limitWindow();
		told(0, 0, { limit: 1_000, lengthMs: DAY });
		expect(it.isDay).toBe(true);
	});

	const ends: [what: string, ends: number[], lengthMs: number][] = [
		['the longest time to an end', [8_000, 9_000], 9_000],
		['what was before a far longer one that is proved wrong', [10_000, 600_000, 5_000], 10_000],
		['what proves one wrong, where none was far shorter', [10_000, 20_000, 5_000], 5_000],
		['the longest, where a later end is not far earlier', [600_000, 300_000], 600_000],
		['the later, where it is', [600_000, 299_999], 299_999],
	];
	test.each(ends)('is, where no policy names it, %s', (_what, resets, lengthMs) => {
		const { it, told } = limitWindow();
		// all at one moment but for a millisecond: what ends when is what differs
		for (const [index, end] of resets.entries()) told(index, index, { limit: 20, resetInMs: end - index, fixedEnd: true });
		expect(it.knownLengthMs).toBeGreaterThanOrEqual(lengthMs - resets.length);
		expect(it.knownLengthMs).toBeLessThanOrEqual(lengthMs);
	});

	test('is the time from the first own request, where own requests alone have used it up', () => {
		const { it, told } = limitWindow();
		told(0, 100, { limit: 3, remaining: 2 });
		told(4_000, 4_100, { limit: 3, remaining: 1 });
		expect(it.knownLengthMs).toBe(undefined);
		told(8_000, 8_100, { limit: 3, remaining: 0, resetInMs: 2_000, fixedEnd: true });
		expect(it.knownLengthMs).toBe(10_100);
	});

	test('but not where that is longer than an hour', () => {
		const { it, told } = limitWindow();
		told(0, 100, { limit: 2, remaining: 1 });
		told(HOUR, HOUR + 100, { limit: 2, remaining: 0, resetInMs: 2_000, fixedEnd: true });
		expect(it.knownLengthMs).toBe(2_100);
	});
});

describe('until when an answer holds', () => {
	test('to a point in time, or for a time that ran from when the request came', () => {
		const point = limitWindow();
		point.told(0, 400, { limit: 20, remaining: 0, resetInMs: 10_000, fixedEnd: true });
		expect([point.it.waitMs(400), point.it.waitMs(10_399)]).toEqual([10_000, 1]);
		const duration = limitWindow();
		duration.told(0, 400, { limit: 20, remaining: 0, resetInMs: 10_000 });
		expect(duration.it.waitMs(400)).toBe(9_900);
	});

	test.each([
		['earlier', 9_000, 9_000],
		['later', 10_500, 9_800],
	])('to the earliest end that was told: then one that is a little %s', (_what, resetInMs, waitMs) => {
		const { it, told } = limitWindow();
		told(0, 100, { limit: 5, remaining: 3, resetInMs: 10_000 });
		told(200, 300, { limit: 5, remaining: 0, resetInMs });
		expect(it.waitMs(300)).toBe(waitMs);
	});

	test('without an end, until an answer says more', () => {
		const { it, told } = limitWindow();
		told(0, 100, { limit: 5, remaining: 0 });
		expect(it.waitMs(10 * DAY)).toBe(Infinity);
	});

	test('at the end one request finds out, and own starts are counted over the length and a little more', () => {
		const { it, start, told } = limitWindow();
		told(0, 100, { limit: 3, remaining: 0, resetInMs: 10_000, fixedEnd: true });
		const waits = [it.waitMs(10_100)];
		for (let count = 0; count < 3; count++) {
			start(10_100);
			waits.push(it.waitMs(10_100));
		}
		// the one at 0 is 10.4 s old in 300 ms
		expect(waits).toEqual([0, 0, 300, 10_400]);
	});

	test.each([
		['a point in time', true, 9_800, 10_100],
		['whole seconds', undefined, 9_000, 9_300],
	])('what started just before an end in %s may belong to the next window', (_what, fixedEnd, from, waitMs) => {
		const waitAfter = (startedAt: number) => {
			const { it, start, told } = limitWindow();
			told(0, 100, { limit: 1, remaining: 0, resetInMs: 10_000, ...(fixedEnd ? { fixedEnd } : {}) });
			start(startedAt);
			return it.waitMs(10_100);
		};
		expect([waitAfter(from - 1), waitAfter(from)]).toEqual([0, waitMs]);
	});
});

describe('which of several answers counts', () => {
	/** What one more request has to wait after an answer of 1,000 to 1,010 that leaves three until 21,010, and another. */
	function after(startedAt: number, report: Told) {
		const { it, start, end, told } = limitWindow();
		const early = startedAt < 1_000 ? start(startedAt) : undefined;
		told(1_000, 1_010, { limit: 5, remaining: 3, resetInMs: 20_000, fixedEnd: true });
		end(1_020, early ?? start(startedAt), { limit: 5, fixedEnd: true, ...report });
		return it.waitMs(1_020);
	}

	test('not one whose request started before, unless at the same moment', () => {
		expect([after(699, { remaining: 0, resetInMs: 19_990 }), after(700, { remaining: 0, resetInMs: 19_990 })]).toEqual([0, 19_990]);
	});

	test('of one moment the lowest, whatever comes last', () => {
		expect(after(1_005, { remaining: 0, resetInMs: 19_990 })).toBe(19_990);
		const { it, told } = limitWindow();
		told(0, 100, { limit: 5, remaining: 0, resetInMs: 10_000, fixedEnd: true });
		told(200, 300, { limit: 5, remaining: 5, resetInMs: 9_800, fixedEnd: true });
		expect(it.waitMs(300)).toBe(9_800);
	});

	test('not one that speaks of a window which is nearly over, where that is another', () => {
		expect([after(1_015, { remaining: 0, resetInMs: 1_500 }), after(1_015, { remaining: 0, resetInMs: 1_501 })]).toEqual([0, 1_501]);
	});

	test('the later window, where the ends are more than two seconds apart', () => {
		const waitWhereEndIs = (resetInMs: number) => {
			const { it, told } = limitWindow();
			told(0, 100, { limit: 5, remaining: 0, resetInMs: 10_000, fixedEnd: true });
			told(200, 300, { limit: 5, remaining: 5, resetInMs, fixedEnd: true });
			return it.waitMs(300);
		};
		expect([waitWhereEndIs(11_800), waitWhereEndIs(11_801)]).toEqual([9_800, 0]);
	});

	test('none that names a longer time than the window has, or one that has passed', () => {
		const waitAfter = (resetInMs: number) => {
			const { it, told } = limitWindow();
			told(0, 100, { limit: 5, remaining: 0, resetInMs, fixedEnd: true, lengthMs: 10_000 });
			return it.waitMs(100);
		};
		expect([waitAfter(12_001), waitAfter(12_000), waitAfter(0), waitAfter(1)]).toEqual([0, 12_000, 0, 1]);
	});
});

describe('what is left', () => {
	test.each([
		['counts what started a little before the answered request', 700, 20_000],
		['does not count what started long before it', 699, 0],
		['counts what started later', 1_005, 20_000],
	])('%s', (_what, startedAt, waitMs) => {
		const { it, start, end } = limitWindow();
		if (startedAt < 1_000) start(startedAt);
		const ticket = start(1_000);
		if (startedAt > 1_000) start(startedAt);
		end(1_010, ticket, { limit: 20, remaining: 1, resetInMs: 20_000, fixedEnd: true });
		expect(it.waitMs(1_010)).toBe(waitMs);
	});

	test('counts all that are under way, where the server counts them when they end', () => {
		const { it, told } = limitWindow();
		told(0, 100, { limit: 20, remaining: 3, resetInMs: 10_000, fixedEnd: true });
		expect([it.waitMs(100, 2), it.waitMs(100, 3)]).toEqual([0, 10_000]);
	});

	test.each([
		[10_000, 10_300],
		[MINUTE, 61_200],
		[HOUR, 1.02 * HOUR],
		[HOUR + 1, 0],
	])('is the own starts, where nothing is said of a window of %d ms', (lengthMs, waitMs) => {
		const { it, start } = knownWindow(1, lengthMs);
		start(0);
		expect(it.waitMs(0)).toBe(waitMs);
	});

	test('is less by what is under way for longer than the window, where the server counts it when it ends', () => {
		const { it, start } = knownWindow(3, 10_000);
		start(20_000);
		expect([it.waitMs(20_000, 2), it.waitMs(20_000, 3), it.waitMs(20_000, 4)]).toEqual([0, 10_300, Infinity]);
	});

	test('is nothing until own requests are as old as the window, where these have used it up', () => {
		const { it, told } = limitWindow();
		told(0, 100, { limit: 1, remaining: 0, resetInMs: 12_000, fixedEnd: true, lengthMs: 10_000 });
		expect(it.waitMs(100)).toBe(10_200);
		const others = limitWindow();
		others.told(0, 100, { limit: 2, remaining: 0, resetInMs: 12_000, fixedEnd: true, lengthMs: 10_000 });
		expect(others.it.waitMs(100)).toBe(12_000);
	});

	test.each([
		[MINUTE, 3_000],
		[HOUR, 180_000],
		[HOUR + 1, 0],
	])('is left to others, step by step, in a window of %d ms that they use too, up to an hour', (lengthMs, waitMs) => {
		const { it, told } = limitWindow();
		told(0, 10, { limit: 10, remaining: 9, resetInMs: lengthMs - 10, fixedEnd: true, lengthMs });
		told(20, 30, { limit: 10, remaining: 3, resetInMs: lengthMs - 30, fixedEnd: true, lengthMs });
		expect(it.waitMs(30)).toBe(waitMs);
	});
});

describe('a window that answers no longer name', () => {
	test('holds nobody after two of them, and is forgotten after as many as had named it', () => {
		const { it, told } = limitWindow();
		for (const at of [0, 10, 20]) told(at, at, { limit: 5, remaining: 0, resetInMs: 10 * MINUTE, fixedEnd: true });
		it.passOver();
		expect([it.waitMs(30), it.isForgotten(30)]).toEqual([10 * MINUTE - 30, false]);
		it.passOver();
		expect([it.waitMs(30), it.isForgotten(30)]).toEqual([0, false]);
		it.passOver();
		expect(it.isForgotten(30)).toBe(true);
	});

	test('but not before two, and none where it is named again', () => {
		const { it, told } = limitWindow();
		told(0, 0, { limit: 5, remaining: 0, resetInMs: 10 * MINUTE, fixedEnd: true });
		it.passOver();
		expect(it.isForgotten(0)).toBe(false);
		told(10, 10, { limit: 5 });
		it.passOver();
		expect([it.waitMs(10), it.isForgotten(10)]).toEqual([10 * MINUTE - 10, false]);
	});

	test.each([
		['twice its length', 10_000, 20_000],
		['five minutes, where that is sooner', HOUR, 300_000],
		['five minutes, where no length is known', undefined, 300_000],
	])('is forgotten after %s', (_what, lengthMs, ms) => {
		const { it, told } = limitWindow();
		told(0, 0, { limit: 5, ...(lengthMs === undefined ? {} : { lengthMs }) });
		expect(it.isForgotten(ms + 1)).toBe(false);
		it.passOver();
		expect([it.isForgotten(ms), it.isForgotten(ms + 1)]).toEqual([false, true]);
		// where it is named again it holds, and where answers name nothing at all they do so as long
		told(ms, ms, { limit: 5 });
		expect(it.isForgotten(2 * ms + 1)).toBe(false);
		it.miss();
		expect([it.isForgotten(2 * ms), it.isForgotten(2 * ms + 1)]).toEqual([false, true]);
	});
});
