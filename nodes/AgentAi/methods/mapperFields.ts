import type { FieldType, ResourceMapperField } from 'n8n-workflow';

import { type SchemaField, title } from '../parameters/schema';

/**
 * What the fields of a schema are in n8n's resource mapper: names, types, required marks, defaults and choices.
 *
 * @param labelOf a field's label, from its description; where it gives none, its name is the label
 */
export const mapperFields = (fields: SchemaField[], labelOf: (description: string) => string = () => ''): ResourceMapperField[] =>
	fields.map((field) => ({
		id: field.name,
		displayName: `${labelOf(field.description) || title(field.name)}${field.secret ? ' (Secret: Use an Expression)' : ''}`,
		// n8n runs no workflow in which a required one is empty, and what has a default may be
		required: field.required && field.default === undefined,
		defaultMatch: false,
		canBeUsedToMatch: false,
		display: true,
		type: mapperType(field),
		...(field.choices ? { options: field.choices.map((value) => choice(value)) } : {}),
		...(field.default === undefined ? {} : { defaultValue: mapperDefault(field.default) }),
	}));

function mapperType({ choices, type, format }: SchemaField): FieldType {
	if (choices) return 'options';
	switch (type) {
		case 'integer':
			return 'number';
		case 'string':
			return format === 'date' || format === 'date-time' ? 'dateTime' : 'string';
		default:
			return type;
	}
}

function choice(value: unknown) {
	const plain = typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
	return { name: typeof plain === 'string' && /^[a-z0-9_]+$/.test(plain) ? title(plain) : String(plain), value: plain };
}

const mapperDefault = (value: unknown) =>
	typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value);
