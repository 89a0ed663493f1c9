import fc from 'fast-check';

import { type ActionInput, type CatalogueAction, readCatalogue, title } from '../../nodes/AgentAi/client/catalogue.ts';
import { InputError } from '../../nodes/AgentAi/failures/inputError.ts';
import { checkInputs, mapperFields } from '../../nodes/AgentAi/parameters/actionInputs.ts';
import facts from '../contract/catalogue.facts.json' with { type: 'json' };
import { eachRow } from '../support/eachRow.mts';

const OPENCLAW = ['openclaw_chat_completion', 'openclaw_get_details', 'openclaw_tools_invoke'];
const CATALOGUE = readCatalogue(facts);

/** What the catalogue describes otherwise than the API takes it has tests of its own. */
const DESCRIBED = [...CATALOGUE.values()].filter(({ open }) => !open);

/** A value that the input takes, as JSON. */
function valid(input: ActionInput): unknown {
	if (input.choices) return input.choices[0];
	switch (input.type) {
		case 'string':
			if (input.format === 'url') return 'https://example.com/x';
			if (input.pattern === '^[0-9]+$') return '4711';
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

/** The inputs as values, which are what stands in their JSON too. */
function valuesOf(...parameters: Parameters<typeof checkInputs>) {
	const { values, json } = checkInputs(...parameters);
	expect(JSON.parse(json)).toEqual(values);
	return values;
}

/** A value of another type. */
function wrong(input: ActionInput): unknown {
	return input.type === 'string' ? { not: 'text' } : 'certainly not';
}

const without = (record: Record<string, unknown>, key: string) =>
	Object.fromEntries(Object.entries(record).filter(([each]) => each !== key));

const all = (action: CatalogueAction) => Object.fromEntries(action.inputs.map((input) => [input.name, valid(input)]));

test('all 177 functions are read, the three of OpenClaw left out', () => {
	expect(facts).toHaveLength(177);
	expect(CATALOGUE.size).toBe(174);
	expect(OPENCLAW.some((name) => CATALOGUE.has(name))).toBe(false);
	expect([...CATALOGUE.values()].filter(({ inputs }) => !inputs.some(({ name }) => name === 'output_variable_name')).length).toBe(44);
});

const eachAction = (check: (action: CatalogueAction) => void) => eachRow(DESCRIBED, ({ name: each }) => each, check);

describe('every action', () => {
	test('renders every input, with its required mark, its choices and its default', () =>
		eachAction((action) => {
			const schema = facts.find((each) => each.name === action.name)!.parameters as unknown as {
				properties: Record<string, Record<string, unknown>>;
				required: string[];
			};
			const fields = mapperFields(action);
			expect(fields.map(({ id }) => id).sort()).toEqual([...new Set([...Object.keys(schema.properties), ...schema.required])].sort());
			for (const field of fields) {
				const property = schema.properties[field.id] ?? { type: 'string' };
				expect(field.required).toBe(schema.required.includes(field.id));
				if (property.enum) expect(field.options?.map(({ value }) => value)).toEqual(property.enum);
				else expect(field.type).toBe(property.type === 'integer' ? 'number' : property.type);
				const fallback = property.default;
				const usable =
					fallback !== undefined &&
					!JSON.stringify(fallback).includes('{{') &&
					(!property.enum || (property.enum as unknown[]).includes(fallback));
				const shown = Array.isArray(fallback) ? JSON.stringify(fallback) : fallback;
				expect(field.defaultValue).toEqual(usable ? shown : undefined);
			}
		}));

	test('keeps the JSON types from the panel to the wire', () =>
		eachAction((action) => {
			const values = all(action);
			expect(valuesOf(action, values, 'refuse')).toEqual(values);
			const typed = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, asText(value)]));
			expect(valuesOf(action, typed, 'refuse')).toEqual(values);
		}));

	test('requires what it requires, and refuses what the schema refuses', () =>
		eachAction((action) => {
			for (const input of action.inputs) {
				const others = without(all(action), input.name);
				if (input.required && input.default === undefined) {
					expect(() => checkInputs(action, others, 'refuse')).toThrow(`“${input.name}” is empty`);
					expect(() => checkInputs(action, { ...others, [input.name]: '' }, 'refuse')).toThrow(InputError);
				} else if (input.required) expect(valuesOf(action, others, 'refuse')[input.name]).toEqual(input.default);
				else expect(valuesOf(action, others, 'refuse')).toEqual(others);
				expect(() => checkInputs(action, { ...others, [input.name]: wrong(input) }, 'refuse')).toThrow(`“${input.name}”`);
				if (input.choices) {
					const outside = input.type === 'string' ? 'outside' : -1;
					expect(() => checkInputs(action, { ...others, [input.name]: outside }, 'refuse')).toThrow(/must be one of/);
				}
				if (input.pattern) expect(() => checkInputs(action, { ...others, [input.name]: '-#-' }, 'refuse')).toThrow(/of the form/);
				if (input.minimum !== undefined) {
					expect(() => checkInputs(action, { ...others, [input.name]: input.minimum! - 1 }, 'refuse')).toThrow(/or more/);
				}
				if (input.maximum !== undefined) {
					expect(() => checkInputs(action, { ...others, [input.name]: input.maximum! + 1 }, 'refuse')).toThrow(/or less/);
				}
			}
			expect(() => checkInputs(action, { ...all(action), certainly_unknown: 1 }, 'refuse')).toThrow(/has no input “certainly_unknown”/);
		}));
});

describe('invoke_agent', () => {
	const action = CATALOGUE.get('invoke_agent')!;

	test('is the one open action, and offers what agent.ai’s own page names', () => {
		expect([...CATALOGUE.values()].filter(({ open }) => open)).toEqual([action]);
		expect(mapperFields(action).map(({ id, required }) => [id, required])).toEqual([
			['id', true],
			['user_input', false],
			['run_id', false],
		]);
	});

	test('requires the id only, and passes every further key on', () => {
		const inputs = { id: 'deepseek-r1', user_input: 'Hi', topic: 'x', input: { a: 1 }, empty: '' };
		for (const unknown of ['refuse', 'drop'] as const) {
			expect(valuesOf(action, inputs, unknown)).toEqual({ id: 'deepseek-r1', user_input: 'Hi', topic: 'x', input: { a: 1 } });
		}
		expect(valuesOf(action, { id: 'x' }, 'refuse')).toEqual({ id: 'x' });
		expect(() => checkInputs(action, { user_input: 'Hi' }, 'refuse')).toThrow('The input “id” is empty');
	});
});

test('an input named like a member of every object sends nothing that was not given', () => {
	const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];
	const action = read({ properties: Object.fromEntries(names.map((each) => [each, { type: 'string' }])) });
	expect(action.inputs.map(({ name: each }) => each)).toEqual(names);
	expect(checkInputs(action, {}, 'refuse').json).toBe('{}');
	const given = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, unknown>;
	expect(checkInputs(action, given, 'refuse').json).toBe('{"constructor":"b","__proto__":"a"}');
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
const read = (schema: unknown): CatalogueAction => readCatalogue([{ name: 'any', parameters: schema }]).get('any')!;

test('any schema at all gives fields, and its own valid values pass', () => {
	fc.assert(
		fc.property(parameters, (schema) => {
			const action = read(schema);
			expect(mapperFields(action)).toHaveLength(action.inputs.length);
			expect(valuesOf(action, all(action), 'refuse')).toEqual(all(action));
		}),
		{ numRuns: 300 },
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
			expect(valuesOf(grown, saved, 'drop')).toEqual(saved);
			const [removed] = Object.keys(before.properties);
			if (removed === undefined) return;
			const properties = without(before.properties, removed);
			const shrunk = read({ ...before, properties, required: before.required.filter((each) => each !== removed) });
			expect(valuesOf(shrunk, saved, 'drop')).toEqual(without(saved, removed));
		}),
		{ numRuns: 300 },
	);
});

test('nonsense in the catalogue is skipped', () => {
	fc.assert(
		fc.property(fc.array(fc.anything()), (list) => {
			for (const action of readCatalogue(list).values()) expect(Array.isArray(action.inputs)).toBe(true);
		}),
	);
});

test('titles', () => {
	expect(title('get_twitter_users')).toBe('Get Twitter Users');
	expect(title('hubspot.v2.get_engagements')).toBe('Hubspot V2 Get Engagements');
});

test('inputs that are secrets say how to give them', () => {
	const [field] = mapperFields(read({ properties: { password: { type: 'string', format: 'password' } } }));
	expect(field?.displayName).toBe('Password (Secret: Give It by Expression)');
});

describe('patterns of inputs', () => {
	const patternOf = (pattern: unknown) =>
		readCatalogue([{ name: 'act', parameters: { properties: { value: { type: 'string', pattern } } } }]).get('act')?.inputs[0]?.pattern;

	test.each(['^[0-9]+$', '^[a-zA-Z][a-zA-Z0-9_]*$', '^#?[0-9a-f]{6}$', '^\\d{4}-\\d\\d-\\d\\d$', 'abc'])(
		'%s is checked before sending',
		(pattern) => {
			expect(patternOf(pattern)).toBe(pattern);
		},
	);

	test.each([
		'^(a+)+$',
		'^(a|a)*$',
		'^(.*a){20}$',
		'^\\w+\\w+\\w+$',
		'[a-z]+$',
		'(?=x)',
		'^a{1,999}a{1,999}$',
		'^(\\w+\\s?)*$',
		'['.repeat(300),
		'^\\p{L}+$',
		'[',
		7,
	])('%s is left to agent.ai, because it may try combinations or is none', (pattern) => {
		expect(patternOf(pattern)).toBeUndefined();
	});

	test('one that is checked takes no longer than its text is', () => {
		const actions = readCatalogue([
			{ name: 'act', parameters: { properties: { value: { type: 'string', pattern: '^[a-zA-Z][a-zA-Z0-9_]*$' } } } },
		]);
		expect(() => checkInputs(actions.get('act')!, { value: `${'a'.repeat(1_000_000)}!` }, 'refuse')).toThrow(/of the form/);
	});
});
