import type { INodeProperties } from 'n8n-workflow';

import { agentGet } from './agentGet';
import { agentGetAll } from './agentGetAll';
import { agentRun } from './agentRun';
import { chatCompletion } from './chatCompletion';
import { getDetails } from './getDetails';
import { invokeTool } from './invokeTool';
import type { Operation } from './operation';
import { runAction } from './runAction';

/** The resources of the panel, with the operation that each starts with. */
const RESOURCES = [
	{ name: 'Action', value: 'action', first: runAction },
	{ name: 'Agent', value: 'agent', first: agentRun },
	{ name: 'OpenClaw', value: 'openclaw', first: chatCompletion },
];

/** Every operation of the node. A new one is a file of its own and an entry here; the panel and the subtitle follow. */
export const OPERATIONS: Operation[] = [agentGet, agentGetAll, agentRun, chatCompletion, getDetails, invokeTool, runAction];

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
