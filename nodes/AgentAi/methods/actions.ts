import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { CatalogueAction } from '../client/catalogue';
import { AgentAiClient, PANEL_WAITS } from '../client/client';
import { loadCatalogue } from '../client/environment';
import { unwrap } from '../failures/failureError';
import { title } from '../parameters/schema';
import { inPanel, matching } from './panel';

const INSTEAD = 'To type the action’s name, choose By Name beside the list';

/** All of agent.ai's actions, by name and description. */
export async function searchActions(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	return await inPanel(this, INSTEAD, async () => {
		const client = unwrap(await AgentAiClient.open(this));
		const search = async (wanted?: string) =>
			matching([...(await loadCatalogue(client, PANEL_WAITS, wanted)).values()].map(listed), filter);
		const found = await search();
		// an action that was not found may be a new one
		return { results: found.length > 0 ? found : await search(filter ?? '') };
	});
}

const listed = ({ name, description }: CatalogueAction) => ({
	name: `${title(name)} (${name})`,
	value: name,
	...(description ? { description } : {}),
});
