import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { JsonMode } from '../client/actionRequest';
import { found, InputError } from '../failures/inputError';
import { batchingOptions } from './batching';
import type { ItemParameters } from './itemParameters';
import { readJsonMode } from './parseResponse';
import { readSimplification } from './records';
import { flag, text } from './text';

/** The contract's pattern of `output_variable_name`. */
const OUTPUT_NAME_PATTERN = /^[a-zA-Z][a-zA-Z0-9_]*$/;

/** Names that stand for something else in every item: the envelope of the answer, and what makes n8n take it for an error. */
const RESERVED = ['status', 'error', 'metadata'];

/** Names that cannot be used while an option is on, with the reason. */
const RESERVED_WITH = [
	{
		names: ['request'],
		option: 'includeRequestInfo',
		label: 'Include Request Info',
		reason: 'That field holds the request info. Use another name',
	},
	{
		// where n8n meets a row's own `error`, and nothing but these beside it, it takes the item for an error item
		// (n8n 2.41.1, `WorkflowExecute.handleNodeErrorOutput`)
		names: ['message', 'details'],
		option: 'includeInputFields',
		label: 'Include Input Fields',
		reason: 'With an “error” field in the input item, n8n would treat the output as a failed item. Use another name',
	},
];

/** How expressions name the item of the node before; the official lint would write it in capitals inside a description. */
const ITEM_JSON = '$json';

/**
 * The field `output_variable_name` with an action's own default.
 *
 * @param field a field of the action's answer, for the example in the description
 */
export function outputNameProperty(name: string, field: string): INodeProperties {
	return {
		displayName: 'Output Variable Name',
		name: 'output_variable_name',
		type: 'string',
		required: true,
		default: name,
		placeholder: `e.g. ${name}`,
		description: `Name of the output field for the answer. Read it in later nodes with {{ ${ITEM_JSON}.${name}.${field} }}.`,
	};
}

/** Options on the shape of the item, for the options collection of every action. */
export const outputOptions: INodeProperties[] = [
	{
		displayName: 'Include Input Fields',
		name: 'includeInputFields',
		type: 'boolean',
		default: false,
		description: 'Whether to add the answer to the fields of the input item, under the output variable name, instead of returning it alone',
	},
	{
		displayName: 'Include Request Info',
		name: 'includeRequestInfo',
		type: 'boolean',
		default: false,
		description:
			'Whether to add a “request” field with the number of tries, the latency, the time spent waiting, and the tokens used if agent.ai reports them',
	},
];

/** *Simplify*, which stands beside the fields of an operation. */
export const simplifyProperty: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: false,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

export interface OutputSettings extends ReturnType<typeof readSimplification> {
	includeInputFields: boolean;
	includeRequestInfo: boolean;
	jsonMode: JsonMode;
}

/** What *Include Request Info* adds, beside an answer or inside an error. */
export interface RequestInfo extends IDataObject {
	tries: number;
	/** Duration of the last try in ms. */
	latencyMs: number;
	/** Time between tries in ms. */
	waitedMs: number;
	/** Time in which the limit of the account held the item back, in ms; absent where it did not. */
	waitedForLimitMs?: number;
	/** Time in which another run, chat or tool call held the item's session, in ms; absent where none did. */
	waitedForSessionMs?: number;
}

/**
 * Reads how the item of an answer shall look.
 *
 * @throws InputError for a switch that is neither on nor off
 */
export function readOutputSettings({ get, options }: Pick<ItemParameters, 'get' | 'options'>): OutputSettings {
	return {
		...readSimplification({ get, options }),
		includeInputFields: flag(options.includeInputFields, 'Include Input Fields'),
		includeRequestInfo: flag(options.includeRequestInfo, 'Include Request Info'),
		jsonMode: readJsonMode(options),
	};
}

/** The item's `output_variable_name`, checked as in `checkOutputName`. */
export const readOutputName = ({ get, options }: ItemParameters) => checkOutputName(get('output_variable_name'), options);

/**
 * Checks an output variable name against the contract's pattern and the reserved names.
 *
 * @param options the collection *Options*
 * @throws InputError
 */
export function checkOutputName(value: unknown, options: IDataObject): string {
	const name = text(value, 'Output Variable Name').trim();
	if (!OUTPUT_NAME_PATTERN.test(name)) {
		throw new InputError(
			`Output Variable Name must start with a letter and contain only letters, digits and underscores, unlike ${found(name)}`,
			'Use a name like openclaw_result',
		);
	}
	if (RESERVED.includes(name)) {
		throw new InputError(
			`Output Variable Name cannot be ${found(name)}`,
			'The field is part of agent.ai’s response, or makes n8n treat the item as failed. Use another name',
		);
	}
	for (const { names, option, label, reason } of RESERVED_WITH) {
		if (!names.includes(name) || !flag(options[option], label)) continue;
		throw new InputError(`Output Variable Name cannot be ${found(name)} while ${label} is on`, reason);
	}
	return name;
}

/** *Simplify* where 0.1.0 had it. n8n hands nothing on that the panel does not declare. */
const simplifyOf010: INodeProperties = { displayName: 'Simplify', name: 'simplify', type: 'hidden', default: false };

/** The collection *Options* of an action: its own, and those that every action has, in alphabetical order. */
export function optionsCollection(own: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [...own, ...outputOptions, ...batchingOptions, simplifyOf010].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
	};
}
