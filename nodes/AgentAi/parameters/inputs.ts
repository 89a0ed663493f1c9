import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { InputError } from '../failures/inputError';
import { asObject } from '../failures/json';
import { secretsIn } from '../transport/secretFields';
import { checkInputs } from './checkInputs';
import { keysOf } from './columnValue';
import type { ItemParameters } from './itemParameters';
import { typedObject } from './json';
import type { ObjectSchema } from './schema';

/** What takes the inputs that a person gives by fields, by the row's columns, or as JSON. */
interface InputsOwner {
	/** n8n's word for it in the panel, e.g. `action`. */
	noun: string;
	/** The resource locator that chooses it. */
	chosenBy: string;
	/** The method that lists its fields, see `methods/`. */
	fieldsMethod: string;
	/** An example of its inputs as JSON. */
	example: string;
}

/** *Specify Inputs* and what it shows: `inputsMode`, `inputs` and `inputsJson`. */
export const inputsProperties = ({ noun, chosenBy, fieldsMethod, example }: InputsOwner): INodeProperties[] => [
	{
		displayName: 'Specify Inputs',
		name: 'inputsMode',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Using Fields', value: 'fields', description: `A field for each input of the ${noun}` },
			{
				name: 'Using JSON',
				value: 'json',
				description: `All inputs as one JSON object, for long texts or an ${noun} chosen by an expression`,
			},
		],
		default: 'fields',
		description: `How to enter the inputs of the ${noun}`,
	},
	{
		displayName: 'Inputs',
		name: 'inputs',
		type: 'resourceMapper',
		noDataExpression: true,
		required: true,
		default: { mappingMode: 'defineBelow', value: null },
		description: `Inputs of the ${noun}. Empty inputs are not sent.`,
		typeOptions: {
			loadOptionsDependsOn: [`${chosenBy}.value`],
			resourceMapper: {
				resourceMapperMethod: fieldsMethod,
				mode: 'add',
				valuesLabel: 'Inputs',
				fieldWords: { singular: 'input', plural: 'inputs' },
				addAllFields: true,
				multiKeyMatch: false,
				supportAutoMap: true,
				// what there is to say stands in a notice; older n8n shows this beside it
				hideNoDataError: true,
				noFieldsError: `This ${noun} has no inputs`,
			},
		},
		displayOptions: { show: { inputsMode: ['fields'] }, hide: { [chosenBy]: [''] } },
	},
	{
		displayName: 'Inputs (JSON)',
		name: 'inputsJson',
		type: 'string',
		typeOptions: { rows: 6 },
		default: '',
		placeholder: `e.g. ${example}`,
		description: `Inputs of the ${noun} as a JSON object, or an expression that returns an object`,
		displayOptions: { show: { inputsMode: ['json'] } },
	},
];

/**
 * The inputs of one item, checked, in their JSON types.
 *
 * @param besides inputs that a field of their own has, for what is not mapped
 * @throws InputError that names the input and what was found
 */
export function readInputs(
	{ get, row }: ItemParameters,
	owner: string,
	schema: ObjectSchema,
	example: string,
	besides: IDataObject = {},
): IDataObject {
	if (get('inputsMode') === 'json') {
		const typed = typedObject(get('inputsJson'), 'Inputs (JSON)', example)?.value ?? {};
		return checkInputs(owner, schema, typed, schema.open ? 'send' : 'refuse');
	}
	const mode = get('inputs.mappingMode');
	// the values of an automatic mapping do not exist: reading them throws (n8n 2.41)
	if (mode === 'autoMapInputData') return checkInputs(owner, schema, matchingColumns(row, owner, schema), 'drop');
	// written by hand or by an expression, without what n8n's mapper stores around the values
	const values = mode === '' ? typedObject(get('inputs'), 'Inputs', example)?.value : get('inputs.value');
	return checkInputs(owner, schema, { ...besides, ...asObject(values) }, schema.open ? 'send' : 'drop');
}

/**
 * The columns of a row that are inputs, by the inputs' names. Sheets write names in any case and with blanks around them.
 * No other column leaves n8n, whatever the owner would take.
 *
 * @throws InputError when none of them is an input
 */
function matchingColumns(row: IDataObject, owner: string, { fields }: ObjectSchema): Record<string, unknown> {
	const names = fields.map(({ name }) => name);
	const matching = names.flatMap((name) => {
		const [column, ...more] = keysOf(name, row, names);
		return column === undefined || more.length > 0 ? [] : [[name, row[column]] as const];
	});
	if (matching.length === 0 && fields.length > 0) {
		throw new InputError(
			`No field of the item matches an input of ${owner}`,
			`Name the fields like the inputs: ${fields.map(({ name }) => name).join(', ')}. Or use Map Each Column Manually`,
		);
	}
	return Object.fromEntries(matching);
}

/** What stands in inputs that hold a secret, by what the schema says of them or by their name. */
export function secretInputs({ fields }: ObjectSchema, inputs: IDataObject): string[] {
	const secret = new Set(fields.filter((field) => field.secret).map(({ name }) => name));
	return Object.entries(inputs).flatMap(([name, value]) => secretsIn(value, name, secret.has(name)));
}
