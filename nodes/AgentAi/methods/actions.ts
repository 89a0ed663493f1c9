import type { ILoadOptionsFunctions, INodeListSearchResult, ResourceMapperFields } from 'n8n-workflow';

import type { CatalogueAction } from '../client/catalogue';
import { AgentAiClient, PANEL_WAITS } from '../client/client';
import { loadCatalogue } from '../client/environment';
import { unwrap } from '../failures/failureError';
import { found, InputError } from '../failures/inputError';
import { readSchema, title } from '../parameters/schema';
import { text } from '../parameters/text';
import { mapperFields } from './mapperFields';
import { inPanel, INSTEAD_OF_FIELDS, matching } from './panel';

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

/** The inputs of the chosen action, for n8n's resource mapper. */
export async function getActionInputs(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	return await inPanel(this, INSTEAD_OF_FIELDS, async () => {
		const name = text(this.getCurrentNodeParameter('actionName', { extractValue: true }), 'Action').trim();
		if (name === '') return { fields: [] };
		if (name.startsWith('=')) {
			return { fields: [], emptyFieldsNotice: 'The action is chosen by an expression: set Specify Inputs to Using JSON' };
		}
		const client = unwrap(await AgentAiClient.open(this));
		const action = (await loadCatalogue(client, PANEL_WAITS, name)).get(name);
		if (!action) throw new InputError(`agent.ai has no action ${found(name)}`, 'Choose an action from the list');
		const fields = mapperFields(readSchema(action.schema).fields);
		return fields.length > 0 ? { fields } : { fields, emptyFieldsNotice: 'This action has no inputs' };
	});
}
