import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { isObject } from '../failures/json';
import { inPanel, matching } from './panel';
import { type Listed, openInstance } from './throughTool';

const INSTEAD = 'To type the agent’s ID, choose By ID beside the list';

/**
 * Agents of the chosen instance: those that its main agent may see, and those that have sessions. `agents_list` alone
 * leaves out the agents that the main one may not start (measured, openclaw 2026.9.6). Opening the list sends two requests.
 */
export async function searchOpenClawAgents(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	return await inPanel(this, INSTEAD, async () => {
		const list = await openInstance(this);
		const [seen, inSessions] = await Promise.allSettled([list('agents_list', 'agents'), list('sessions_list', 'sessions')]);
		// one of the two is enough: a tool policy may allow it alone
		if (seen.status === 'rejected' && inSessions.status === 'rejected') throw seen.reason;
		const names = new Map<string, string>();
		for (const agent of rowsOf(inSessions)) {
			const id = agentOfSession(agent);
			if (id !== undefined) names.set(id, id);
		}
		for (const agent of rowsOf(seen)) {
			const id = isObject(agent) ? agent.id : agent;
			if (typeof id !== 'string' || id === '') continue;
			names.set(id, isObject(agent) && typeof agent.name === 'string' && agent.name ? `${agent.name} (${id})` : id);
		}
		return {
			results: matching(
				[...names].map(([value, name]) => ({ name, value })),
				filter,
			),
		};
	});
}

const rowsOf = (listed: PromiseSettledResult<Listed>) => (listed.status === 'fulfilled' ? listed.value.rows : []);

/** The agent of a session: the row names it, and its key in full form does. */
function agentOfSession(session: unknown): string | undefined {
	if (!isObject(session)) return undefined;
	if (typeof session.agentId === 'string' && session.agentId !== '') return session.agentId;
	return typeof session.key === 'string' ? /^agent:([^:]+):/i.exec(session.key)?.[1] : undefined;
}
