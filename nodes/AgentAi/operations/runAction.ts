import type { INodeProperties } from 'n8n-workflow';

import type { ActionRequest } from '../client/actionRequest';
import { conversationLane, INVOKE_AGENT } from '../client/agents';
import type { CatalogueAction } from '../client/catalogue';
import type { Environment } from '../client/environment';
import { hasOwnOperation } from '../client/openclaw';
import { found, InputError } from '../failures/inputError';
import { largeBatchOptions } from '../parameters/batching';
import { downloadOptions, readDownloads } from '../parameters/downloads';
import { inputsProperties, readInputs, secretInputs } from '../parameters/inputs';
import type { ItemParameters } from '../parameters/itemParameters';
import { checkOutputName, optionsCollection, simplifyProperty } from '../parameters/output';
import { fromList } from '../parameters/resourceLocators';
import { readSchema } from '../parameters/schema';
import { nameText } from '../parameters/text';
import { readTimeout, timeoutOption } from '../parameters/timeout';
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
		description: 'The agent.ai action to run',
		modes: [fromList('searchActions'), { displayName: 'By Name', name: 'id', type: 'string', placeholder: 'e.g. web_search' }],
	},
	...inputsProperties({ noun: 'action', chosenBy: 'actionName', fieldsMethod: 'getActionInputs', example: EXAMPLE }),
	simplifyProperty,
	optionsCollection([
		timeoutOption(DEFAULT_TIMEOUT_S, 'How long to wait for the response, in seconds'),
		...downloadOptions,
		...largeBatchOptions,
	]),
];

/** POST /action/<name>: any action of agent.ai's catalogue. */
export const runAction: Operation = {
	resource: 'action',
	option: {
		name: 'Run',
		value: 'run',
		description: 'Run any agent.ai action',
		action: 'Run agent.ai action',
	},
	properties,

	async readRequest(parameters: ItemParameters, environment: Environment): Promise<ActionRequest> {
		const { get, options } = parameters;
		const action = await chosenAction(nameText(get('actionName'), 'Action'), environment);
		const schema = readSchema(action.schema);
		const body = readInputs(parameters, action.name, schema, EXAMPLE);
		const named = body.output_variable_name;
		const outputName = named === undefined ? undefined : checkOutputName(named, options);
		return {
			action: action.name,
			body,
			timeoutSeconds: readTimeout(options.timeout, DEFAULT_TIMEOUT_S) ?? DEFAULT_TIMEOUT_S,
			secrets: secretInputs(schema, body),
			...(outputName ? { outputName } : {}),
			...(action.name === INVOKE_AGENT ? conversationLane(body) : {}),
			downloads: readDownloads(options),
		};
	},
};

async function chosenAction(name: string, environment: Environment): Promise<CatalogueAction> {
	if (name === '') throw new InputError('Action is empty', 'Choose an action from the list');
	if (hasOwnOperation(name)) {
		throw new InputError(`${found(name)} has its own operation`, 'Set Resource to OpenClaw');
	}
	// as a part of an address these would mean another one
	const action = name === '.' || name === '..' ? undefined : await environment.action(name);
	if (!action)
		throw new InputError(`agent.ai has no action ${found(name)}`, 'Choose an action from the list, or check the spelling of its name');
	return action;
}
