import { unwrap } from '../failures/failureError';
import type { ActionResponse, Result } from '../failures/result';
import type { ActionRequest } from './actionRequest';
import { AGENTS_A_PAGE, agentsIn, type AgentSearch, describedSchema, describeRequest, type FoundAgent, searchRequest } from './agents';
import type { AgentAiClient } from './client';
import { systemClock } from './systemClock';
import { TtlCache } from './ttlCache';

/** Each question counts in the account's limit, so an answer holds for 10 minutes. */
const KEPT_MS = 10 * 60_000;
/** An agent that is not there may be made just now: the rows of one run need not each ask for it, and the next run does, in ms. */
const REFUSAL_KEPT_MS = 10_000;

interface Kept {
	result: Result<ActionResponse>;
	at: number;
}

const answers = new TtlCache<Kept>(KEPT_MS);

/**
 * The agents that agent.ai finds.
 *
 * @throws FailureError
 */
export const searchAgents = async (client: AgentAiClient, search: AgentSearch): Promise<FoundAgent[]> =>
	agentsIn(await ask(client, searchRequest(search)));

/**
 * What agent.ai says of one agent.
 *
 * @param id its id or slug
 * @throws FailureError
 */
export const describeAgent = async (client: AgentAiClient, id: string): Promise<ActionResponse> => await ask(client, describeRequest(id));

/**
 * The JSON schema of an agent's inputs: as `search` shows it where the agent's name is known, else the names alone, as texts.
 *
 * @param id its id or slug
 * @param name its name; `search` finds by that, and not by the id
 * @throws FailureError
 */
export async function agentSchema(client: AgentAiClient, id: string, name?: string): Promise<unknown> {
	const found = name ? await findByName(client, id, name) : undefined;
	return found ? found.schema : describedSchema(await describeAgent(client, id));
}

/** An agent by its name and id; `undefined` also where the search fails, because `describe_agent` may still know it. */
export async function findByName(client: AgentAiClient, id: string, name: string): Promise<FoundAgent | undefined> {
	try {
		const found = await searchAgents(client, { query: name, status: 'all', limit: AGENTS_A_PAGE, page: 0 });
		return found.find((agent) => agent.id === id);
	} catch {
		return undefined;
	}
}

async function ask(client: AgentAiClient, request: ActionRequest): Promise<ActionResponse> {
	const key = JSON.stringify([client.id, request.action, request.body]);
	const get = async () => await answers.get(key, async () => await put(client, request));
	let kept = await get();
	if (!kept.result.ok && systemClock.now() - kept.at > REFUSAL_KEPT_MS) {
		answers.forget(key);
		kept = await get();
	}
	return unwrap(kept.result);
}

/** What agent.ai refuses is an answer too; what did not get through is none, and is thrown. */
async function put(client: AgentAiClient, request: ActionRequest): Promise<Kept> {
	const result = await client.requestInTurn(request);
	if (!result.ok && result.failure.delivery !== 'final') unwrap(result);
	return { result, at: systemClock.now() };
}
