import { asList } from '../failures/json';
import type { ActionResponse, Result } from '../failures/result';
import type { ActionRequest } from './actionRequest';
import { AGENTS_A_PAGE, type AgentSearch, agentsIn, describedSchema, describeRequest, type FoundAgent, searchRequest } from './agents';
import { type AgentAiClient, PANEL_WAITS, type Waits } from './client';
import { TtlCache } from './ttlCache';

/** Each question counts in the account's limit, so an answer holds for 10 minutes. */
const KEPT_MS = 10 * 60_000;
/** What failed or was not found may be there by now: the rows of one run need not each ask for it, and the next run does, in ms. */
const REFUSAL_KEPT_MS = 10_000;

const answers = new TtlCache<ActionResponse>(KEPT_MS, REFUSAL_KEPT_MS);

const isOld = ({ response }: ActionResponse, ageMs: number) => ageMs > REFUSAL_KEPT_MS && Array.isArray(response) && response.length === 0;

/** A page of agents. */
interface FoundPage {
	agents: FoundAgent[];
	/** More may follow: it holds as many entries as were asked for. */
	isFull: boolean;
}

/** The agents that agent.ai finds. */
export async function searchAgents(client: AgentAiClient, search: AgentSearch, waits = PANEL_WAITS): Promise<Result<FoundPage>> {
	const answer = await ask(client, searchRequest(search), waits);
	if (!answer.ok) return answer;
	return { ok: true, value: { agents: agentsIn(answer.value), isFull: asList(answer.value.response).length >= search.limit } };
}

/** What agent.ai says of one agent. */
export const describeAgent = async (client: AgentAiClient, id: string, waits = PANEL_WAITS): Promise<Result<ActionResponse>> =>
	await ask(client, describeRequest(id), waits);

/**
 * The JSON schema of an agent's inputs: as `search` shows it where the agent's name is known, else the names alone, as texts.
 *
 * @param name its name; `search` finds by that, and not by the id
 */
export async function agentSchema(client: AgentAiClient, id: string, name?: string, waits = PANEL_WAITS): Promise<Result<unknown>> {
	const found = name ? await findByName(client, id, name, waits) : undefined;
	if (found) return { ok: true, value: found.schema };
	const described = await describeAgent(client, id, waits);
	return described.ok ? { ok: true, value: describedSchema(described.value) } : described;
}

/** An agent by its name and id; `undefined` also where the search fails, because `describe_agent` may still know it. */
export async function findByName(client: AgentAiClient, id: string, name: string, waits = PANEL_WAITS): Promise<FoundAgent | undefined> {
	const found = await searchAgents(client, { query: name, status: 'all', limit: AGENTS_A_PAGE, page: 0 }, waits);
	return found.ok ? found.value.agents.find((agent) => agent.id === id) : undefined;
}

async function ask(client: AgentAiClient, request: ActionRequest, waits: Waits): Promise<Result<ActionResponse>> {
	const key = JSON.stringify([client.id, request.action, request.body]);
	const mine = waits.signal ?? client.stopped;
	return await answers.get(key, async (signal) => await client.requestInTurn(request, { ...waits, signal }), mine, isOld);
}
