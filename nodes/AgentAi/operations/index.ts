import type { INodeProperties } from 'n8n-workflow';

import { chatCompletion } from './chatCompletion';
import { getDetails } from './getDetails';
import { invokeTool } from './invokeTool';
import { runAction } from './runAction';
import type { Action } from './types';

const resource: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Action', value: 'action' },
		{ name: 'OpenClaw', value: 'openclaw' },
	],
	default: 'openclaw',
};

const openclawOperation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['openclaw'] } },
	options: [
		{
			name: 'Chat Completion',
			value: 'chatCompletion',
			description: 'Send a message to an OpenClaw agent and get its answer',
			action: 'Chat with openclaw agent',
		},
		{
			name: 'Get Details',
			value: 'getDetails',
			description: 'Get the address and the state of your OpenClaw instance',
			action: 'Get details of openclaw instance',
		},
		{
			name: 'Invoke Tool',
			value: 'invokeTool',
			description: 'Run one tool of an OpenClaw instance, without a model in between',
			action: 'Invoke tool of openclaw instance',
		},
	],
	default: 'chatCompletion',
};

const actionOperation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['action'] } },
	options: [
		{
			name: 'Run',
			value: 'run',
			description: 'Run any of agent.ai’s actions',
			action: 'Run action',
		},
	],
	default: 'run',
};

/** Every action by resource and operation. A new one is a file of its own, an entry here and an option above. */
const ACTIONS: Record<string, Record<string, Action>> = {
	openclaw: { chatCompletion, getDetails, invokeTool },
	action: { run: runAction },
};

/** Resource, operation and the parameters of every action, for the node's description. */
export const actionProperties: INodeProperties[] = [
	resource,
	openclawOperation,
	actionOperation,
	...Object.entries(ACTIONS).flatMap(([resourceValue, operations]) =>
		Object.entries(operations).flatMap(([operationValue, action]) =>
			action.properties.map((property) => shownFor(property, resourceValue, operationValue)),
		),
	),
];

/** The action behind a resource and an operation, `undefined` for a combination that this version does not have. */
export function findAction(resourceValue: string, operationValue: string): Action | undefined {
	return ACTIONS[resourceValue]?.[operationValue];
}

function shownFor(property: INodeProperties, resourceValue: string, operationValue: string): INodeProperties {
	const show = { resource: [resourceValue], operation: [operationValue], ...property.displayOptions?.show };
	return { ...property, displayOptions: { ...property.displayOptions, show } };
}
