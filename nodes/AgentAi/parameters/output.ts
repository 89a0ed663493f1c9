import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ActionResponse } from '../transport/result';
import { usageOf } from '../transport/usage';
import { InputError } from './inputError';
import type { ItemParameters } from './itemParameters';
import { type JsonMode, readJsonMode, withJson } from './parseResponse';
import { found, text } from './text';

/** The contract's pattern of `output_variable_name`. */
export const OUTPUT_NAME_PATTERN = /^[a-zA-Z][a-zA-Z0-9_]*$/;

/** Names that would overwrite the ActionResponse, or that n8n takes for an error item. */
const RESERVED = ['status', 'error', 'metadata'];

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
		description: `Name of the field that holds the answer in the output item, as in {{ ${name}.${field} }}`,
	};
}

/** Options on the shape of the item, for the options collection of every action. */
export const outputOptions: INodeProperties[] = [
	{
		displayName: 'Include Input Fields',
		name: 'includeInputFields',
		type: 'boolean',
		default: false,
		description: 'Whether to put the answer into a copy of the input item, under the output variable name, instead of a new item',
	},
	{
		displayName: 'Include Request Info',
		name: 'includeRequestInfo',
		type: 'boolean',
		default: false,
		description:
			'Whether to add a field “request” with the number of tries, latency, time waited, and the tokens used if the answer names them',
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

export interface OutputSettings {
	simplify: boolean;
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
}

/** Reads how the item of an answer shall look. */
export function readOutputSettings({ get, options }: Pick<ItemParameters, 'get' | 'options'>): OutputSettings {
	return {
		simplify: get('simplify') === true,
		includeInputFields: options.includeInputFields === true,
		includeRequestInfo: options.includeRequestInfo === true,
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
			`Output Variable Name must start with a letter and hold only letters, digits and underscores, but ${found(name)} was found`,
			'Use a name like openclaw_result',
		);
	}
	if (RESERVED.includes(name)) {
		throw new InputError(
			`Output Variable Name cannot be ${found(name)}`,
			'That field belongs to agent.ai’s answer, or makes n8n take the item for an error. Use another name',
		);
	}
	if (name === 'request' && options.includeRequestInfo === true) {
		throw new InputError(
			'Output Variable Name cannot be “request” while Include Request Info is on',
			'The request info stands in that field. Use another name',
		);
	}
	return name;
}

/**
 * Builds the item of an answer: the ActionResponse as it came with the answer under its name as well, or the shorter
 * forms. The answer is the same reference in both places, never a copy.
 *
 * @param name the output variable name; `undefined` for an action without one, whose answer stands under `response`
 * @param info left out unless *Include Request Info* is on
 */
export function answerItem(
	received: ActionResponse,
	name: string | undefined,
	settings: OutputSettings,
	row: IDataObject,
	info: RequestInfo | undefined,
): IDataObject {
	const answer = settings.jsonMode === 'off' ? received : withJson(received).answer;
	const response = (answer.response ?? null) as IDataObject;
	const request = info ? { request: withUsage(info, answer) } : {};
	const named = { [name ?? 'response']: response };
	if (settings.includeInputFields) return { ...row, ...request, ...named };
	if (settings.simplify) return { ...request, ...named };
	return { ...(answer as IDataObject), ...request, ...named };
}

function withUsage(info: RequestInfo, answer: ActionResponse): RequestInfo {
	const usage = usageOf(answer);
	return usage ? { ...info, usage } : info;
}
