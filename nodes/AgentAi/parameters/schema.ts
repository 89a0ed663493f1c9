import { asList, asObject, isObject } from '../failures/json';
import { isSecretName } from '../transport/secretFields';

/** The JSON types that a value can have; agent.ai uses these six (measured over its 177 actions). */
type ValueType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';

/** One property of an object, from its JSON schema. */
export interface SchemaField {
	name: string;
	type: ValueType;
	required: boolean;
	description: string;
	default?: unknown;
	/** The values that are allowed, where not all are. */
	choices?: unknown[];
	minimum?: number;
	maximum?: number;
	/** `date`, `date-time`, `url` …; others are ignored. */
	format?: string;
	/** Of a list: what its elements may be. */
	items?: { type?: ValueType; choices?: unknown[] };
	/** The value is a password or a key, which should not stand in a workflow. */
	secret: boolean;
}

/** What an object may hold. */
export interface ObjectSchema {
	fields: SchemaField[];
	/** It takes properties that the schema does not name as well. */
	open: boolean;
}

/** agent.ai's actions have 20 inputs at most. Those beyond are taken as they come, but not shown: nobody could fill them in. */
const MOST_FIELDS = 500;

const TYPES: readonly string[] = ['string', 'number', 'integer', 'boolean', 'array', 'object'] satisfies ValueType[];

/** Reads the JSON schema of an object; whatever else it is given has no fields. */
export function readSchema(schema: unknown): ObjectSchema {
	const { properties: described, required: names, additionalProperties } = asObject(schema);
	const properties = asObject(described);
	const required = new Set<string>(asList(names).filter((name) => typeof name === 'string'));
	// an action may require an input that it does not describe (`output_audio` does)
	const undescribed = [...required].filter((name) => !Object.hasOwn(properties, name)).map((name) => [name, { type: 'string' }] as const);
	const all = [...Object.entries(properties), ...undescribed];
	const fields = all.slice(0, MOST_FIELDS).map(([name, property]) => readField(name, asObject(property), required.has(name)));
	return { fields, open: additionalProperties === true || all.length > MOST_FIELDS };
}

function readField(name: string, schema: Record<string, unknown>, required: boolean): SchemaField {
	const choices = Array.isArray(schema.enum) && schema.enum.length > 0 ? schema.enum : undefined;
	const items = isObject(schema.items) ? schema.items : undefined;
	const itemType = readType(items?.type);
	return {
		name,
		type: readType(schema.type) ?? 'string',
		required,
		description: typeof schema.description === 'string' ? schema.description : '',
		secret: schema['x-ui'] === 'password' || schema.format === 'password' || isSecretName(name),
		...(usableDefault(schema.default, choices) ? { default: schema.default } : {}),
		...(choices ? { choices } : {}),
		...(typeof schema.minimum === 'number' ? { minimum: schema.minimum } : {}),
		...(typeof schema.maximum === 'number' ? { maximum: schema.maximum } : {}),
		...(typeof schema.format === 'string' ? { format: schema.format } : {}),
		...(items ? { items: { ...(itemType ? { type: itemType } : {}), ...(Array.isArray(items.enum) ? { choices: items.enum } : {}) } } : {}),
	};
}

function readType(type: unknown): ValueType | undefined {
	const first: unknown = Array.isArray(type) ? type.find((each) => each !== 'null') : type;
	return TYPES.includes(first as string) ? (first as ValueType) : undefined;
}

/**
 * Defaults that refer to a variable of agent.ai's own builder (`{{research_result.report_id}}`) mean nothing over HTTP,
 * and a default outside the choices is refused by the action itself.
 */
function usableDefault(value: unknown, choices: unknown[] | undefined): boolean {
	if (value === undefined || value === null) return false;
	if (typeof value === 'string' && value.includes('{{')) return false;
	return choices === undefined || choices.includes(value);
}

/** A name as people read it: `get_twitter_users` is "Get Twitter Users", `hubspot.v2.get_x` is "Hubspot V2 Get X". */
export function title(name: string): string {
	return name
		.split(/[._\s-]+/)
		.filter(Boolean)
		.map((word) => word.charAt(0).toUpperCase() + word.slice(1))
		.join(' ');
}
