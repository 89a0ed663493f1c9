import type { INodeProperties } from 'n8n-workflow';

import { InputError } from '../failures/inputError';
import { agentGet } from './agentGet';
import { agentGetAll } from './agentGetAll';
import { agentRun } from './agentRun';
import { chatCompletion } from './chatCompletion';
import { getDetails } from './getDetails';
import { invokeTool } from './invokeTool';
import type { Operation } from './operation';
import { runAction } from './runAction';

/**
 * The resources of the panel, with the operation that each starts with. The node creator lists the actions in this order
 * and chooses the first on Enter: what most people want comes first.
 */
const RESOURCES = [
	{ name: 'OpenClaw', value: 'openclaw', first: chatCompletion },
	{ name: 'Agent', value: 'agent', first: agentRun },
	{ name: 'Action', value: 'action', first: runAction },
];

/** Every operation of the node. A new one is a file of its own and an entry here; the panel and the subtitle follow. */
export const OPERATIONS: Operation[] = [chatCompletion, getDetails, invokeTool, agentGet, agentGetAll, agentRun, runAction];

const operationsOf = (resource: string) => OPERATIONS.filter((operation) => operation.resource === resource);

/** Resource, operation and the parameters of every operation, for the node's description. */
export const operationProperties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: RESOURCES.map(({ name, value }) => ({ name, value })),
		default: 'openclaw',
	},
	...RESOURCES.map(({ value, first }) => operationProperty(value, first.option.value)),
	...OPERATIONS.flatMap((operation) => operation.properties.map((property) => shownFor(property, operation))),
];

/** The canvas subtitle, e.g. "OpenClaw: Chat Completion". */
export const subtitle = `={{ (${JSON.stringify(
	Object.fromEntries(
		RESOURCES.flatMap(({ name, value }) =>
			operationsOf(value).map(({ option }) => [`${value}:${option.value}`, `${name}: ${option.name}`]),
		),
	),
)})[$parameter["resource"] + ":" + $parameter["operation"]] }}`;

/** The operation that the panel names, `undefined` for a combination that this version does not have. */
export function findOperation(resource: string, value: string): Operation | undefined {
	return operationsOf(resource).find(({ option }) => option.value === value);
}

/** In the place of an operation that this version does not have: it refuses every item. */
export function refusingOperation(resource: string, value: string): Operation {
	const { message, description } = unknownOperation(value);
	return {
		resource,
		option: { name: value, value, description, action: value },
		properties: [],
		readRequest: () => {
			throw new InputError(message, description);
		},
	};
}

/** The value of the entry that n8n itself adds to the operations of every node with a credential. */
const CUSTOM_API_CALL = '__CUSTOM_API_CALL__';

/** What to say of an operation that this version does not have: what is wrong, and what to do. */
export function unknownOperation(value: string): { message: string; description: string } {
	if (value === CUSTOM_API_CALL) {
		return {
			message: 'Custom API Call needs n8n’s HTTP Request node',
			description:
				'To run any agent.ai action here, set Resource to Action. To call the API yourself, use an HTTP Request node with the predefined credential type Agent.ai API',
		};
	}
	return {
		message: `This version of the Agent.ai node has no operation “${value}”`,
		description: 'Update n8n-nodes-agent-ai, or choose another operation',
	};
}

function shownFor(property: INodeProperties, { resource, option }: Operation): INodeProperties {
	const show = { resource: [resource], operation: [option.value], ...property.displayOptions?.show };
	return { ...property, displayOptions: { ...property.displayOptions, show } };
}

/** The parameter *Operation* of one resource. */
function operationProperty(resource: string, first: string): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: operationsOf(resource).map(({ option }) => option),
		// the official lint takes a plain name for no default at all
		default: `${first}`,
	};
}
