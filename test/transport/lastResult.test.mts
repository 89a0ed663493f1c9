import { LastResult } from '../../nodes/AgentAi/transport/lastResult.ts';

test('makes a result anew when the text changes, and not before', () => {
	const last = new LastResult<string>();
	const made: string[] = [];
	const of = (text: string) => last.of(text, () => `${text}${made.push(text)}`);
	expect([of('a'), of('a'), of('b'), of('a')]).toEqual(['a1', 'a1', 'b2', 'a3']);
});

test('remembers neither what could not be made nor what is very long', () => {
	const last = new LastResult<number>();
	const fail = () => {
		throw new Error('no');
	};
	expect(() => last.of('a', fail)).toThrow('no');
	expect(last.of('a', () => 1)).toBe(1);
	const long = 'x'.repeat(70_000);
	expect([last.of(long, () => 2), last.of(long, () => 3), last.of('a', () => 4)]).toEqual([2, 3, 1]);
});
