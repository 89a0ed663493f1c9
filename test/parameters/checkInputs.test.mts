import fc from 'fast-check';

import { readCatalogue } from '../../nodes/AgentAi/client/catalogue.ts';
import { InputError } from '../../nodes/AgentAi/failures/inputError.ts';
import { mapperFields } from '../../nodes/AgentAi/methods/mapperFields.ts';
import { checkInputs, type Strangers } from '../../nodes/AgentAi/parameters/checkInputs.ts';
import { type ObjectSchema, readSchema, type SchemaField } from '../../nodes/AgentAi/parameters/schema.ts';
import facts from '../contract/catalogue.facts.json' with { type: 'json' };

const CATALOGUE = new Map([...readCatalogue(facts)].map(([name, { schema }]) => [name, readSchema(schema)]));

/** A value that the input takes, as JSON. */
function valid(input: SchemaField): unknown {
	if (input.choices) return input.choices[0];
	switch (input.type) {
		case 'string':
			if (input.format === 'url') return 'https://example.com/x';
			return 'a_b1';
		case 'integer':
		case 'number':
			return input.minimum ?? 7;
		case 'boolean':
			return true;
		case 'array':
			return input.items?.choices?.slice(0, 1) ?? ['x'];
		case 'object':
			return { a: 1 };
	}
}

/** The same value as the panel or an expression may give it: numbers and booleans as text, lists and objects as JSON. */
const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

const check = (schema: ObjectSchema, given: Record<string, unknown>, strangers: Strangers = 'refuse') =>
	checkInputs('the action', schema, given, strangers);

/** A value of another type. */
function wrong(input: SchemaField): unknown {
	return input.type === 'string' ? { not: 'text' } : 'certainly not';
}

const without = (record: Record<string, unknown>, key: string) =>
	Object.fromEntries(Object.entries(record).filter(([each]) => each !== key));

const all = ({ fields }: ObjectSchema) => Object.fromEntries(fields.map((field) => [field.name, valid(field)]));

/** Runs a check for every action, and names the one that fails. */
function forEachAction(run: (schema: ObjectSchema, name: string) => void) {
	for (const [name, schema] of CATALOGUE) {
		if (schema.open) continue;
		try {
			run(schema, name);
		} catch (error) {
			throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
		}
	}
}

describe('every action of the catalogue', () => {
	test('renders every input, with its required mark where it has no default, its choices and its default', () => {
		forEachAction((read, name) => {
			const schema = facts.find((each) => each.name === name)!.parameters as unknown as {
				properties: Record<string, Record<string, unknown>>;
				required: string[];
			};
			const fields = mapperFields(read.fields);
			expect(fields.map(({ id }) => id).sort()).toEqual([...new Set([...Object.keys(schema.properties), ...schema.required])].sort());
			for (const field of fields) {
				const property = schema.properties[field.id] ?? { type: 'string' };
				if (property.enum) expect(field.options?.map(({ value }) => value)).toEqual(property.enum);
				else expect(field.type).toBe(property.type === 'integer' ? 'number' : property.type);
				const fallback = property.default;
				const usable =
					fallback !== undefined &&
					!JSON.stringify(fallback).includes('{{') &&
					(!property.enum || (property.enum as unknown[]).includes(fallback));
				// what has a default does not block the workflow where it is empty
				expect(field.required).toBe(schema.required.includes(field.id) && !usable);
				const shown = Array.isArray(fallback) ? JSON.stringify(fallback) : fallback;
				expect(field.defaultValue).toEqual(usable ? shown : undefined);
			}
		});
	});

	test('keeps the JSON types from the panel to the wire', () => {
		forEachAction((schema) => {
			const values = all(schema);
			expect(check(schema, values)).toEqual(values);
			const typed = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, asText(value)]));
			expect(check(schema, typed)).toEqual(values);
		});
	});

	test('requires what it requires, and refuses what the schema refuses', () => {
		forEachAction((schema) => {
			for (const input of schema.fields) {
				const others = without(all(schema), input.name);
				if (input.required && input.default === undefined) {
					expect(() => check(schema, others)).toThrow(`“${input.name}” is empty`);
					expect(() => check(schema, { ...others, [input.name]: '' })).toThrow(InputError);
				} else if (input.required) expect(check(schema, others)[input.name]).toEqual(input.default);
				else expect(check(schema, others)).toEqual(others);
				expect(() => check(schema, { ...others, [input.name]: wrong(input) })).toThrow(`“${input.name}”`);
				if (input.choices) {
					const outside = input.type === 'string' ? 'outside' : -1;
					expect(() => check(schema, { ...others, [input.name]: outside })).toThrow(/must be one of/);
				}
				if (input.minimum !== undefined) {
					expect(() => check(schema, { ...others, [input.name]: input.minimum! - 1 })).toThrow(/or more/);
				}
				if (input.maximum !== undefined) {
					expect(() => check(schema, { ...others, [input.name]: input.maximum! + 1 })).toThrow(/or less/);
				}
			}
			expect(() => check(schema, { ...all(schema), certainly_unknown: 1 })).toThrow(/has no input “certainly_unknown”/);
		});
	});
});

test('a date is read where it has one meaning: n8n and JavaScript would guess', () => {
	const schema = readSchema({ properties: { day: { type: 'string', format: 'date' }, at: { type: 'string', format: 'date-time' } } });
	const READ: [given: string, sent: string][] = [
		['1/15/2026', '2026-01-15'],
		['13.01.2026', '2026-01-13'],
		['5 January 2026', '2026-01-05'],
		['2026-01-05T00:00:00Z', '2026-01-05'],
	];
	for (const [given, sent] of READ) expect(check(schema, { day: given })).toEqual({ day: sent });
	for (const given of ['05.01.2026', 46024, '46024', 12, '12', 'tomorrow']) {
		expect(() => check(schema, { day: given })).toThrow('The input “day” must be a date');
	}
	expect(check(schema, { at: new Date(0).toString() }).at).toContain('19');
	expect(check(schema, { at: '2026-01-02T23:00:00+09:00' }).at).toContain('2026-01-02T');
	for (const given of ['1/2/2026 08:04', 46024]) expect(() => check(schema, { at: given })).toThrow('The input “at” must be a date');
});

describe('invoke_agent', () => {
	const action = CATALOGUE.get('invoke_agent')!;

	test('is the one open action, and offers what agent.ai’s own page names', () => {
		expect([...CATALOGUE.values()].filter(({ open }) => open)).toEqual([action]);
		expect(mapperFields(action.fields).map(({ id, required }) => [id, required])).toEqual([
			['id', true],
			['user_input', false],
			['run_id', false],
		]);
	});

	test('requires the id only, and passes every further key on', () => {
		const inputs = { id: 'deepseek-r1', user_input: 'Hi', topic: 'x', input: { a: 1 }, empty: '' };
		expect(check(action, inputs, 'send')).toEqual({ id: 'deepseek-r1', user_input: 'Hi', topic: 'x', input: { a: 1 } });
		expect(check(action, { id: 'x' }, 'send')).toEqual({ id: 'x' });
		expect(() => check(action, { user_input: 'Hi' }, 'send')).toThrow('The input “id” is empty');
	});
});

test('an input named like a member of every object sends nothing that was not given', () => {
	const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];
	const action = readSchema({ properties: Object.fromEntries(names.map((each) => [each, { type: 'string' }])) });
	expect(action.fields.map(({ name: each }) => each)).toEqual(names);
	expect(JSON.stringify(check(action, {}))).toBe('{}');
	const given = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, unknown>;
	expect(JSON.stringify(check(action, given))).toBe('{"constructor":"b","__proto__":"a"}');
});

const schemaOf = fc.oneof(
	fc.record({ type: fc.constant('string'), default: fc.option(fc.string(), { nil: undefined }) }),
	fc.record({ type: fc.constantFrom('integer', 'number'), default: fc.option(fc.integer(), { nil: undefined }) }),
	fc.record({ type: fc.constant('boolean'), default: fc.option(fc.boolean(), { nil: undefined }) }),
	fc.record({ type: fc.constant('string'), enum: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }) }),
	fc.record({ type: fc.constant('array') }),
	fc.record({ type: fc.constant('object') }),
	// what nobody has thought of
	fc.anything(),
);
const name = fc.stringMatching(/^[a-z][a-z_]{0,8}$/);
const parameters = fc
	.dictionary(name, schemaOf, { maxKeys: 6 })
	.chain((properties) =>
		fc.record({ type: fc.constant('object'), properties: fc.constant(properties), required: fc.subarray(Object.keys(properties)) }),
	);
const read = readSchema;

test('any schema at all gives fields, and its own valid values pass', () => {
	fc.assert(
		fc.property(parameters, (schema) => {
			const action = read(schema);
			expect(mapperFields(action.fields)).toHaveLength(action.fields.length);
			expect(check(action, all(action))).toEqual(all(action));
		}),
		{ numRuns: 1_000 },
	);
});

test('a saved workflow keeps working when the catalogue grows or a field is removed', () => {
	fc.assert(
		fc.property(parameters, parameters, (before, added) => {
			const saved = all(read(before));
			const grown = read({
				...before,
				properties: { ...added.properties, ...before.properties },
				// a new field is optional, or it would break every caller of the API as well
				required: before.required,
			});
			expect(check(grown, saved, 'drop')).toEqual(saved);
			const [removed] = Object.keys(before.properties);
			if (removed === undefined) return;
			const properties = without(before.properties, removed);
			const shrunk = read({ ...before, properties, required: before.required.filter((each) => each !== removed) });
			expect(check(shrunk, saved, 'drop')).toEqual(without(saved, removed));
		}),
		{ numRuns: 1_000 },
	);
});

test('inputs that are secrets say how to give them', () => {
	const [field] = mapperFields(readSchema({ properties: { password: { type: 'string', format: 'password' } } }).fields);
	expect(field?.displayName).toBe('Password (Secret: Use an Expression)');
});

describe('a number that JSON has rounded', () => {
	const schema = readSchema({
		properties: { id: { type: 'string' }, n: { type: 'integer' }, rows: { type: 'array' }, o: { type: 'object' } },
	});
	const rounded = '12345678901234567890';

	test.each([
		['as text is wanted', `{"id":${rounded}}`, 'id'],
		['where a number is wanted', `{"n":${rounded}}`, 'n'],
		['in a list', `{"rows":[1,{"x":${rounded}}]}`, 'rows'],
		['in JSON inside of a text', `{"o":"{\\"a\\":${rounded}}"}`, 'o'],
		['in an input that the schema does not know', `{"other":-${rounded}}`, 'other'],
	])('%s is refused by its name', (_where, json, name) => {
		const given = JSON.parse(json) as Record<string, unknown>;
		expect(() => check(schema, given, 'send')).toThrow(`The input “${name}” holds a whole number beyond 2^53`);
	});

	test('goes out as text, and is no whole number for an action', () => {
		expect(check(schema, { id: rounded, o: { a: 2 ** 53 - 1 } })).toEqual({ id: rounded, o: { a: 2 ** 53 - 1 } });
		expect(() => check(schema, { n: rounded })).toThrow('must be a whole number');
	});
});

test('a whole number that a text holds is not rounded either, alone or in a list', () => {
	const schema = readSchema({ properties: { n: { type: 'number' }, list: { type: 'array', items: { type: 'number' } } } });
	const rounded = '12345678901234567890';
	for (const given of [{ n: rounded }, { list: `${rounded}, 2` }]) {
		expect(() => checkInputs('x', schema, given, 'send')).toThrow(InputError);
	}
	expect(checkInputs('x', schema, { n: '1.5', list: '1, 2' }, 'send')).toEqual({ n: 1.5, list: [1, 2] });
});
