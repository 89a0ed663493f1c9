import { join } from 'node:path';

/** What a gateway of a test or of the demo is like. */
export interface GatewaySettings {
	/** Base URL of the OpenAI-compatible model that its agents use. */
	modelUrl: string;
	/** Its agents; several own their sessions explicitly, as `openclaw agents add` sets it up. */
	agents?: string[];
	/** Whether the chat endpoint is enabled, which it is not by default. */
	chatEndpoint?: boolean;
	/** Wrong tokens until a caller is locked out; without it OpenClaw's own defaults hold, which spare callers on loopback. */
	lockout?: { maxAttempts: number; lockoutMs: number };
	/** Further providers with a model `scripted`, besides `scripted` itself; an agent uses the provider of its own name. */
	providers?: string[];
	/** Which API a provider speaks, where it is not OpenAI's chat completions: `anthropic-messages`, `openai-responses` … */
	apis?: Record<string, string>;
}

interface Place {
	port: number;
	token: string;
	folder: string;
}

/** The oldest version that keeps agents by name (`agents.entries`) and knows who owns a session. */
const AGENTS_BY_NAME = '2026.9';

/** OpenClaw's configuration: everything on loopback, nothing looked up elsewhere. */
export function openClawConfig(version: string, settings: GatewaySettings, { port, token, folder }: Place): object {
	const { modelUrl, agents = ['main'], chatEndpoint = true, lockout, providers = [], apis = {} } = settings;
	const isCurrent = version.localeCompare(AGENTS_BY_NAME, 'en', { numeric: true }) >= 0;
	const model = {
		id: 'scripted',
		name: 'Scripted',
		reasoning: false,
		input: ['text'],
		cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
		contextWindow: 128_000,
		maxTokens: 8192,
	};
	const providerOf = (name: string) => ({
		baseUrl: modelUrl,
		apiKey: 'sk-scripted',
		api: apis[name] ?? 'openai-completions',
		models: [model],
	});
	const modelOf = (agent: string) => (providers.includes(agent) ? { model: { primary: `${agent}/scripted` } } : {});
	return {
		gateway: {
			mode: 'local',
			port,
			bind: 'loopback',
			auth: {
				mode: 'token',
				token,
				...(lockout ? { rateLimit: { ...lockout, windowMs: 60_000, exemptLoopback: false } } : {}),
			},
			http: chatEndpoint ? { endpoints: { chatCompletions: { enabled: true } } } : {},
		},
		update: { checkOnStart: false },
		discovery: { mdns: { mode: 'off' } },
		logging: { file: join(folder, 'openclaw-events.log') },
		agents: {
			...(agents.length === 1 ? {} : isCurrent ? byName(agents, modelOf) : byList(agents, modelOf)),
			defaults: {
				model: { primary: 'scripted/scripted' },
				workspace: join(folder, 'workspace'),
				...(agents.length > 1 && isCurrent ? ownedBy(agents[0]!) : {}),
			},
		},
		...(isCurrent ? { tools: { toolSearch: false } } : {}),
		models: { mode: 'replace', providers: Object.fromEntries(['scripted', ...providers].map((name) => [name, providerOf(name)])) },
	};
}

/** Who owns what no agent was named for, as `openclaw agents add` writes it. */
const ownedBy = (agentId: string) => ({ systemAgent: { agentId }, heartbeat: { agentId } });

const byName = (agents: string[], modelOf: (agent: string) => object) => ({
	ownership: 'explicit',
	entries: Object.fromEntries(agents.map((id) => [id, modelOf(id)])),
});

const byList = (agents: string[], modelOf: (agent: string) => object) => ({
	list: agents.map((id, index) => ({ id, default: index === 0, ...modelOf(id) })),
});
