import type { INodeProperties } from 'n8n-workflow';

import { found, InputError } from '../failures/inputError';
import { chatCompletion } from './chatCompletion';
import { getDetails } from './getDetails';
import { invokeTool } from './invokeTool';
import type { Operation } from './operation';
import { runAction } from './runAction';

/** The resources of the panel, with the operation that each starts with. */
const RESOURCES = [
	{ name: 'Action', value: 'action', first: runAction },
	{ name: 'OpenClaw', value: 'openclaw', first: chatCompletion },
];

/** Every operation of the node. A new one is a file of its own and an entry here; the panel and the subtitle follow. */
export const OPERATIONS: Operation[] = [chatCompletion, getDetails, invokeTool, runAction];

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

/** The operation that the panel names; for one that this version does not have, one that refuses every item. */
export function findOperation(resource: string, value: string): Operation {
	return operationsOf(resource).find(({ option }) => option.value === value) ?? unknownOperation(resource, value);
}

function unknownOperation(resource: string, value: string): Operation {
	return {
		resource,
		option: { name: value, value, description: '', action: '' },
		properties: [],
		readRequest: () => {
			throw new InputError(
				`This version of the Agent.ai node does not know the operation ${found(value)}`,
				'Update n8n-nodes-agent-ai, or choose another operation',
			);
		},
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
