import { readAhead } from '../../nodes/AgentAi/run/readAhead.ts';

/** The numbers from 0 up to the count; `read` tells how many have been asked for. */
function numbers(count: number, slow?: () => void) {
	const read = { count: 0 };
	function* each() {
		for (let number = 0; number < count; number++) {
			read.count++;
			slow?.();
			yield number;
		}
	}
	return { elements: each(), read };
}

test.each([0, 1, 99, 100, 101, 1000])('%i elements come once each and in their order', (count) => {
	const { elements, read } = numbers(count);
	expect([...readAhead(elements)]).toEqual(Array.from({ length: count }, (_, number) => number));
	expect(read.count).toBe(count);
});

test('a bounded number is read ahead, and nothing before the first is asked for', () => {
	const { elements, read } = numbers(10_000);
	const ahead = readAhead(elements)[Symbol.iterator]();
	expect(read.count).toBe(0);
	ahead.next();
	expect(read.count).toBeGreaterThan(1);
	expect(read.count).toBeLessThanOrEqual(100);
	const first = read.count;
	for (let taken = 1; taken < first; taken++) ahead.next();
	expect(read.count).toBe(first);
	ahead.next();
	expect(read.count).toBeGreaterThan(first);
});

test('elements that take long to read are read one at a time', () => {
	let now = 0;
	jest.spyOn(performance, 'now').mockImplementation(() => now);
	const { elements, read } = numbers(5, () => (now += 60_000));
	readAhead(elements)[Symbol.iterator]().next();
	expect(read.count).toBe(1);
	jest.restoreAllMocks();
});
