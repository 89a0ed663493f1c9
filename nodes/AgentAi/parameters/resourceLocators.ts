import type { INodeProperties } from 'n8n-workflow';

import { DEFAULT_AGENT } from './agentSession';

/** The parameter `agent_id`, picked from the instance's agents or typed. */
export const openClawAgentProperty: INodeProperties = {
	displayName: 'Agent',
	name: 'agent_id',
	type: 'resourceLocator',
	default: { mode: 'list', value: DEFAULT_AGENT },
	description: `The OpenClaw agent to send the message to. Leave empty for ${DEFAULT_AGENT}.`,
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchOpenClawAgents', searchable: true },
		},
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: `e.g. ${DEFAULT_AGENT}` },
	],
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
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: 'searchSessions', searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. customer-4711' },
		],
	};
}
