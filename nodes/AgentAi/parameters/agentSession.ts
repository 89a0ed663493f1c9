import { InputError } from './inputError';
import { found } from './text';

/** The contract's default for `agent_id`, and the agent that a bare session key runs on. */
export const DEFAULT_AGENT = 'main';
/** The contract's default for `model`. */
export const DEFAULT_MODEL = 'openclaw:main';

export interface AgentChoice {
	/** What goes out as `agent_id`; `undefined` leaves it out. */
	agentId?: string;
	/** What goes out as `model`; `undefined` leaves it out. */
	model?: string;
}

/** The agent that a model names: `openclaw:<id>`, `openclaw/<id>` or `agent:<id>` (what the gateway accepts, measured). */
function agentOfModel(model: string): string | undefined {
	return /^(?:openclaw[:/]|agent:)([^\s:/]+)$/i.exec(model)?.[1];
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/**
 * Makes agent and model agree (design decision 4): in the gateway the agent wins over the model, so the one that was
 * changed from its default leads here.
 *
 * @throws InputError when both were changed and name different agents
 */
export function chooseAgent(agentParameter: string, modelParameter: string): AgentChoice {
	const agentId = agentParameter.trim();
	const model = modelParameter.trim();
	const named = agentOfModel(model);
	if (agentId === '' || model === '' || named === undefined || same(named, agentId)) {
		return { ...(agentId ? { agentId } : {}), ...(model ? { model } : {}) };
	}
	if (same(agentId, DEFAULT_AGENT)) return { agentId: named, model };
	if (same(model, DEFAULT_MODEL)) return { agentId, model: `openclaw:${agentId}` };
	throw new InputError(
		`Agent is ${found(agentId)}, but Model names the agent ${found(named)}`,
		'Let both name the same agent, or leave Model in Options away: it then follows Agent',
	);
}

/**
 * The session key as the gateway needs it: a bare key always runs on the agent `main`, so for another agent it is sent
 * in its full form `agent:<agentId>:<key>` (design decision 4).
 *
 * @throws InputError when the key is in full form and names another agent than the one that answers
 */
export function fullSessionKey(keyParameter: string, choice: AgentChoice): string | undefined {
	const key = keyParameter.trim();
	if (key === '') return undefined;
	const agent = choice.agentId ?? agentOfModel(choice.model ?? '') ?? DEFAULT_AGENT;
	const full = /^agent:([^:]*):/i.exec(key);
	if (!full) return same(agent, DEFAULT_AGENT) ? key : `agent:${agent}:${key}`;
	if (same(full[1] ?? '', agent)) return key;
	throw new InputError(
		`Session Key belongs to the agent ${found(full[1])}, but Agent is ${found(agent)}`,
		'Choose the agent that the key names, or give the key without “agent:…:” in front',
	);
}

/** The lane of a session: instance and key in the one spelling the gateway uses for all of its spellings. */
export function sessionLane(instanceIp: string, sessionKey: string): string {
	const key = sessionKey.trim().toLowerCase();
	return `${instanceIp.toLowerCase()} ${key.startsWith('agent:') ? key : `agent:${DEFAULT_AGENT}:${key}`}`;
}
