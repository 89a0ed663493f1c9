import { HandOver } from '../../nodes/AgentAi/batch/handOver.ts';
import { VirtualClock } from '../support/virtualClock.mts';

/** A hand-over every ten numbers, and the chunks that it has given, with their times. */
function handOverTo(take: (entries: number[], clock: VirtualClock) => Promise<string | undefined> | string | undefined = () => undefined) {
	const clock = new VirtualClock();
	const chunks: number[][] = [];
	const times: number[] = [];
	const handOver = new HandOver<number>(clock, 10, async (entries) => {
		chunks.push(entries);
		times.push(clock.now());
		return await take(entries, clock);
	});
	const add = (from: number, to: number) => {
		for (let entry = from; entry <= to; entry++) handOver.add(entry);
	};
	const wait = async (ms: number) => await clock.run(clock.sleep(ms));
	const end = async () => await clock.run(handOver.end());
	return { handOver, clock, chunks, times, add, wait, end };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('ten are handed over at once, the rest after a minute, and what is left at the end', async () => {
	const { handOver, chunks, times, add, wait, end } = handOverTo();
	add(1, 13);
	await wait(59_000);
	expect(chunks).toEqual([numbers(1, 10)]);
	await wait(2_000);
	expect(chunks[1]).toEqual(numbers(11, 13));
	expect(times).toEqual([0, 60_000]);
	add(14, 15);
	await end();
	expect(chunks[2]).toEqual([14, 15]);
	expect(handOver.given).toEqual(numbers(1, 15));
	expect(handOver.left).toBe(0);
});

test('one hand-over at a time: what comes meanwhile goes together, in the order in which it came', async () => {
	const { chunks, add, wait, end } = handOverTo(async (_entries, clock) => {
		await clock.sleep(5_000);
		return undefined;
	});
	add(1, 10);
	await wait(1_000);
	add(11, 42);
	expect(chunks).toEqual([numbers(1, 10)]);
	await end();
	expect(chunks).toEqual([numbers(1, 10), numbers(11, 42)]);
});

test('nothing is handed over that is not there', async () => {
	const { chunks, end } = handOverTo();
	await end();
	expect(chunks).toEqual([]);
});

test('what failed comes again with the next, and one that cannot be taken does not hold back the others', async () => {
	const { handOver, chunks, add, wait, end } = handOverTo((entries) => (entries.includes(4) ? 'no place for 4' : undefined));
	add(1, 10);
	await wait(100);
	add(11, 20);
	await wait(100);
	expect(chunks).toEqual([numbers(1, 10), numbers(11, 20), numbers(1, 5), numbers(6, 10)]);
	add(21, 30);
	await wait(100);
	add(31, 40);
	await wait(100);
	add(41, 50);
	await end();
	expect(handOver.left).toBe(1);
	expect(handOver.problem).toBe('no place for 4');
	expect([...handOver.given].sort((a, b) => a - b)).toEqual(numbers(1, 50).filter((entry) => entry !== 4));
});

test('where nothing gets through, each round costs one call, and all is handed over when it does', async () => {
	let broken = true;
	const { handOver, chunks, add, wait, end } = handOverTo(() => (broken ? 'down' : undefined));
	for (let round = 0; round < 20; round++) {
		add(round * 10 + 1, round * 10 + 10);
		await wait(1_000);
	}
	expect(chunks).toHaveLength(20);
	broken = false;
	await end();
	expect(handOver.left).toBe(0);
	expect(new Set(handOver.given).size).toBe(200);
});

test('after a minute it is tried again, although nothing new has come', async () => {
	let failures = 1;
	const { handOver, times, add, wait } = handOverTo(() => (failures-- > 0 ? 'locked' : undefined));
	add(1, 10);
	await wait(61_000);
	expect(times[1]).toBe(60_000);
	expect(handOver.left).toBe(0);
});

test('one that takes too long is no longer waited for, and what it has taken after all is not given again', async () => {
	const { handOver, chunks, add, wait, end } = handOverTo(async (entries, clock) => {
		if (entries.includes(1)) await clock.sleep(400_000);
		return undefined;
	});
	add(1, 10);
	await wait(301_000);
	expect(handOver.problem).toBe('it took longer than 5 minutes');
	expect(handOver.left).toBe(10);
	add(11, 20);
	await wait(50_000);
	expect(chunks[1]).toEqual(numbers(11, 20));
	await wait(100_000);
	await end();
	expect(handOver.left).toBe(0);
	expect(new Set(handOver.given).size).toBe(20);
});

test('after the end begins nothing is added, and it ends once', async () => {
	const { handOver, chunks, add, clock } = handOverTo();
	add(1, 3);
	const both = Promise.all([handOver.end(), handOver.end()]);
	add(4, 20);
	await clock.run(both);
	expect(chunks).toEqual([[1, 2, 3]]);
});
