import { OtherUse } from '../../nodes/AgentAi/limiter/otherUse.ts';
import { RecentStarts } from '../../nodes/AgentAi/limiter/recentStarts.ts';

const LENGTH = 60_000;
const LIMIT = 20;

/** One process that sends ten in each window, and others that use what is given. */
function windows() {
	const starts = new RecentStarts(10 * LENGTH);
	const it = new OtherUse(starts);
	let begunAt = 0;
	const due = (at: number, isTold = true) => it.due(begunAt + at, { limit: LIMIT, lengthMs: LENGTH, begunAt }, isTold);
	return {
		it,
		due,
		/** Ten own requests; what is left is told after them. */
		told: (at: number, remaining: number) => {
			for (let own = starts.count(begunAt); own < 10; own++) starts.add(begunAt + 1);
			it.begin(remaining, begunAt + at, LIMIT);
			it.note(begunAt + at, remaining, begunAt + at, begunAt);
		},
		next: (seen: number) => {
			begunAt += LENGTH;
			it.endWindow({ endsAt: begunAt, lengthMs: LENGTH, own: 10, seen, limit: LIMIT });
		},
	};
}

/** Two windows in which all is used up, ten of it by others. */
function usedUp() {
	const all = windows();
	all.it.begin(20, 0, LIMIT);
	all.told(1_000, 0);
	all.next(1);
	return all;
}

test('what others used is left to them, and let go as the window passes without them', () => {
	const { due, next } = usedUp();
	expect(due(0)).toBe(10);
	// they are trusted for one window, though nobody has seen them in it
	expect(due(50_000)).toBe(10);
	next(0);
	expect(due(0)).toBe(10);
	expect(due(36_000)).toBe(5);
	expect(due(48_000)).toBe(0);
});

test('while others are trusted, nothing is let go before every answer of the window has told', () => {
	const { due, told, next } = usedUp();
	told(50_000, 0);
	next(1);
	next(0);
	expect(due(48_000, false)).toBe(10);
	expect(due(48_000)).toBe(0);
});

test('each time that all is used up again, others are trusted for longer', () => {
	const { due, told, next } = usedUp();
	told(1_000, 5);
	expect(due(50_000)).toBe(5);
	told(50_000, 0);
	next(1);
	for (let window = 0; window < 3; window++) {
		told(100, 8);
		expect(due(50_000)).toBe(8);
		next(0.01);
	}
	told(100, 8);
	expect(due(50_000)).toBe(0);
});

test('who is seen to use less at the end of a window is left less, and some more where own use is greater', () => {
	const { due, told, next, it } = usedUp();
	told(55_000, 8);
	next(0.9);
	expect(it.inLastWindow(2 * LENGTH)).toBe(2);
	// no longer than two windows, where no answer names a new one
	expect(it.inLastWindow(5 * LENGTH)).toBe(0);
	expect(due(0)).toBe(5);
	expect(due(59_000)).toBeLessThan(5);
});

test('who comes when all is used up takes others to have half of the window', () => {
	const { it, due, told, next } = windows();
	expect(it.isNone).toBe(true);
	it.begin(0, 5_000, LIMIT);
	expect(it.isNone).toBe(false);
	told(6_000, 0);
	next(1);
	expect(it.isNone).toBe(false);
	expect(due(0)).toBe(0);
});

test('a process that has the window for itself leaves nothing, and one request more is no other’s', () => {
	const { it, due, told, next } = windows();
	it.begin(20, 0, LIMIT);
	told(1_000, 10);
	expect([it.isNone, due(0)]).toEqual([true, 0]);
	it.note(1_000, 9, 1_000, 0);
	expect([it.isNone, due(0)]).toEqual([true, 0]);
	it.note(1_000, 8, 1_000, 0);
	// a quarter, until it is known what they use of a whole window
	expect([it.isNone, due(0)]).toEqual([false, 5]);
	next(1);
	expect(it.inLastWindow(LENGTH)).toBe(2);
});

test('two answers in a row that say so prove wrong what an earlier one has told', () => {
	const { it, due, told } = windows();
	it.begin(20, 0, LIMIT);
	told(1_000, 6);
	expect([it.isNone, due(0)]).toEqual([false, 5]);
	it.note(2_000, 10, 2_000, 0);
	expect(it.isNone).toBe(false);
	it.note(3_000, 10, 3_000, 0);
	expect([it.isNone, due(0)]).toEqual([true, 0]);
});
