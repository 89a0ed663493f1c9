import type { INodeProperties } from 'n8n-workflow';

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
