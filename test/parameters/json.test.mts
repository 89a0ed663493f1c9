import fc from 'fast-check';

import { memberTexts, typedJson, typedObject } from '../../nodes/AgentAi/parameters/json.ts';

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
		['[1]', 'Field must be an object, but a list was found'],
		['7', 'Field must be an object, but 7 was found'],
		[[1], 'Field must be an object, but a list was found'],
	])('%j is refused', (value, message) => {
		expect(() => typedObject(value, 'Field', '{"a":1}')).toThrow(message);
	});
});

describe('the members of an object as text', () => {
	test.each<[string, Record<string, string>]>([
		['{}', {}],
		['{"a":1}', { a: '1' }],
		['{ "a" : 10.10 , "b":7615917337495251231 }', { a: '10.10', b: '7615917337495251231' }],
		['{"a":{"b":[1,{"c":"}"}]},"d":"\\"}{,:"}', { a: '{"b":[1,{"c":"}"}]}', d: '"\\"}{,:"' }],
		['{"a":1,"a":2}', { a: '2' }],
		['{"":null,"__proto__":true}', { '': 'null', ['__proto__']: 'true' }],
		['{"\\u0061":1}', { a: '1' }],
	])('%s', (text, members) => {
		expect(Object.fromEntries(memberTexts(text))).toEqual(members);
	});

	test('read again they are the object', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'), (object, space) => {
				const text = JSON.stringify(object, undefined, space);
				const read = [...memberTexts(text)].map(([name, value]) => [name, JSON.parse(value)] as const);
				expect(Object.fromEntries(read)).toEqual(JSON.parse(text));
			}),
			{ numRuns: 1_000 },
		);
	});
});
