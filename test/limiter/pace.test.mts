import { retryDelayMs } from '../../nodes/AgentAi/batch/retryTiming.ts';
import type { LimitReport } from '../../nodes/AgentAi/limiter/limitReport.ts';
import { Pace, type Ticket } from '../../nodes/AgentAi/limiter/pace.ts';
import { refusedDelayMs } from '../../nodes/AgentAi/limiter/refusedDelay.ts';

/** A pace, and what has been told to it. */
function pace(perMinuteUnlessTold = 0) {
	const it = new Pace(perMinuteUnlessTold, () => 0);
	const start = (count: number, now = 0): Ticket[] => Array.from({ length: count }, () => it.started(now));
	/** One request that started at 0 and is answered now. */
	const told = (now: number, report: LimitReport) => it.ended(now, it.started(0), report);
	return { it, start, told };
}

describe('what a server says', () => {
	test('what is in flight counts against what remains', () => {
		const { it, start, told } = pace();
		told(100, { limit: 20, remaining: 3, resetInMs: 10_000 });
		start(2, 100);
		expect(it.waitMs(100)).toBe(0);
		start(1, 100);
		expect(it.waitMs(100)).toBe(10_000);
	});

	test('answers may come out of order: the lowest number counts', () => {
		const { it, told } = pace();
		told(100, { limit: 20, remaining: 0, resetInMs: 10_000 });
		told(110, { limit: 20, remaining: 5, resetInMs: 9_990 });
		expect(it.waitMs(110)).toBe(9_990);
	});

	test('a request that ended without telling is counted as if it had', () => {
		const { it, told } = pace();
		told(100, { limit: 20, remaining: 1, resetInMs: 10_000 });
		told(120, {});
		expect(it.waitMs(120)).toBe(9_980);
	});

	test('a new window gives the whole limit, less what is in flight', () => {
		const { it, start, told } = pace();
		told(0, { limit: 3, remaining: 0, resetInMs: 1_000 });
		start(2, 0);
		expect(it.waitMs(1_000)).toBe(0);
		start(1, 1_000);
		expect(it.waitMs(1_000)).toBe(Infinity);
	});

	test('a late answer of the window before does not fill up the new one', () => {
		const { it, start, told } = pace();
		const [early] = start(2);
		told(0, { limit: 3, remaining: 0, resetInMs: 5_000 });
		it.waitMs(5_000);
		it.ended(5_001, early!, { limit: 3, remaining: 0, resetInMs: 0 });
		// two of three are left: the late one may count in this window, and one is in flight
		expect(it.waitMs(5_001)).toBe(0);
		start(1, 5_001);
		expect(it.waitMs(5_001)).toBe(Infinity);
	});

	test('after a refusal without numbers one request finds out', () => {
		const { it, start, told } = pace();
		told(0, { refused: true, retryAfterMs: 1_000 });
		expect(it.waitMs(1_000)).toBe(0);
		const [probe] = start(1, 1_000);
		expect(it.waitMs(1_000)).toBe(Infinity);
		it.ended(1_100, probe!, {});
		start(1, 1_100);
		expect(it.waitMs(1_100)).toBe(0);
	});

	test.each([
		['a time that has passed', 0],
		['none at all', undefined],
	])('a refusal that names %s holds for a growing while', (_what, retryAfterMs) => {
		const { it } = pace();
		const waits: number[] = [];
		for (let now = 0; waits.length < 4; ) {
			it.ended(now, it.started(now), { refused: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
			waits.push(it.waitMs(now));
			now += it.waitMs(now);
		}
		expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
	});

	test('those that were under way when the limit was reached count as one refusal', () => {
		const { it, start } = pace();
		for (const ticket of start(5)) it.ended(100, ticket, { refused: true, retryAfterMs: 0 });
		expect(it.waitMs(100)).toBe(1_000);
	});

	test('where others use the account too, a quarter of the window is left to them', () => {
		const { it, start, told } = pace();
		told(0, { limit: 20, remaining: 19, resetInMs: 60_000 });
		told(10, { limit: 20, remaining: 10, resetInMs: 59_990 });
		start(4, 10);
		expect(it.waitMs(10)).toBe(0);
		start(1, 10);
		expect(it.waitMs(10)).toBe(59_990);
	});

	test('a daily limit holds until it lifts, and is told apart', () => {
		const { it, told } = pace();
		told(0, { limit: 1000, remaining: 0, resetInMs: 7_200_000, daily: true });
		expect(it.waitMs(0)).toBe(7_200_000);
		expect(it.isDaily(0)).toBe(true);
		expect(it.isDaily(7_200_000)).toBe(false);
	});

	test('before anything is known, ten go out, or as many as one run wants at once', () => {
		const few = pace();
		few.start(10);
		expect(few.it.waitMs(0)).toBe(Infinity);
		const many = pace();
		many.it.wants(50);
		many.start(49);
		expect(many.it.waitMs(0)).toBe(0);
		many.told(100, {});
		many.start(20, 100);
		expect(many.it.waitMs(100)).toBe(0);
	});
});

describe('our own limit', () => {
	test('the documented one holds until the server names its own', () => {
		const { it, start } = pace(2);
		const [first] = start(1, 0);
		start(1, 10);
		expect(it.waitMs(20)).toBe(59_980);
		it.ended(20, first!, { limit: 100, remaining: 98, resetInMs: 60_000 });
		expect(it.waitMs(20)).toBe(0);
	});

	test('one that a person has set holds all the same', () => {
		const { it, told } = pace();
		told(20, { limit: 100, remaining: 98, resetInMs: 60_000 });
		expect(it.ownWaitMs(20, 1)).toBe(59_980);
		expect(it.ownWaitMs(20, 0)).toBe(0);
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
