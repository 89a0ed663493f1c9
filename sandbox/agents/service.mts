import { actionError } from '../actionResponse.mts';
import { AGENTS, fillers } from './agents.mts';
import type { AgentAnswer, PretendedAgent } from './types.mts';

/** What an answer of the agents' part is: an HTTP status and a body. */
export interface ServiceAnswer {
	status: number;
	body: object;
}

/** Inputs of `search`, as the catalogue describes them. */
export interface SearchBody {
	query?: string;
	status?: 'public' | 'private' | 'team' | 'all';
	limit?: number;
	page?: number;
}

/** How the agents behave; a test may change it while the sandbox runs. */
export interface AgentSettings {
	/** How many agents there are besides those of every kind. */
	fillerAgents: number;
	/** Where the files of agents lie; the sandbox's own address by default. */
	filesUrl: string;
	/** Longest time that an agent takes, in ms: a test need not wait for the slow one. */
	longestRunMs: number;
}

/** The agents of agent.ai: found, described and run. */
export class AgentService {
	/** Agents that can be found, changed at will. */
	readonly agents: PretendedAgent[];

	/** Runs so far, in order of their start: the agent's id, what came in, and the conversation. */
	readonly runs: { id: string; inputs: Record<string, unknown>; runId?: string }[] = [];

	/** Runs under way by conversation, and the most there ever were: two at once would mix up a conversation. */
	readonly mostAtOnce = new Map<string, number>();

	private readonly underWay = new Map<string, number>();

	private readonly turns = new Map<string, number>();

	constructor(private readonly settings: AgentSettings) {
		this.agents = [...AGENTS, ...fillers(settings.fillerAgents)];
	}

	search({ query = '', status = 'public', limit = 10, page = 0 }: SearchBody): ServiceAnswer {
		const wanted = query.trim().toLowerCase();
		const found = this.agents.filter(
			(agent) => (status === 'all' || agent.status === status) && `${agent.name} ${agent.description}`.toLowerCase().includes(wanted),
		);
		return { status: 200, body: { status: 200, response: found.slice(page * limit, (page + 1) * limit).map(asFunction) } };
	}

	describe(id: string): ServiceAnswer {
		const agent = this.find(id);
		if (!agent) return notFound();
		const { name, description, type, status, tags = [], executions, slug, inputs = {}, outputs } = agent;
		return {
			status: 200,
			body: {
				status: 200,
				agent: {
					id: agent.id,
					human_id: slug,
					name,
					description,
					url: `https://agent.ai/agent/${slug ?? agent.id}`,
					profile_url: 'https://agent.ai/profile/example',
					icon: 'https://example.com/i.png',
					type: type === 'knowledge' ? 'expert' : type,
					status,
					tags,
					executions,
					review: { count: 4, score: 4.5 },
					authors: [],
					created_at: '2026-02-02T10:00:00Z',
					updated_at: '2026-02-03T10:00:00Z',
				},
				inputs: Object.keys(inputs),
				outputs,
			},
		};
	}

	/**
	 * Runs an agent.
	 *
	 * @param given the body without the agent's id
	 * @param signal ends the wait for a slow agent when the client goes away
	 */
	async run(id: string, given: Record<string, unknown>, signal: AbortSignal): Promise<ServiceAnswer> {
		const agent = this.find(id);
		if (!agent) return notFound();
		const { run_id: conversation, ...inputs } = given;
		const runId = typeof conversation === 'string' && conversation !== '' ? conversation : `run-${this.runs.length + 1}`;
		this.runs.push({ id: agent.id, inputs, ...(conversation === undefined ? {} : { runId }) });
		const missing = (agent.required ?? []).find((name) => !filled(inputs[name]) && agent.inputs?.[name]?.default === undefined);
		if (missing !== undefined) return { status: 200, body: actionError(400, `Input ${missing} is not provided.`) };
		const turn = (this.turns.get(runId) ?? 0) + 1;
		this.turns.set(runId, turn);
		await this.busy(runId, Math.min(agent.latencyMs ?? 0, this.settings.longestRunMs), signal);
		const answer = agent.answer({ inputs: withDefaults(agent, inputs), turn, filesUrl: this.settings.filesUrl });
		return { status: answer.status >= 500 ? answer.status : 200, body: { ...ordered(answer), run_id: runId } };
	}

	/** The agent that has this id or slug. */
	find(id: string): PretendedAgent | undefined {
		return this.agents.find((agent) => agent.id === id || agent.slug === id);
	}

	private async busy(runId: string, ms: number, signal: AbortSignal): Promise<void> {
		const now = (this.underWay.get(runId) ?? 0) + 1;
		this.underWay.set(runId, now);
		this.mostAtOnce.set(runId, Math.max(now, this.mostAtOnce.get(runId) ?? 0));
		try {
			await pause(ms, signal);
		} finally {
			this.underWay.set(runId, (this.underWay.get(runId) ?? 1) - 1);
		}
	}
}

const notFound = (): ServiceAnswer => ({ status: 200, body: actionError(404, 'Agent not found') });

const ordered = ({ status, response, ...rest }: AgentAnswer) => ({ status, response, ...rest });

const filled = (value: unknown) => value !== undefined && value !== null && value !== '';

function withDefaults({ inputs = {} }: PretendedAgent, given: Record<string, unknown>): Record<string, string> {
	const defaults = Object.entries(inputs).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value] as const]));
	const texts = Object.entries(given).flatMap(([name, value]) => (filled(value) ? [[name, String(value)] as const] : []));
	return Object.fromEntries([...defaults, ...texts]);
}

/** An agent as `search` shows it: a function that could be called. */
function asFunction({ id, slug, name, description, status, type, executions, inputs, required = [] }: PretendedAgent) {
	return {
		type: 'function',
		function: {
			name: `invoke_agent_${id}`,
			description,
			metadata: {
				id,
				slug,
				icon: 'https://example.com/i.png',
				name,
				description,
				status,
				type,
				executions,
				reviews_count: 4,
				reviews_score: 4.5,
				created_at: 'Mon, 02 Feb 2026 10:00:00 GMT',
				updated_at: 'Tue, 03 Feb 2026 10:00:00 GMT',
				score: 0.9,
			},
			...(inputs ? { parameters: { type: 'object', properties: inputs, required, additionalProperties: false } } : {}),
		},
	};
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const timer = setTimeout(() => {
			signal.removeEventListener('abort', leave);
			resolve();
		}, ms);
		const leave = () => {
			clearTimeout(timer);
			reject(new Error('The client went away.'));
		};
		signal.addEventListener('abort', leave, { once: true });
	});
}
