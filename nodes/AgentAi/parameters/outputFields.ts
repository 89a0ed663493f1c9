import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { found, InputError } from '../failures/inputError';
import { asObject, isObject } from '../failures/json';
import { type Field, plain, type ValueKind } from './columnValue';
import { typedObject } from './json';
import { checkChoices, fieldsOfSchema } from './outputSchema';
import { flag, nameText, text, wholeNumber } from './text';

const DEFAULT_ATTEMPTS = 1;
const MOST_ATTEMPTS = 5;

/** The options that make columns of an answer. */
export const outputFieldsOptions: INodeProperties[] = [
	{
		displayName: 'Max Repairs',
		name: 'repairAttempts',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: MOST_ATTEMPTS },
		default: DEFAULT_ATTEMPTS,
		description:
			'Maximum number of times to ask again when an answer does not fit Output Fields. Each is a request of its own, in the same session if there is one. After that, On Invalid JSON applies.',
	},
	{
		displayName: 'Output Fields',
		name: 'outputFields',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Field',
		default: {},
		description:
			'The fields to read from the answer, as columns beside response_text. The node asks the agent for them, checks them, and asks once more if they don’t fit. Answers don’t stream to a chat then.',
		options: [
			{
				displayName: 'Field',
				name: 'field',
				values: [
					{
						displayName: 'Choices',
						name: 'choices',
						type: 'string',
						default: '',
						placeholder: 'e.g. Small, Medium, Large',
						description: 'The only values allowed, separated by commas. Leave empty to allow any.',
					},
					{
						displayName: 'Description',
						name: 'description',
						type: 'string',
						default: '',
						placeholder: 'e.g. Number of employees worldwide',
						description: 'What the field holds, for the agent',
					},
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. employees',
						description: 'Name of the column',
					},
					{
						displayName: 'Required',
						name: 'required',
						type: 'boolean',
						default: false,
						description: 'Whether to require this field in the answer. A field that isn’t required may be null.',
					},
					{
						displayName: 'Type',
						name: 'type',
						type: 'options',
						options: [
							{ name: 'Date', value: 'date', description: 'A day as YYYY-MM-DD' },
							{ name: 'List', value: 'list' },
							{ name: 'Number', value: 'number' },
							{ name: 'Text', value: 'text' },
							{ name: 'Yes/No', value: 'boolean' },
						],
						default: 'text',
						description: 'What the value must be',
					},
				],
			},
		],
	},
	{
		displayName: 'Output Fields (JSON Schema)',
		name: 'outputSchema',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. {"type":"object","properties":{"employees":{"type":"integer"}},"required":["employees"]}',
		description: 'The fields to read from the answer as the JSON schema of an object, or an expression that gives one',
	},
];

/** The columns that a person wants. */
export interface OutputFields {
	fields: Field[];
	/** The JSON schema as it was typed, where that was given. */
	schema?: string;
	/** How often it is asked once more. */
	attempts: number;
}

/**
 * Reads *Output Fields* and what belongs to them.
 *
 * @returns `undefined` where no columns are wanted
 * @throws InputError for fields that no answer can fill
 */
export function readOutputFields(options: IDataObject): OutputFields | undefined {
	const listed = listedFields(options.outputFields);
	const schema = typedObject(
		options.outputSchema,
		'Output Fields (JSON Schema)',
		'{"type":"object","properties":{"employees":{"type":"integer"}}}',
	);
	if (listed && schema) {
		throw new InputError(
			'Output Fields and Output Fields (JSON Schema) are both filled in',
			'Keep one of the two in Options and remove the other',
		);
	}
	const fields = listed ?? (schema && fieldsOfSchema(schema.value));
	if (!fields) return undefined;
	checkNames(fields);
	return {
		fields,
		attempts: wholeNumber(options.repairAttempts, 'Max Repairs', { min: 0, max: MOST_ATTEMPTS, fallback: DEFAULT_ATTEMPTS }),
		...(schema ? { schema: schema.text } : {}),
	};
}

const KINDS: ValueKind[] = ['text', 'number', 'boolean', 'list', 'date'];

/** n8n gives nothing on of a list, an expression or a text that stands where it wants fields. */
function listedFields(given: unknown): Field[] | undefined {
	if (given === undefined || given === null || given === '') return undefined;
	const fields = isObject(given) ? given.field : undefined;
	if (Array.isArray(fields) && fields.length > 0) return fields.map(readField);
	throw new InputError(
		'Output Fields in Options holds no field',
		'Add a field, or remove the option. Fields by an expression belong in Output Fields (JSON Schema)',
	);
}

function readField(given: unknown, position: number): Field {
	const { name: givenName, type = 'text', description, choices: listed, required } = asObject(given);
	const name = nameText(givenName, `Name of field ${position + 1} in Output Fields`);
	if (name === '') throw new InputError(`The name of field ${position + 1} in Output Fields is empty`, 'Enter a name, or remove the field');
	const kind = KINDS.find((each) => each === type);
	const owner = `${found(name)} in Output Fields`;
	if (!kind) throw new InputError(`The type of ${owner} is ${found(type)}`, `Use one of ${KINDS.join(', ')}`);
	const choices = readChoices(text(listed, `Choices of ${owner}`), name);
	const field: Field = {
		name,
		kind,
		description: text(description, `Description of ${owner}`),
		required: flag(required, `Required of ${owner}`),
	};
	if (!choices) return field;
	return kind === 'list' ? { ...field, entries: { kind: 'text', choices } } : { ...field, choices: checkChoices(field, choices, owner) };
}

function readChoices(listed: string, name: string): string[] | undefined {
	if (listed.trim() === '') return undefined;
	const choices = listed
		.split(/[,，、،]/)
		.map((choice) => choice.trim())
		.filter((choice) => choice !== '');
	if (choices.length > 0) return [...new Set(choices)];
	throw new InputError(
		`Choices of ${found(name)} in Output Fields holds commas alone`,
		'Enter the values that are allowed, or leave it empty',
	);
}

/** What the node and agent.ai put beside the columns themselves; and what JavaScript makes no column of. */
const RESERVED = [
	'response_text',
	'response_json',
	'response_json_error',
	'first_response_text',
	'repairs',
	'repair_error',
	'finish_reason',
	'images',
	'model',
	'usage',
	'__proto__',
];

function checkNames(fields: Field[]): void {
	const seen = new Set<string>();
	for (const { name } of fields) {
		if (name.trim() === '') throw new InputError('A field of Output Fields (JSON Schema) has an empty name', 'Give it a name');
		if (RESERVED.includes(plain(name))) {
			throw new InputError(
				`Output Fields cannot have a field ${found(name)}`,
				'That name is already used beside the columns. Use another name',
			);
		}
		if (seen.has(plain(name))) {
			throw new InputError(
				`Output Fields has two fields ${found(name)}`,
				'Use another name for one of them; upper and lower case are not enough',
			);
		}
		seen.add(plain(name));
	}
}
