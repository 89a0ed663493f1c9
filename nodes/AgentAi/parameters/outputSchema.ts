import { found, InputError } from '../failures/inputError';
import { asList, asObject, isObject } from '../failures/json';
import { type Field, type Shape, takeValue, type ValueKind } from './columnValue';

/** What only tells of a value. */
const TOLD = '$schema $id $comment title description default examples example deprecated readOnly writeOnly'.split(' ');
/** What is looked at whatever the type. */
const ALWAYS_READ = 'format type enum const nullable'.split(' ');
/** The kind of a type, and what is checked of it besides. */
const TYPES: Record<string, [kind: ValueKind, checked: string]> = {
	string: ['text', 'minLength maxLength'],
	number: ['number', 'minimum maximum'],
	integer: ['integer', 'minimum maximum'],
	boolean: ['boolean', ''],
	array: ['list', 'items minItems maxItems'],
	object: ['object', 'properties required additionalProperties'],
	any: ['any', ''],
};

/** Deeper schemas are not written by hand. */
const MOST_DEPTH = 20;

/**
 * The columns that a JSON schema describes: the properties of its object. Strict, because the person has written it: what would
 * not be checked, and what no answer can meet, is refused.
 *
 * @throws InputError that names the place in the schema
 */
export function fieldsOfSchema(schema: Record<string, unknown>): Field[] {
	const { kind, fields, nullable } = shapeOf(schema, '', 0);
	if (kind !== 'object' || nullable || fields === undefined || fields.length === 0) {
		throw refused('', 'must be that of an object with properties: each becomes a column');
	}
	return fields;
}

function shapeOf(given: unknown, at: string, depth: number): Shape {
	if (given === true) return { kind: 'any' };
	if (!isObject(given)) throw refused(at, `must be a schema, but ${found(given)} was found`);
	if (depth > MOST_DEPTH) throw refused(at, 'is nested too deeply');
	const { schema, nullable } = withoutNull(given, at);
	const type = typeOf(schema, at);
	const [usual, checked] = TYPES[type] as (typeof TYPES)[string];
	const known = [...TOLD, ...ALWAYS_READ, ...checked.split(' ')];
	const unchecked = Object.keys(schema).find((key) => !known.includes(key));
	if (unchecked !== undefined) throw refused(at, `uses ${found(unchecked)}, which the node cannot check for the type ${found(type)}`);
	const kind = type === 'string' && schema.format === 'date' ? 'date' : usual;
	const [least, most] = boundsOf(schema, at);
	const shape: Shape = {
		kind,
		...(least === undefined ? {} : { least }),
		...(most === undefined ? {} : { most }),
		...(schema.items === undefined ? {} : { entries: shapeOf(schema.items, `${at}.items`, depth + 1) }),
		...(kind === 'object' ? objectOf(schema, at, depth) : {}),
		...(nullable ? { nullable } : {}),
	};
	const choices = choicesOf(schema, at);
	return choices ? { ...shape, choices: checkChoices(shape, choices, place(at)) } : shape;
}

/** A schema of a value or `null`, in each of the ways in which that is written, as the schema of the value. */
function withoutNull(given: Record<string, unknown>, at: string): { schema: Record<string, unknown>; nullable: boolean } {
	const { anyOf, oneOf, ...beside } = given;
	if (anyOf !== undefined && oneOf !== undefined) throw refused(at, 'has anyOf and oneOf, and the node can check one of them');
	const forms = anyOf ?? oneOf;
	if (forms !== undefined) {
		const some = asList(forms).filter((each) => asObject(each).type !== 'null');
		const [only] = some;
		if (!Array.isArray(forms) || some.length !== 1 || !isObject(only))
			throw refused(at, 'has several forms in anyOf or oneOf, and the node can check one, or one and null');
		const twice = Object.keys(only).find((key) => Object.hasOwn(beside, key) && !TOLD.includes(key));
		if (twice !== undefined) throw refused(at, `has ${found(twice)} beside anyOf or oneOf and in it, and the node can check one`);
		const { schema, nullable } = withoutNull({ ...only, ...beside }, at);
		return { schema, nullable: nullable || forms.length > 1 };
	}
	const types: unknown[] = Array.isArray(given.type) ? given.type : [given.type];
	const values = Array.isArray(given.enum) ? given.enum : undefined;
	const nullable = given.nullable === true || types.includes('null') || values?.includes(null) === true;
	return { schema: values ? { ...given, enum: values.filter((value) => value !== null) } : given, nullable };
}

function typeOf(schema: Record<string, unknown>, at: string): string {
	const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).filter((type) => type !== 'null');
	if (types.length > 1) throw refused(at, 'has several types, and the node can check one, or one and null');
	const [type] = types;
	if (typeof type === 'string' && Object.hasOwn(TYPES, type) && type !== 'any') return type;
	if (type !== undefined) throw refused(at, `has the type ${found(type)}, which JSON does not have`);
	if (isObject(schema.properties)) return 'object';
	return schema.items === undefined ? 'any' : 'array';
}

function boundsOf(schema: Record<string, unknown>, at: string): [number | undefined, number | undefined] {
	const bound = (...names: string[]) => {
		const name = names.find((each) => schema[each] !== undefined);
		const value = name === undefined ? undefined : schema[name];
		if (value !== undefined && typeof value !== 'number') throw refused(at, `has ${name} ${found(value)}, which must be a number`);
		return value as number | undefined;
	};
	const [least, most] = [bound('minimum', 'minLength', 'minItems'), bound('maximum', 'maxLength', 'maxItems')];
	if (least !== undefined && most !== undefined && least > most) {
		throw refused(at, `cannot be met: it wants at least ${least} and at most ${most}`);
	}
	return [least, most];
}

function objectOf(schema: Record<string, unknown>, at: string, depth: number): { fields?: Field[] } {
	const { properties, required, additionalProperties: further } = schema;
	if (further !== undefined && typeof further !== 'boolean')
		throw refused(at, 'has a schema for additionalProperties, which the node cannot check');
	if (required !== undefined && !(Array.isArray(required) && required.every((name) => typeof name === 'string'))) {
		throw refused(at, 'has required, which must be a list of names');
	}
	if (properties !== undefined && !isObject(properties)) throw refused(at, 'has properties, which must be an object');
	const strange = ((required ?? []) as string[]).find((name) => !Object.hasOwn(properties ?? {}, name));
	if (strange !== undefined) throw refused(at, `requires ${found(strange)}, which properties do not describe`);
	if (properties === undefined) return {};
	return {
		fields: Object.entries(properties).map(([name, property]) => ({
			name,
			required: ((required ?? []) as string[]).includes(name),
			description: isObject(property) && typeof property.description === 'string' ? property.description : '',
			...shapeOf(property, at === '' ? name : `${at}.${name}`, depth + 1),
		})),
	};
}

function choicesOf({ enum: values, const: value }: Record<string, unknown>, at: string): unknown[] | undefined {
	if (value !== undefined) return [value];
	if (values === undefined) return undefined;
	if (Array.isArray(values) && values.length > 0) return values;
	throw refused(at, 'cannot be met: its enum holds no value');
}

/**
 * The choices as values of their kind.
 *
 * @throws InputError for one that no answer could give
 */
export function checkChoices(shape: Shape, choices: unknown[], owner: string): unknown[] {
	const taken = choices.map((choice) => {
		const misfits: string[] = [];
		const value = takeValue(shape, choice, misfits, '');
		if (misfits.length > 0 || typeof value === 'object') {
			throw new InputError(
				`${owner} cannot be met: ${found(choice)} is among its choices, and does not fit its type`,
				'Correct the choice or the type',
			);
		}
		return value;
	});
	return [...new Set(taken)];
}

const place = (at: string) => (at === '' ? 'Output Fields (JSON Schema)' : `${found(at)} in Output Fields (JSON Schema)`);

const refused = (at: string, what: string) =>
	new InputError(`${place(at)} ${what}`, 'Correct the schema in Options, or list the fields in Output Fields instead. Nothing was sent');
