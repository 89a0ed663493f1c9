import { randomUUID } from 'node:crypto';

import { GatewayError } from './errors.mts';

/** Where a request runs. */
export interface Selection {
	agentId: string;
	/** The full session key. */
	session: string;
	/** Whether the request named it, and later requests can. */
	isNamed: boolean;
}

const MODEL = /^(?:openclaw[:/]|agent:)(.+)$/i;

/** Session namespaces that the gateway keeps for itself. */
const RESERVED = /^(?:agent:[^:]*:)?(?:cron|subagent|acp):/;

/**
 * The agent and the session of a chat request (measured with openclaw 2026.9.6).
 *
 * @param agents of the gateway; several of them own their sessions explicitly, so that nothing runs without a named one
 * @throws GatewayError when the request names no agent of the gateway
 */
export function selectAgentAndSession(model: string, headers: Record<string, string>, agents: string[]): Selection {
	const named = selectAgent(model, headers['x-openclaw-agent-id']?.trim(), agents);
	const key = headers['x-openclaw-session-key']?.trim().toLowerCase() ?? '';
	if (key === '') return { agentId: named, session: `agent:${named}:openai:${randomUUID()}`, isNamed: false };
	if (RESERVED.test(key)) throw GatewayError.invalid('`x-openclaw-session-key` cannot use reserved internal session namespaces.');
	return { agentId: named, session: key, isNamed: true };
}

/**
 * The full session key, and the agent that owns it: a key's own agent leads over the one that the request names.
 *
 * @throws GatewayError for a bare key where there are several agents, and for a key of an unknown agent
 */
export function ownedSession({ agentId, session }: Selection, agents: string[]): { agentId: string; session: string } {
	const [, owner] = /^agent:([^:]+):./.exec(session) ?? [];
	if (owner === undefined) {
		if (agents.length > 1) throw GatewayError.internal();
		return { agentId, session: `agent:${agentId}:${session}` };
	}
	if (!agents.includes(owner)) throw GatewayError.internal();
	return { agentId: owner, session };
}

function selectAgent(model: string, header: string | undefined, agents: string[]): string {
	if (header) return known(header, agents);
	const name = model.trim().toLowerCase();
	if (name === '' || name === 'openclaw' || name === 'openclaw/default') {
		if (agents.length > 1) {
			throw GatewayError.invalid(
				'Multiple agents are configured, but this operation has no explicit owner. Select an agent explicitly; CLI callers can pass --agent <id>, channels can add a binding, and ambient services can set their agentId target.',
			);
		}
		return agents[0]!;
	}
	const [, agent] = MODEL.exec(name) ?? [];
	if (agent === undefined) throw GatewayError.invalid('Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.');
	return known(agent, agents);
}

function known(given: string, agents: string[]): string {
	const agent = given.toLowerCase();
	if (!agents.includes(agent)) throw GatewayError.invalid(`Unknown agent '${agent}'.`);
	return agent;
}
