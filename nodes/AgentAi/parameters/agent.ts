import type { INodeProperties } from 'n8n-workflow';

import { type WebhookAddress, webhookAddress, withoutWebhookKeys } from '../client/webhook';
import { found, InputError } from '../failures/inputError';
import { decodedUrl } from '../transport/decodedView';
import { fromList } from './resourceLocators';
import { nameText } from './text';

/** *Visibility*: whose agents are searched; the API's `status`. */
export const visibilityProperty: INodeProperties = {
	displayName: 'Visibility',
	name: 'visibility',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'All', value: 'all', description: 'Public agents, your own, and your team’s' },
		{ name: 'Private', value: 'private', description: 'Your own agents' },
		{ name: 'Public', value: 'public', description: 'Agents that anyone can use' },
		{ name: 'Team', value: 'team', description: 'Agents shared with your team' },
	],
	default: 'public',
	description: 'Whose agents to search',
};

const PAGE = '^https?:\\/\\/(?:www\\.)?agent\\.ai\\/agent\\/[^\\/?#]+';

/**
 * The parameter `agent`.
 *
 * @param runs whether the agent is run, which its webhook can do as well
 */
export const agentProperty = (runs: boolean): INodeProperties => ({
	displayName: 'Agent',
	name: 'agent',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: `The agent.ai agent to ${runs ? 'run' : 'get'}`,
	typeOptions: { loadOptionsDependsOn: ['visibility'] },
	modes: [
		fromList('searchAgents'),
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. lead-scout', hint: 'The ID of the agent, or its slug' },
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://agent.ai/agent/lead-scout',
			hint: 'The URL of the agent’s page at agent.ai',
			validation: [{ type: 'regex', properties: { regex: `${PAGE}.*`, errorMessage: 'Not the URL of an agent’s page at agent.ai' } }],
		},
		...(runs
			? [
					{
						displayName: 'By Webhook URL',
						name: 'webhook',
						type: 'string' as const,
						placeholder: 'e.g. https://api-lr.agent.ai/v1/agent/…/webhook/…',
						hint: 'Anyone with this URL can run the agent: use an expression, so that it is not saved in the workflow',
					},
				]
			: []),
	],
});

/** *Visibility* beside the list alone; what is typed is found whoever sees it. */
export const visibilityBesideList: INodeProperties = {
	...visibilityProperty,
	displayOptions: { show: { '/agent.mode': ['list'] } },
};

/** The agent of one item. */
export interface ChosenAgent {
	/** Its id or slug. */
	id: string;
	/** The webhook that runs it. */
	webhook?: WebhookAddress;
}

/**
 * Reads an agent as it was chosen or typed: an id, a slug, the address of its page, or of its webhook.
 *
 * @throws InputError
 */
export function readAgent(value: unknown): ChosenAgent {
	const typed = nameText(value, 'Agent');
	if (typed === '') throw new InputError('Agent is empty', 'Choose an agent from the list, or enter its ID');
	if (!/^https?:\/\//i.test(typed)) {
		if (/[\s/]/.test(typed))
			throw new InputError(
				`Agent must be an ID, not ${found(withoutWebhookKeys(typed, '…'))}`,
				'Copy the ID from the URL of the agent’s page',
			);
		return { id: typed };
	}
	const webhook = webhookAddress(typed);
	if (webhook) return { id: webhook.agentId, webhook };
	const slug = pageSlug(typed);
	// what it holds may be a key
	if (slug === undefined) {
		throw new InputError(
			'Agent is a URL, but not that of an agent’s page or webhook',
			'Use a URL such as https://agent.ai/agent/lead-scout, or the webhook URL that agent.ai shows',
		);
	}
	return { id: slug };
}

function pageSlug(typed: string): string | undefined {
	if (!URL.canParse(typed)) return undefined;
	const { hostname, pathname } = new URL(typed);
	const slug = /^\/agent\/([^/]+)\/?$/.exec(pathname)?.[1];
	if (slug === undefined || !/^(?:www\.)?agent\.ai$/.test(hostname)) return undefined;
	return decodedUrl(slug);
}
