import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';

import { DEFAULT_AGENT } from './agentSession';

// in one piece with its type the official lint would take it for a parameter without a default
const FROM_LIST = { displayName: 'From List', name: 'list' };

/** The mode of a resource locator that lists what can be chosen, by a method of `methods/`. */
export const fromList = (searchListMethod: string): INodePropertyMode => ({
	...FROM_LIST,
	type: 'list',
	typeOptions: { searchListMethod, searchable: true },
});

/** The parameter `agent_id`, picked from the instance's agents or typed. */
export const openClawAgentProperty: INodeProperties = {
	displayName: 'Agent',
	name: 'agent_id',
	type: 'resourceLocator',
	default: { mode: 'list', value: DEFAULT_AGENT },
	description: `The OpenClaw agent to send the message to. Leave empty for ${DEFAULT_AGENT}.`,
	modes: [fromList('searchOpenClawAgents'), { displayName: 'By ID', name: 'id', type: 'string', placeholder: `e.g. ${DEFAULT_AGENT}` }],
};

/**
 * The parameter `session_key`, typed or picked from the instance's sessions. Typing is the default, because the list holds
 * the conversations that exist already, and a new one or a key from the row is what most people want.
 */
export function sessionKeyProperty(defaultKey: string, description: string): INodeProperties {
	return {
		displayName: 'Session Key',
		name: 'session_key',
		type: 'resourceLocator',
		default: { mode: 'id', value: defaultKey },
		description,
		modes: [fromList('searchSessions'), { displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. customer-4711' }],
	};
}
