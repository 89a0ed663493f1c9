import * as fc from 'fast-check';

import { type Field, takeFields, takeValue, type ValueKind } from '../../nodes/AgentAi/parameters/columnValue.ts';
import { eachRow } from '../support/eachRow.mts';

/** That a value is asked for again. */
const AGAIN = Symbol('again');

function take(kind: ValueKind, given: unknown, more: object = {}): unknown {
	const misfits: string[] = [];
	const value = takeValue({ kind, ...more }, given, misfits, '"x"');
	return misfits.length > 0 ? AGAIN : value;
}

const check = (kind: ValueKind, rows: [given: unknown, taken: unknown][], more: object = {}) =>
	eachRow(
		rows,
		([given]) => JSON.stringify(given),
		([given, taken]) => expect(take(kind, given, more)).toEqual(taken),
	);

test('a number is taken when its text can mean one only', () => {
	check('number', [
		[0, 0],
		[-2.5, -2.5],
		[1e21, AGAIN],
		[Infinity, AGAIN],
		[12345678901234567890, AGAIN],
		['3', 3],
		[' -2.5 ', -2.5],
		['+3', 3],
		['\u22125', -5],
		['-0', 0],
		['007', 7],
		['1e3', 1000],
		['-1e3', -1000],
		['12e10', 12e10],
		['1.25e3', 1250],
		['2.5E-1', 0.25],
		['1e\u22125', AGAIN],
		['000000000000000000007', 7],
		['-1.2345678901234567', -1.2345678901234567],
		['1.2345678901234567e10', 12345678901.234567],
		['1.23456789012345678', AGAIN],
		['1.000000000000000000001', AGAIN],
		['1,5', 1.5],
		['12,34', 12.34],
		['1,200', AGAIN],
		['1.200', AGAIN],
		['0.125', AGAIN],
		['-1.200', AGAIN],
		['12.200', AGAIN],
		['1.200e3', AGAIN],
		['1.200e-3', AGAIN],
		['1.200e10', AGAIN],
		['1,200,300', 1_200_300],
		['1.200.300', 1_200_300],
		['1,200.5', 1200.5],
		['1.200,50', 1200.5],
		['1.200,500', 1200.5],
		['1,200,30', AGAIN],
		['0,200,300', AGAIN],
		['12,00,000', AGAIN],
		['1.200,300.4', AGAIN],
		['1 200', AGAIN],
		["1'200", AGAIN],
		['12345678901234567890', AGAIN],
		['3.14159265358979323846', AGAIN],
		['3.5 %', AGAIN],
		['$3', AGAIN],
		['3 EUR', AGAIN],
		['10-20', AGAIN],
		['about 40', AGAIN],
		['40+', AGAIN],
		['three', AGAIN],
		['0x10', AGAIN],
		['NaN', AGAIN],
		['Infinity', AGAIN],
		['.', AGAIN],
		['', AGAIN],
		[true, AGAIN],
		[[3], AGAIN],
		[{ min: 1 }, AGAIN],
	]);
	check('integer', [
		[3, 3],
		['3', 3],
		['3.0', 3],
		[3.5, AGAIN],
		['3,5', AGAIN],
	]);
	check(
		'number',
		[
			[1, 1],
			['10', 10],
			[0, AGAIN],
			['10.5', AGAIN],
		],
		{ least: 1, most: 10 },
	);
});

test('yes and no are four words, and true and false', () => {
	check('boolean', [
		[true, true],
		[false, false],
		['Yes', true],
		[' NO ', false],
		['true', true],
		['FALSE', false],
		['y', AGAIN],
		['yes, mostly', AGAIN],
		['maybe', AGAIN],
		['', AGAIN],
		[1, AGAIN],
		[0, AGAIN],
	]);
});

test('a list is JSON, or plain parts with commas between', () => {
	check('list', [
		[[], []],
		[
			['a', { b: 1 }],
			['a', { b: 1 }],
		],
		['["a","b"]', ['a', 'b']],
		[' [1, 2] ', [1, 2]],
		['a, b', ['a', 'b']],
		['Machine Learning, node.js, C++, R&D', ['Machine Learning', 'node.js', 'C++', 'R&D']],
		['öl, café', ['öl', 'café']],
		['web2, b', ['web2', 'b']],
		['a', AGAIN],
		['none', AGAIN],
		['', AGAIN],
		['a,,b', AGAIN],
		['a, b,', AGAIN],
		['a, b and c', AGAIN],
		['rot, grün und blau', AGAIN],
		['rouge, vert et bleu', AGAIN],
		['rojo, verde y azul', AGAIN],
		['a, or b', AGAIN],
		['and b, c', AGAIN],
		['a, b etc', AGAIN],
		['a, b, etc.', AGAIN],
		['rood, groen en blauw', AGAIN],
		['czerwony, zielony i niebieski', AGAIN],
		['punainen, vihreä ja sininen', AGAIN],
		['Apple, Inc., Alphabet', AGAIN],
		['They sell hats, shoes.', AGAIN],
		['Yes, they sell shoes', AGAIN],
		['Paris, New York', ['Paris', 'New York']],
		['1,200', AGAIN],
		['1, 2', AGAIN],
		['a (x, y), b', AGAIN],
		['"a, b", c', AGAIN],
		['a; b, c', AGAIN],
		['- a\n- b, c', AGAIN],
		['This company sells many things, for example shoes', AGAIN],
		['["a",', AGAIN],
		[{ a: 1 }, AGAIN],
		[3, AGAIN],
		[[12345678901234567890], AGAIN],
	]);
	const entries = { kind: 'text', choices: ['New', 'Old', 'R and D'] };
	check(
		'list',
		[
			['new', ['New']],
			['old, NEW', ['Old', 'New']],
			[['new'], ['New']],
			['new, other', AGAIN],
			['new, R and D', AGAIN],
			[['other'], AGAIN],
		],
		{ entries },
	);
	check(
		'list',
		[
			[
				[1, '2'],
				[1, 2],
			],
			[[1, null], AGAIN],
			[['x'], AGAIN],
		],
		{ entries: { kind: 'integer' } },
	);
	check(
		'list',
		[
			[
				[1, null],
				[1, null],
			],
		],
		{ entries: { kind: 'integer', nullable: true } },
	);
});

test('a date is a day that is named in one way', () => {
	check('date', [
		['2026-03-01', '2026-03-01'],
		[' 2024-02-29 ', '2024-02-29'],
		['2026-03-01T00:00:00Z', '2026-03-01'],
		['2026-03-01T00:00:00.000+02:00', '2026-03-01'],
		['2026-03-01T00:00Z', '2026-03-01'],
		['2026-03-01 00:00:00', '2026-03-01'],
		['2026-03-01T00:00:00+0200', '2026-03-01'],
		['2026-03-01T23:30:00-05:00', AGAIN],
		['since 2026-03-01', AGAIN],
		['1 March 2026', '2026-03-01'],
		['since 1 March 2026', AGAIN],
		['1 March 2026 or so', AGAIN],
		['1st of March, 2026', '2026-03-01'],
		['March 1, 2026', '2026-03-01'],
		['since March 1, 2026', AGAIN],
		['March 1, 2026 or so', AGAIN],
		['mar 1 2026', '2026-03-01'],
		['Sept. 9, 2026', '2026-09-09'],
		['01-Mar-2026', '2026-03-01'],
		['2026 March 1', '2026-03-01'],
		['2026 March 12', '2026-03-12'],
		['since 2026 March 1', AGAIN],
		['2026 March 1 or so', AGAIN],
		['25/12/2026', '2026-12-25'],
		['12/25/2026', '2026-12-25'],
		['25.12.2026', '2026-12-25'],
		['2026/12/25', '2026-12-25'],
		['since 25/12/2026', AGAIN],
		['25/12/2026 or so', AGAIN],
		['since 2026/12/25', AGAIN],
		['2026/12/25 or so', AGAIN],
		['3/12/2026', AGAIN],
		['03/03/2026', '2026-03-03'],
		['03/04/2026', AGAIN],
		['3.4.2026', AGAIN],
		['2026/03/04', AGAIN],
		['2026-3-4', AGAIN],
		['13/13/2026', AGAIN],
		['2026-02-30', AGAIN],
		['2026-13-01', AGAIN],
		['31 April 2026', AGAIN],
		['1 Marchember 2026', AGAIN],
		['1 March 26', AGAIN],
		['March 2026', AGAIN],
		['2026', AGAIN],
		['today', AGAIN],
		['', AGAIN],
		[2026, AGAIN],
		[1_772_323_200_000, AGAIN],
	]);
});

test('a text stays as it is, and a choice is spelled as the person spelled it', () => {
	check('text', [
		['007', '007'],
		[' a ', ' a '],
		['', ''],
		[3.5, '3.5'],
		[12345678901234567890, AGAIN],
		[true, AGAIN],
		[['a'], AGAIN],
		[{}, AGAIN],
	]);
	check(
		'text',
		[
			['small', 'Small'],
			[' LARGE ', 'Large'],
			['Huge', AGAIN],
			[1, '1'],
			['ONE', AGAIN],
		],
		{ choices: ['Small', 'Large', '1', 'One', 'one'] },
	);
	check(
		'text',
		[
			['ab', 'ab'],
			['a', AGAIN],
			['abcd', AGAIN],
		],
		{ least: 2, most: 3 },
	);
});

test('an object has its fields, in their kinds, or is taken as it is', () => {
	const fields = [field('a', true, 'number'), field('b', false)];
	check(
		'object',
		[
			[
				{ A: '3', b: 'x', c: 1 },
				{ a: 3, b: 'x' },
			],
			[{ a: 0 }, { a: 0, b: null }],
			[{ b: 'x' }, AGAIN],
			['{"a":3}', AGAIN],
			[[3], AGAIN],
		],
		{ fields },
	);
	check('object', [
		[{ a: [1, 'x'] }, { a: [1, 'x'] }],
		[{ a: 12345678901234567890 }, AGAIN],
	]);
	check(
		'number',
		[
			[2, 2],
			['2', 2],
			[3, AGAIN],
		],
		{ choices: [1, 2] },
	);
});

test('a misfit is told once, with its place and what is wanted', () => {
	const TOLD: [kind: ValueKind, given: unknown, told: string, more?: object][] = [
		['text', true, 'must be text, but true was found'],
		['number', 'about 40', 'must be a number in digits, without separators, unit or words, but “about 40” was found'],
		['integer', 3.5, 'must be a whole number in digits, without separators, unit or words, but 3.5 was found'],
		['boolean', 'maybe', 'must be true or false, but “maybe” was found'],
		['list', 'none', 'must be a JSON list, but “none” was found'],
		['date', 'today', 'must be a date as YYYY-MM-DD, but “today” was found'],
		['object', [1], 'must be a JSON object, but a list was found'],
		['any', 1e21, 'must be JSON whose numbers are exact, but a number with more digits than JSON keeps exactly was found'],
		['text', 'Huge', 'must be one of "Small", "Large", but “Huge” was found', { choices: ['Small', 'Large'] }],
		['number', 'many', 'must be one of 1, 2, but “many” was found', { choices: [1, 2] }],
		['number', 0, 'must be at least 1, but 0 was found', { least: 1 }],
		['number', 11, 'must be at most 10, but 11 was found', { most: 10 }],
		['text', 'a', 'must be at least 2 characters long, but “a” was found', { least: 2 }],
		['text', 'abcd', 'must be at most 3 characters long, but “abcd” was found', { most: 3 }],
		['list', [], 'must be at least 1 entries long, but a list was found', { least: 1 }],
		['list', [1, 2], 'must be at most 1 entries long, but a list was found', { most: 1 }],
	];
	eachRow(
		TOLD,
		([kind, given]) => `${kind} ${JSON.stringify(given)}`,
		([kind, given, told, more]) => {
			const misfits: string[] = [];
			expect(takeValue({ kind, ...more }, given, misfits, '"x"')).toBeNull();
			expect(misfits).toEqual([`"x" ${told}`]);
		},
	);
	const misfits: string[] = [];
	const entry = { kind: 'object' as const, fields: [field('b', true, 'number')] };
	takeFields([{ ...field('a', false, 'list'), least: 3, entries: entry }], { a: [{ b: 1 }, { b: 'x' }] }, misfits);
	expect(misfits).toEqual([`"a", entry 2, → "b" must be a number in digits, without separators, unit or words, but “x” was found`]);
});

const field = (name: string, required: boolean, kind: ValueKind = 'text'): Field => ({ name, required, kind, description: '' });

test('what is missing or null is empty, unless it is required; keys are known in any case', () => {
	const fields = [field('a', true), field('b', false), { ...field('c', true), nullable: true }];
	const read = (given: Record<string, unknown>) => {
		const misfits: string[] = [];
		return { columns: takeFields(fields, given, misfits), misfits };
	};
	expect(read({ A: 'x', ' c ': null })).toEqual({ columns: { a: 'x', b: null, c: null }, misfits: [] });
	expect(read({ A: 'y', a: 'x', c: 'z' }).columns).toEqual({ a: 'x', b: null, c: 'z' });
	expect(read({ A: 'x', 'a ': 'y', c: 'z' }).misfits).toEqual(['"a" must be there once, but "A", "a " were found']);
	expect(read({ a: 'x', B: 'y', 'b ': 'y', c: 'z' }).misfits).toEqual(['"b" must be there once, but "B", "b " were found']);
	expect(read({ a: ' ', c: '' }).misfits).toEqual(['"a" is required, but it is empty', '"c" is required, but it is empty']);
	expect(read({ c: 'z' }).columns).toEqual({ a: null, b: null, c: 'z' });
	expect(read({ a: null }).misfits).toEqual(['"a" is required, but it is empty', '"c" is required, but it is missing']);
});

test('a key in another way of writing it is its field’s, unless it could be that of two', () => {
	const read = (names: string[], given: Record<string, unknown>) => {
		const misfits: string[] = [];
		return {
			...takeFields(
				names.map((name) => field(name, false)),
				given,
				misfits,
			),
			misfits,
		};
	};
	for (const key of ['employeeCount', 'Employee Count', 'employee-count', 'EMPLOYEE_COUNT'])
		expect(read(['employee_count'], { [key]: 'x' })).toEqual({ employee_count: 'x', misfits: [] });
	expect(read(['größe_in_m'], { 'Größe (in m)': 'x' })).toEqual({ größe_in_m: 'x', misfits: [] });
	expect(read(['employee_count'], { employeeCount: 'x', 'Employee Count': 'y' }).misfits).toHaveLength(1);
	expect(read(['q1_1', 'q11'], { q11: 'x' })).toEqual({ q1_1: null, q11: 'x', misfits: [] });
	expect(read(['C', 'C#'], { 'C++': 'x' })).toEqual({ C: null, 'C#': null, misfits: [] });
	expect(read(['#'], { '%': 'x' })).toEqual({ '#': null, misfits: [] });
});

describe('whatever an agent writes', () => {
	const kinds: ValueKind[] = ['text', 'number', 'integer', 'boolean', 'list', 'date', 'any'];

	test('is taken in its kind, or asked for again: nothing in between', () => {
		const fits: Record<string, (value: unknown) => boolean> = {
			text: (value) => typeof value === 'string',
			number: (value) => Number.isFinite(value),
			integer: (value) => Number.isSafeInteger(value),
			boolean: (value) => typeof value === 'boolean',
			list: (value) => Array.isArray(value),
			date: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value),
			any: () => true,
		};
		fc.assert(
			fc.property(fc.constantFrom(...kinds), fc.jsonValue(), (kind, given) => {
				const taken = take(kind, given);
				return taken === AGAIN || fits[kind]?.(taken) === true;
			}),
		);
	});

	test('what was taken is taken as it is when it is read again', () => {
		const text = fc.oneof(
			fc.string(),
			fc.stringMatching(/^[+-]?\d{1,9}([.,]\d{1,9}){0,3}$/),
			fc.stringMatching(/^\d{1,4}[-/. ]\w{1,5}[-/. ]\d{1,4}$/),
		);
		fc.assert(
			fc.property(fc.constantFrom(...kinds), text, (kind, given) => {
				const taken = take(kind, given);
				if (taken !== AGAIN) expect(take(kind, JSON.parse(JSON.stringify(taken)))).toEqual(taken);
			}),
			{ numRuns: 1000 },
		);
	});

	test('a number in a text is the number that any reader of that form would read', () => {
		const grouped = (number: number, locale: string) => number.toLocaleString(locale, { maximumFractionDigits: 2 });
		const either = /^-?\d+[.,]\d{3}$/;
		fc.assert(
			fc.property(
				fc.integer({ min: -1e9, max: 1e9 }),
				fc.integer({ min: 0, max: 99 }),
				fc.constantFrom('en', 'de'),
				(whole, hundredths, locale) => {
					const number = Number(`${whole}.${String(hundredths).padStart(2, '0')}`);
					const text = grouped(number, locale);
					expect(take('number', text)).toEqual(either.test(text) ? AGAIN : number || 0);
				},
			),
		);
	});

	test('a day is the same in every form that names its month', () => {
		fc.assert(
			fc.property(
				fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
				fc.constantFrom('en-GB', 'en-US'),
				(date, locale) => {
					const text = date.toLocaleDateString(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
					expect(take('date', text)).toBe(date.toISOString().slice(0, 10));
				},
			),
		);
	});

	test('it takes time in proportion to its length', () => {
		for (const text of [
			'1,'.repeat(50_000),
			'a, '.repeat(50_000),
			' '.repeat(100_000),
			'a '.repeat(50_000),
			'9'.repeat(100_000),
			'and'.repeat(40_000),
		]) {
			for (const kind of kinds) take(kind, text);
		}
	}, 5_000);
});
