import type { INodeProperties } from 'n8n-workflow';

import type { ActionRequest } from '../client/actionRequest';
import type { CatalogueAction } from '../client/catalogue';
import type { Environment } from '../client/environment';
import { hasOwnOperation } from '../client/openclaw';
import { found, InputError } from '../failures/inputError';
import { isObject } from '../failures/json';
import { type CheckedInputs, checkInputs } from '../parameters/actionInputs';
import type { ItemParameters } from '../parameters/itemParameters';
import { memberTexts, typedObject } from '../parameters/json';
import { optionsCollection } from '../parameters/options';
import { checkOutputName, simplifyProperty } from '../parameters/output';
import { nameText } from '../parameters/text';
import { readTimeout, timeoutOption } from '../parameters/timeout';
import { secretsIn } from '../transport/secretFields';
import type { Operation } from './operation';

/** agent.ai states no timeout for its actions; some research for minutes. */
const DEFAULT_TIMEOUT_S = 300;

const EXAMPLE = '{"query":"n8n community nodes"}';

const properties: INodeProperties[] = [
	{
		displayName: 'Action',
		name: 'actionName',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description: 'Which of agent.ai’s actions to run',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: 'searchActions', searchable: true },
			},
			{ displayName: 'By Name', name: 'id', type: 'string', placeholder: 'e.g. web_search' },
		],
	},
	{
		displayName: 'Specify Inputs',
		name: 'inputsMode',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Using Fields', value: 'fields', description: 'A field for each input of the action' },
			{
				name: 'Using JSON',
				value: 'json',
				description: 'All inputs as one JSON object: for long texts, and for an action that an expression chooses',
			},
		],
		default: 'fields',
		description: 'How to give the inputs of the action',
	},
	{
		displayName: 'Inputs',
		name: 'inputs',
		type: 'resourceMapper',
		noDataExpression: true,
		required: true,
		default: { mappingMode: 'defineBelow', value: null },
		description: 'Inputs of the action. Those that are left empty are not sent.',
		typeOptions: {
			loadOptionsDependsOn: ['actionName.value'],
			resourceMapper: {
				resourceMapperMethod: 'getActionInputs',
				mode: 'add',
				valuesLabel: 'Inputs',
				fieldWords: { singular: 'input', plural: 'inputs' },
				addAllFields: true,
				multiKeyMatch: false,
				supportAutoMap: true,
				noFieldsError: 'Choose an action first, or one that has inputs',
			},
		},
		displayOptions: { show: { inputsMode: ['fields'] }, hide: { actionName: [''] } },
	},
	{
		displayName: 'Inputs (JSON)',
		name: 'inputsJson',
		type: 'string',
		typeOptions: { rows: 6 },
		default: '',
		placeholder: `e.g. ${EXAMPLE}`,
		description: 'Inputs of the action as a JSON object, or an expression that gives an object. Numbers go out as typed.',
		displayOptions: { show: { inputsMode: ['json'] } },
	},
	simplifyProperty,
	optionsCollection([timeoutOption(DEFAULT_TIMEOUT_S, 'Seconds that the action may take')]),
];

/** POST /action/<name>: any action of agent.ai's catalogue. */
export const runAction: Operation = {
	resource: 'action',
	option: {
		name: 'Run',
		value: 'run',
		description: 'Run any of agent.ai’s actions',
		action: 'Run agent.ai action',
	},
	properties,
	needs: 'catalogue',

	readRequest(parameters: ItemParameters, environment: Environment): ActionRequest {
		const { get, options } = parameters;
		const action = chosenAction(nameText(get('actionName'), 'Action'), environment);
		const { values: body, json: bodyJson } = readInputs(parameters, action);
		const named = body.output_variable_name;
		const outputName = named === undefined ? undefined : checkOutputName(named, options);
		return {
			action: action.name,
			body,
			bodyJson,
			timeoutSeconds: readTimeout(options.timeout, DEFAULT_TIMEOUT_S) ?? DEFAULT_TIMEOUT_S,
			stream: false,
			secrets: secretsOf(action, body),
			...(outputName ? { outputName } : {}),
		};
	},
};

/** What was typed into inputs that hold a secret, by what the catalogue says of them or by their name. */
function secretsOf(action: CatalogueAction, body: Record<string, unknown>): string[] {
	const secret = new Set(action.inputs.filter((input) => input.secret).map(({ name }) => name));
	return Object.entries(body).flatMap(([name, value]) => secretsIn(value, name, secret.has(name)));
}

function chosenAction(name: string, environment: Environment): CatalogueAction {
	if (name === '') throw new InputError('Action is empty', 'Choose one of agent.ai’s actions');
	if (hasOwnOperation(name)) {
		throw new InputError(`${found(name)} has an operation of its own`, 'Set Resource to OpenClaw');
	}
	// as a part of an address these would mean another one
	const action = name === '.' || name === '..' ? undefined : environment.catalogue().get(name);
	if (!action)
		throw new InputError(`agent.ai has no action ${found(name)}`, 'Choose an action from the list, or check the spelling of its name');
	return action;
}

function readInputs({ get, row }: ItemParameters, action: CatalogueAction): CheckedInputs {
	if (get('inputsMode') === 'json') {
		const typed = typedObject(get('inputsJson'), 'Inputs (JSON)', EXAMPLE) ?? { value: {}, text: '{}' };
		return checkInputs(action, typed.value, 'refuse', memberTexts(typed.text));
	}
	// the values of an automatic mapping do not exist: reading them throws (n8n 2.41)
	const automatic = get('inputs.mappingMode') === 'autoMapInputData';
	const values = automatic ? row : get('inputs.value');
	return checkInputs(action, isObject(values) ? values : {}, 'drop');
}
