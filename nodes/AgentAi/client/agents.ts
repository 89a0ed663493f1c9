import type { IDataObject } from 'n8n-workflow';

import { asList, asObject } from '../failures/json';
import type { ActionResponse } from '../failures/result';
import type { ActionRequest } from './actionRequest';

/** agent.ai's actions around its agents. */
const SEARCH_AGENTS = 'search';
const DESCRIBE_AGENT = 'describe_agent';
export const INVOKE_AGENT = 'invoke_agent';

/** Most agents that `search` gives at once. */
export const AGENTS_A_PAGE = 100;

/** Seconds that a question about agents may take. */
const TIMEOUT_S = 60;

/** Which agents `search` gives: everybody's, those of the account, those shared with it, or all of these. */
export type Visibility = 'public' | 'private' | 'team' | 'all';

/** What `search` is asked. */
export interface AgentSearch {
	/** Text in names and descriptions; empty for all. */
	query: string;
	status: Visibility;
	/** 1 to 100. */
	limit: number;
	/** Counted from 0. */
	page: number;
}

/** An agent as the answer of `search` has it. */
export interface FoundAgent {
	id: string;
	name: string;
	description: string;
	/** Its page at agent.ai; `undefined` for an agent whose slug agent.ai does not name. */
	page?: string;
	/** The JSON schema of its inputs; `undefined` where there is none. */
	schema: unknown;
}

const question = (action: string, body: IDataObject): ActionRequest => ({
	action,
	body,
	timeoutSeconds: TIMEOUT_S,
	secrets: [],
});

/** The request that asks for one page of agents. */
export const searchRequest = ({ query, ...rest }: AgentSearch) => question(SEARCH_AGENTS, { ...(query ? { query } : {}), ...rest });

/** The request that asks what an agent is. */
export const describeRequest = (id: string) => question(DESCRIBE_AGENT, { agent_id: id });

/** The agents in an answer of `search`; what is none is left out. */
export function agentsIn({ response }: ActionResponse): FoundAgent[] {
	return asList(response).flatMap((entry) => {
		const called = functionOf(entry);
		const metadata = metadataOf(entry);
		const id = nonEmpty(metadata.id) ?? /^invoke_agent_(.+)$/.exec(nonEmpty(called.name) ?? '')?.[1];
		if (id === undefined) return [];
		const slug = nonEmpty(metadata.slug);
		return [
			{
				id,
				name: nonEmpty(metadata.name) ?? id,
				description: nonEmpty(metadata.description) ?? nonEmpty(called.description) ?? '',
				schema: called.parameters,
				...(slug === undefined ? {} : { page: pageOf(slug) }),
			},
		];
	});
}

const functionOf = (entry: unknown) => asObject(asObject(entry).function);

/** What an entry of `search` tells of its agent beside the function that it describes. */
export const metadataOf = (entry: unknown) => asObject(functionOf(entry).metadata);

/** The page of an agent at agent.ai. */
export const pageOf = (slug: string) => `https://agent.ai/agent/${encodeURIComponent(slug)}`;

/** The names of an agent's inputs in an answer of `describe_agent`, as the schema of an object of texts. */
export function describedSchema({ inputs }: ActionResponse): unknown {
	const names = asList(inputs).filter((name) => typeof name === 'string' && name !== '');
	return { properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])), required: [] };
}

/** The conversation that a request to an agent continues, as the lane of its turns: they follow one another. */
export function conversationLane({ run_id: runId }: IDataObject): { session?: string } {
	return runId === undefined || runId === null || runId === '' ? {} : { session: `run ${String(runId as string)}` };
}

const nonEmpty = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
