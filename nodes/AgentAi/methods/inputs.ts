import type { ILoadOptionsFunctions, ResourceMapperFields } from 'n8n-workflow';

import { AgentAiClient, PANEL_WAITS } from '../client/client';
import { loadCatalogue } from '../client/environment';
import { unwrap } from '../failures/failureError';
import { found, InputError } from '../failures/inputError';
import { readSchema } from '../parameters/schema';
import { text } from '../parameters/text';
import { mapperFields } from './mapperFields';
import { inPanel } from './panel';

const INSTEAD = 'To write the inputs yourself, set Specify Inputs to Using JSON';

/** The inputs of the chosen action, for n8n's resource mapper. */
export async function getActionInputs(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	return await inPanel(this, INSTEAD, async () => {
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
