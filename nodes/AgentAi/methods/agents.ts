import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult, ResourceMapperFields } from 'n8n-workflow';

import { agentSchema, describeAgent, findByName, searchAgents as search } from '../client/agentDirectory';
import { AGENTS_A_PAGE, type FoundAgent, type Visibility } from '../client/agents';
import { AgentAiClient } from '../client/client';
import { unwrap } from '../failures/failureError';
import { isObject } from '../failures/json';
import { readAgent } from '../parameters/agent';
import { readSchema } from '../parameters/schema';
import { text } from '../parameters/text';
import { mapperFields } from './mapperFields';
import { inPanel, INSTEAD_OF_FIELDS } from './panel';

/** Descriptions run over paragraphs; as much of the first is shown, in UTF-16 code units. */
const MAX_DESCRIPTION = 120;

/**
 * agent.ai's agents, by a text in their names and descriptions, which agent.ai itself searches.
 *
 * @param paginationToken the page, counted from 0
 */
export async function searchAgents(this: ILoadOptionsFunctions, filter = '', paginationToken?: string): Promise<INodeListSearchResult> {
	return await inPanel(this, 'To type the agent, choose By ID or By URL beside the list', async () => {
		const client = unwrap(await AgentAiClient.open(this));
		const status = (text(this.getCurrentNodeParameter('visibility'), 'Visibility') || 'public') as Visibility;
		const page = Number(paginationToken ?? 0) || 0;
		const { agents, isFull } = unwrap(await search(client, { query: filter.trim(), status, limit: AGENTS_A_PAGE, page }));
		// a full page may be the last: the next is then empty
		return { results: agents.map(listed), ...(isFull ? { paginationToken: String(page + 1) } : {}) };
	});
}

function listed({ id, name, description, page }: FoundAgent): INodeListSearchItems {
	const [first = ''] = description.split('\n', 1);
	const short = first.length > MAX_DESCRIPTION ? `${first.slice(0, MAX_DESCRIPTION).trimEnd()}…` : first;
	return { name, value: id, ...(short ? { description: short } : {}), ...(page ? { url: page } : {}) };
}

const NO_INPUTS = 'This agent has no inputs of its own: give it a Message';

/** The inputs of the chosen agent, for n8n's resource mapper. */
export async function getAgentInputs(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	return await inPanel(this, INSTEAD_OF_FIELDS, async () => {
		const locator: unknown = this.getCurrentNodeParameter('agent');
		const { value, mode, cachedResultName } = isObject(locator) ? locator : { value: locator };
		const typed = text(value, 'Agent').trim();
		if (typed === '') return { fields: [] };
		if (typed.startsWith('=')) {
			return {
				fields: [],
				emptyFieldsNotice: 'The agent is chosen by an expression: map the columns automatically, or set Specify Inputs to Using JSON',
			};
		}
		const client = unwrap(await AgentAiClient.open(this));
		const { id } = readAgent(typed);
		const schema = await schemaOf(client, id, mode === 'list' && typeof cachedResultName === 'string' ? cachedResultName : undefined);
		const fields = mapperFields(readSchema(schema).fields, labelOf);
		return fields.length > 0 ? { fields } : { fields, emptyFieldsNotice: NO_INPUTS };
	});
}

/** `search` alone tells labels, choices and defaults, and it finds by name. */
async function schemaOf(client: AgentAiClient, id: string, nameInList: string | undefined): Promise<unknown> {
	if (nameInList !== undefined) return unwrap(await agentSchema(client, id, nameInList));
	const { agent } = unwrap(await describeAgent(client, id));
	const found = isObject(agent) ? await findByName(client, String(agent.id), String(agent.name)) : undefined;
	return found ? found.schema : unwrap(await agentSchema(client, id));
}

/** The label of an input: its description without the marks that people put around it. */
function labelOf(description: string): string {
	const [first = ''] = description.trim().split('\n', 1);
	return first.replace(/^[\s*:]+|[\s*:]+$/g, '').slice(0, MAX_DESCRIPTION);
}
