import type { ActionResponse, Result } from '../failures/result';
import type { ActionRequest } from './actionRequest';
import { AGENTS_A_PAGE, type AgentSearch, agentsIn, describedSchema, describeRequest, type FoundAgent, searchRequest } from './agents';
import { type AgentAiClient, PANEL_WAITS } from './client';
import { TtlCache } from './ttlCache';

/** Each question counts in the account's limit, so an answer holds for 10 minutes. */
const KEPT_MS = 10 * 60_000;
/** What failed may be there by now: the rows of one run need not each ask for it, and the next run does, in ms. */
const REFUSAL_KEPT_MS = 10_000;

const answers = new TtlCache<ActionResponse>(KEPT_MS, REFUSAL_KEPT_MS);

/** The agents that agent.ai finds. */
export async function searchAgents(client: AgentAiClient, search: AgentSearch): Promise<Result<FoundAgent[]>> {
	const answer = await ask(client, searchRequest(search));
	return answer.ok ? { ok: true, value: agentsIn(answer.value) } : answer;
}

/** What agent.ai says of one agent. */
export const describeAgent = async (client: AgentAiClient, id: string): Promise<Result<ActionResponse>> =>
	await ask(client, describeRequest(id));

/**
 * The JSON schema of an agent's inputs: as `search` shows it where the agent's name is known, else the names alone, as texts.
 *
 * @param name its name; `search` finds by that, and not by the id
 */
export async function agentSchema(client: AgentAiClient, id: string, name?: string): Promise<Result<unknown>> {
	const found = name ? await findByName(client, id, name) : undefined;
	if (found) return { ok: true, value: found.schema };
	const described = await describeAgent(client, id);
	return described.ok ? { ok: true, value: describedSchema(described.value) } : described;
}

/** An agent by its name and id; `undefined` also where the search fails, because `describe_agent` may still know it. */
export async function findByName(client: AgentAiClient, id: string, name: string): Promise<FoundAgent | undefined> {
	const found = await searchAgents(client, { query: name, status: 'all', limit: AGENTS_A_PAGE, page: 0 });
	return found.ok ? found.value.find((agent) => agent.id === id) : undefined;
}

async function ask(client: AgentAiClient, request: ActionRequest): Promise<Result<ActionResponse>> {
	const key = JSON.stringify([client.id, request.action, request.body]);
	return await answers.get(key, async (signal) => await client.requestInTurn(request, { ...PANEL_WAITS, signal }), client.stopped);
}
