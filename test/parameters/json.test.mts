import { typedJson, typedObject } from '../../nodes/AgentAi/parameters/json.ts';

describe('a parameter that takes JSON', () => {
	test.each([[undefined], [null], [''], [' \n']])('%j is empty', (value) => {
		expect(typedJson(value, 'Field', 'advice')).toBeUndefined();
	});

	test('goes out as it was typed', () => {
		const text = ' { "id": 7615917337495251231, "price": 10.10 } ';
		expect(typedObject(text, 'Field', '{}')?.text).toBe(text);
	});

	test('what an expression gave goes out as JSON', () => {
		expect(typedObject({ a: [1] }, 'Field', '{}')).toEqual({ value: { a: [1] }, text: '{"a":[1]}' });
	});

	test.each([
		['{', 'Field is not valid JSON'],
		['[1]', 'Field must be an object, not a list'],
		['7', 'Field must be an object, not 7'],
		[[1], 'Field must be an object, not a list'],
	])('%j is refused', (value, message) => {
		expect(() => typedObject(value, 'Field', '{"a":1}')).toThrow(message);
	});
});
