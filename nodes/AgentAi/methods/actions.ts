import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { AgentAiClient } from '../client/client';
import { loadCatalogue } from '../client/environment';
import { unwrap } from '../failures/failureError';
import { title } from '../parameters/schema';
import { inPanel, matching } from './panel';

const INSTEAD = 'To type the action’s name, choose By Name beside the list';

/** All of agent.ai's actions, by name and description. */
export async function searchActions(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	return await inPanel(this, INSTEAD, async () => {
		const client = unwrap(await AgentAiClient.open(this));
		const actions = [...(await loadCatalogue(client)).values()].map(({ name, description }) => ({
			name: `${title(name)} (${name})`,
			value: name,
			...(description ? { description } : {}),
		}));
		return { results: matching(actions, filter) };
	});
}
