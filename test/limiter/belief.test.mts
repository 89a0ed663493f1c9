import { Belief, SAID } from '../../nodes/AgentAi/limiter/belief.ts';

const MINUTE = 60_000;

test('is asked when it is one and two minutes old, then every five, one question at a time', () => {
	const belief = new Belief('refused', 0, SAID);
	const asked: number[] = [];
	for (let now = 0; now <= 20 * MINUTE; now += 1000) {
		if (!belief.ask(now)) continue;
		expect(belief.ask(now)).toBe(false);
		asked.push(now / MINUTE);
		belief.confirm(now);
	}
	expect(asked).toEqual([1, 2, 7, 12, 17]);
});

test('is asked at once by whoever may have mended the cause, every ten seconds at most', () => {
	const belief = new Belief('refused', 0, SAID);
	expect(belief.ask(9_999, true)).toBe(false);
	expect(belief.ask(10_000, true)).toBe(true);
	expect(belief.ask(30_000, true)).toBe(false);
	belief.confirm(30_000);
	expect(belief.ask(39_999, true)).toBe(false);
	expect(belief.ask(40_000, true)).toBe(true);
});

test('says when the next question may be put, and that none may while one is under way', () => {
	const belief = new Belief('down', 5_000, { agesMs: [1_000, 3_000], everyMs: 5_000, leastMs: 1_000 });
	expect(belief.nextAskAt).toBe(6_000);
	belief.ask(6_000);
	expect(belief.nextAskAt).toBe(Infinity);
	belief.confirm(7_000);
	expect(belief.nextAskAt).toBe(8_000);
	belief.ask(9_000);
	belief.confirm(9_500);
	expect(belief.nextAskAt).toBe(14_500);
});
