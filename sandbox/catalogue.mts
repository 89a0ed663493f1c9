import chatContract from './contract/openclaw_chat_completion.json' with { type: 'json' };

/** One action in the answer of `GET /api/v2/mcp/functions`. */
export interface CatalogueEntry {
	name: string;
	description: string;
	parameters: object;
}

/** The actions that the sandbox offers, each generated from its contract. */
export const CATALOGUE: CatalogueEntry[] = [
	{
		name: chatContract.action,
		description: 'Send a message to an OpenClaw agent and get its answer',
		parameters: chatContract.requestBody,
	},
];
