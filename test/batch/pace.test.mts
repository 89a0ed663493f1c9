import { Pace } from '../../nodes/AgentAi/batch/pace.ts';
import { refusedDelayMs, retryDelayMs } from '../../nodes/AgentAi/batch/retryTiming.ts';

const OPTIONS = { requestsPerMinute: 0, requestsPerMinuteUnlessTold: 0, maxWaitMs: 900_000 };
const pace = (options: Partial<typeof OPTIONS> = {}) => new Pace({ ...OPTIONS, ...options }, () => 0.5);

describe('what a server says', () => {
	test('what is in flight counts against what remains', () => {
		const it = pace();
		const ticket = it.started(0);
		it.ended(100, ticket, { limit: 20, remaining: 3, resetInMs: 10_000 });
		expect(it.waitMs(100, 2)).toBe(0);
		expect(it.waitMs(100, 3)).toBe(10_000);
	});

	test('answers may come out of order: the lowest number counts', () => {
		const it = pace();
		it.ended(100, 0, { limit: 20, remaining: 0, resetInMs: 10_000 });
		it.ended(110, 0, { limit: 20, remaining: 5, resetInMs: 9_990 });
		expect(it.waitMs(110, 0)).toBe(9_990);
	});

	test('a request that ended without telling is counted as if it had', () => {
		const it = pace();
		it.ended(100, 0, { limit: 20, remaining: 1, resetInMs: 10_000 });
		it.ended(120, 0, {});
		expect(it.waitMs(120, 0)).toBe(9_980);
	});

	test('a new window gives the whole limit, less what is in flight', () => {
		const it = pace();
		it.ended(0, 0, { limit: 3, remaining: 0, resetInMs: 1_000 });
		expect(it.waitMs(1_000, 2)).toBe(0);
		expect(it.waitMs(1_000, 3)).toBe(Infinity);
	});

	test('a late answer of the window before does not fill up the new one', () => {
		const it = pace();
		const early = it.started(0);
		it.ended(0, early, { limit: 3, remaining: 0, resetInMs: 5_000 });
		it.waitMs(5_000, 1);
		it.ended(5_001, early, { limit: 3, remaining: 0, resetInMs: 0 });
		// two of three are left: the late one may count in this window
		expect(it.waitMs(5_001, 1)).toBe(0);
		expect(it.waitMs(5_001, 2)).toBe(Infinity);
	});

	test('absurd waits are cut to the longest one', () => {
		const it = pace();
		it.ended(0, 0, { refused: true, retryAfterMs: 1e15 });
		expect(it.waitMs(0, 0)).toBe(900_000);
	});

	test('after a refusal without numbers one request finds out', () => {
		const it = pace();
		it.ended(0, 0, { refused: true, retryAfterMs: 1_000 });
		expect(it.waitMs(1_000, 0)).toBe(0);
		expect(it.waitMs(1_000, 1)).toBe(Infinity);
		it.ended(1_100, 0, {});
		expect(it.waitMs(1_100, 1)).toBe(0);
	});
});

describe('our own limit', () => {
	test('the documented one holds until the server names its own', () => {
		const it = pace({ requestsPerMinuteUnlessTold: 2 });
		it.started(0);
		it.started(10);
		expect(it.waitMs(20, 0)).toBe(59_980);
		it.ended(20, 0, { limit: 100, remaining: 98, resetInMs: 60_000 });
		expect(it.waitMs(20, 0)).toBe(0);
	});

	test('one that a person has set holds all the same', () => {
		const it = pace({ requestsPerMinute: 1 });
		it.started(0);
		it.ended(20, 0, { limit: 100, remaining: 98, resetInMs: 60_000 });
		expect(it.waitMs(20, 0)).toBe(59_980);
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
