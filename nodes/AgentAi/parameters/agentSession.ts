import { found, InputError } from '../failures/inputError';

/** The contract's default for `agent_id`. */
export const DEFAULT_AGENT = 'main';
/** The contract's default for `model`. */
export const DEFAULT_MODEL = 'openclaw:main';

interface AgentChoice {
	/** What goes out as `agent_id`; `undefined` leaves it out. */
	agentId?: string;
	/** What goes out as `model`; `undefined` leaves it out. */
	model?: string;
}

/** The model that means the agent which the instance is set to; `default` is no agent's id (measured, openclaw 2026.9.6). */
const CONFIGURED_AGENT = 'default';

/** What a model names after `openclaw:`, `openclaw/` or `agent:` (the spellings that the gateway takes, measured). */
const nameInModel = (model: string): string | undefined => /^(?:openclaw[:/]|agent:)([^\s:/]+)$/i.exec(model)?.[1];

/** The id of the agent that a model names, if it names one. */
export function modelAgent(model: string): string | undefined {
	const name = nameInModel(model);
	return name === undefined || same(name, CONFIGURED_AGENT) ? undefined : name;
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/**
 * Makes agent and model agree: in the gateway the agent wins over the model, so the one that was changed from its default
 * leads here. A model that names no agent is sent alone, unless the agent was changed.
 *
 * @throws InputError when both were changed and name different agents
 */
export function chooseAgent(agentId: string, model: string): AgentChoice {
	if (agentId === '' || model === '') return { ...(agentId ? { agentId } : {}), ...(model ? { model } : {}) };
	const unchanged = same(agentId, DEFAULT_AGENT);
	const named = modelAgent(model);
	if (named === undefined) {
		if (unchanged) return { model };
		// “openclaw” or a provider's model says nothing of an agent
		if (nameInModel(model) === undefined) return { agentId, model };
		throw disagree(agentId, `${found(model)} names the agent that the instance is set to`);
	}
	if (same(named, agentId)) return { agentId, model };
	if (unchanged) return { agentId: named, model };
	if (same(model, DEFAULT_MODEL)) return { agentId, model: `openclaw:${agentId}` };
	throw disagree(agentId, `names the agent ${found(named)}`);
}

const disagree = (agentId: string, meaning: string) =>
	new InputError(
		`Agent is ${found(agentId)}, but Model ${meaning}`,
		'Name the same agent in both, or remove Model from Options to use Agent',
	);

/**
 * The full session key `agent:<agentId>:<key>`, the only one that works on a gateway with several agents
 * (measured, openclaw 2026.9.6: every short key fails there, whatever the agent).
 *
 * @returns the key, `undefined` for none
 * @throws InputError when the key names another agent than the one that answers, or when nobody says which that is
 */
export function fullSessionKey(key: string, { agentId, model }: AgentChoice): string | undefined {
	if (key === '') return undefined;
	const agent = agentId ?? (model === undefined ? DEFAULT_AGENT : modelAgent(model));
	const full = agentInKey(key);
	if (agent === undefined) {
		if (full) return key;
		throw new InputError(
			`Session Key ${found(key)} needs an agent, but Model ${found(model)} does not name one`,
			'Choose the agent in Agent and remove Model from Options, or enter the full key, such as agent:main:customer-4711',
		);
	}
	if (!full) return `agent:${agent}:${key}`;
	if (same(full, agent)) return key;
	throw new InputError(
		`Session Key belongs to the agent ${found(full)}, but Agent is ${found(agent)}`,
		'Choose the agent that the key names, or enter the key without the prefix “agent:…:”',
	);
}

/**
 * The session that a tool runs in. A tool has no field for an agent, so a short key is one of the agent `main`. The key
 * `main` itself stays short: the gateway takes it for the main session, however that is called there.
 */
export function toolSessionKey(key: string): string | undefined {
	return key === '' || same(key, 'main') || agentInKey(key) ? key || undefined : `agent:${DEFAULT_AGENT}:${key}`;
}

/** The agent of a key in full form; `agent:` without an id or without a key after it is a short key like any other. */
const agentInKey = (key: string): string | undefined => /^agent:([^:]+):./i.exec(key)?.[1];

/** The lane of a session: instance and full key, in the one spelling that the gateway uses for all of its spellings. */
export const sessionLane = (instanceIp: string, fullSessionKey: string) => `${instanceIp} ${fullSessionKey}`.toLowerCase();
