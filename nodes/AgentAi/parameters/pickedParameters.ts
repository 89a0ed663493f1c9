import type { INodeProperties } from 'n8n-workflow';

import { DEFAULT_AGENT } from './agentSession';

/** The parameter `agent_id`, picked from the instance's agents or typed. */
export const agentProperty: INodeProperties = {
	displayName: 'Agent',
	name: 'agent_id',
	type: 'resourceLocator',
	default: { mode: 'id', value: DEFAULT_AGENT },
	description: 'Agent of the OpenClaw instance that answers',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchAgents', searchable: true },
		},
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: `e.g. ${DEFAULT_AGENT}` },
	],
};

/** The parameter `session_key`, picked from the instance's sessions or typed. */
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
