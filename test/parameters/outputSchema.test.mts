import { fieldsOfSchema } from '../../nodes/AgentAi/parameters/outputSchema.ts';
import { eachRow } from '../support/eachRow.mts';

/** The column that a schema of one property becomes. */
const column = (property: unknown) => fieldsOfSchema({ type: 'object', properties: { a: property } })[0];

const TEXT = { name: 'a', required: false, description: '', kind: 'text' };

test('a value or null is one column that may be null, in each of the ways in which that is written', () => {
	eachRow(
		[
			{ type: ['string', 'null'] },
			{ type: 'string', nullable: true },
			{ anyOf: [{ type: 'string' }, { type: 'null' }] },
			{ oneOf: [{ type: 'null' }, { type: 'string' }] },
			{ anyOf: [{ type: ['string', 'null'] }] },
			{ anyOf: [{ type: 'string', nullable: true }] },
			{ nullable: true, anyOf: [{ type: 'string' }] },
			{ title: 'A', default: null, anyOf: [{ type: 'string', title: 'Text' }, { type: 'null' }] },
			{ type: 'string', oneOf: [{ anyOf: [{ title: 'Text' }, { type: 'null' }] }] },
		],
		(property) => JSON.stringify(property),
		(property) => expect(column(property)).toEqual({ ...TEXT, nullable: true }),
	);
	expect(column({ anyOf: [{ type: 'string' }] })).toEqual(TEXT);
});

test('null among the choices of a value that may be null is no choice', () => {
	eachRow(
		[
			{ type: ['string', 'null'], enum: ['x', null] },
			{ type: 'string', enum: ['x', null] },
			{ anyOf: [{ type: 'string', enum: ['x', null] }, { type: 'null' }] },
			{ enum: ['x', null], anyOf: [{ type: 'string' }, { type: 'null' }] },
		],
		(property) => JSON.stringify(property),
		(property) => expect(column(property)).toEqual({ ...TEXT, nullable: true, choices: ['x'] }),
	);
});

test('what stands beside one form is checked as well as what stands in it', () => {
	expect(column({ minLength: 3, description: 'Its name', anyOf: [{ type: 'string', maxLength: 5, description: 'A text' }] })).toEqual({
		...TEXT,
		description: 'Its name',
		least: 3,
		most: 5,
	});
});

test('what the node could not check is refused, with its place', () => {
	const rows: [unknown, RegExp][] = [
		[{ anyOf: [{ type: 'string' }], oneOf: [{ type: 'null' }] }, /“a” .* has anyOf and oneOf/],
		[{ anyOf: [{ type: 'string' }, { type: 'number' }] }, /several forms/],
		[{ anyOf: [{ type: 'null' }] }, /several forms/],
		[{ anyOf: [] }, /several forms/],
		[{ anyOf: [true] }, /several forms/],
		[{ oneOf: { type: 'string' } }, /several forms/],
		[{ minLength: 3, anyOf: [{ type: 'string', minLength: 1 }] }, /has “minLength” beside anyOf or oneOf and in it/],
		[{ type: 'number', oneOf: [{ type: 'string' }, { type: 'null' }] }, /has “type” beside/],
		[{ anyOf: [{ type: 'string', pattern: '^a' }, { type: 'null' }] }, /uses “pattern”/],
		[{ type: 'object', properties: { b: { anyOf: [{ type: 'string' }], oneOf: [] } } }, /“a.b” .* has anyOf and oneOf/],
	];
	eachRow(
		rows,
		([property]) => JSON.stringify(property),
		([property, message]) => expect(() => column(property)).toThrow(message),
	);
});
