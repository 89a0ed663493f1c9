import { isObject } from '../failures/json';
import { hasOwnOperation } from './openclaw';

/** One of agent.ai's actions. */
export interface CatalogueAction {
	name: string;
	description: string;
	/** The JSON schema of its inputs, as agent.ai sends it. */
	schema: unknown;
}

/**
 * Actions that the catalogue describes otherwise than agent.ai's API takes them. `invoke_agent` needs `id` alone, and every
 * other top-level key is an input of that agent; `user_input` and `run_id` are those that agent.ai's own page and public
 * clients send, and none sends the `input` that the catalogue requires.
 */
const CORRECTED: Record<string, Record<string, unknown>> = {
	invoke_agent: {
		properties: {
			id: { type: 'string', description: 'ID or slug of the agent' },
			user_input: { type: 'string', description: 'Primary input of a workflow agent, message to a knowledge agent' },
			run_id: { type: 'string', description: 'Conversation with a knowledge agent to continue' },
		},
		required: ['id'],
		additionalProperties: true,
	},
};

/** agent.ai has 177 actions; more than these are not read, because nobody could choose among them. */
const MOST_ACTIONS = 5_000;

/**
 * Reads the catalogue as `GET /api/v2/mcp/functions` sends it; entries without a name, and those with an
 * operation of their own, are skipped.
 *
 * @param list `{ name, description?, parameters: JSON schema }` for each action
 */
export function readCatalogue(list: unknown[]): Map<string, CatalogueAction> {
	const actions = new Map<string, CatalogueAction>();
	for (const entry of list.slice(0, MOST_ACTIONS)) {
		if (!isObject(entry) || typeof entry.name !== 'string' || entry.name === '' || hasOwnOperation(entry.name)) continue;
		const { name, description, parameters } = entry;
		actions.set(name, {
			name,
			description: typeof description === 'string' ? description : '',
			schema: Object.hasOwn(CORRECTED, name) ? CORRECTED[name] : parameters,
		});
	}
	return actions;
}
