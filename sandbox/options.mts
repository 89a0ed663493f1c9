import type { AgentSettings } from './agents/service.mts';
import type { Fault } from './faults.mts';
import { DEFAULT_LOCKOUT, type LockoutSettings } from './gateway/lockout.mts';
import { echoReply } from './model/replies.mts';
import { topicReply } from './model/topics.mts';
import type { ChatBody } from './openClawActions.mts';

export const DEFAULT_API_TOKEN = 'sandbox-api-token';
export const DEFAULT_AUTH_TOKEN = 'sandbox-gateway-token';

export interface SandboxOptions extends Partial<AgentSettings> {
	/** Bearer token that is accepted. */
	apiToken?: string;
	/** Tokens of further accounts. */
	accounts?: string[];
	port?: number;
	/** Requests per window and account; 0 for no limit and no headers. */
	rateLimit?: number;
	/** Length of the rate limit's window in ms. */
	rateWindowMs?: number;
	/** Decides for each request whether something goes wrong. */
	fault?: (body: ChatBody, requestNumber: number) => Fault | undefined;
	/** Whether faults quote the tokens of the request in their texts. */
	quoteSecrets?: boolean;
	/** Called for every request the sandbox answers, for a log. */
	onRequest?: (line: string) => void;

	/** Token of the pretended OpenClaw gateway; any instance address is taken. */
	authToken?: string;
	/** Agents of the pretended instance; the first one owns what names none. */
	agents?: string[];
	/** Agents whose model has a provider of its own; the others share one. */
	providers?: string[];
	/** Whether the pretended gateway's chat endpoint is enabled. */
	chatEndpoint?: boolean;
	/** Wrong gateway tokens until agent.ai's address is locked out. */
	lockout?: LockoutSettings;
	/** State of the account's instance, as `openclaw_get_details` names it. */
	instanceStatus?: string;
	/** Tools that the pretended instance's policy forbids. */
	forbiddenTools?: string[];
	/** How long an agent takes, in ms, or a function of the request. */
	latencyMs?: number | ((body: ChatBody) => number);
	/** Pause between the pieces of a streamed answer, in ms. */
	pieceDelayMs?: number;
	/** How agents answer: they repeat what they were told, or say something about it that is worth looking at. */
	replies?: 'echo' | 'topics';
	/** Text behind every answer, to make it longer. */
	padding?: string;
}

type WithoutDefault = 'fault' | 'onRequest';

/** The options with their defaults; a test may change them while the sandbox runs. */
export type SandboxSettings = Required<Omit<SandboxOptions, WithoutDefault>> &
	Pick<SandboxOptions, WithoutDefault> & { reply: (message: string, earlier: string[]) => string };

export function withDefaults(options: SandboxOptions): SandboxSettings {
	const settings: SandboxSettings = {
		apiToken: DEFAULT_API_TOKEN,
		accounts: [],
		port: 0,
		rateLimit: 0,
		rateWindowMs: 60_000,
		quoteSecrets: false,
		authToken: DEFAULT_AUTH_TOKEN,
		agents: ['main', 'research'],
		providers: [],
		chatEndpoint: true,
		lockout: DEFAULT_LOCKOUT,
		instanceStatus: 'running',
		forbiddenTools: [],
		latencyMs: 0,
		pieceDelayMs: 0,
		replies: 'echo',
		padding: '',
		fillerAgents: 0,
		filesUrl: '',
		longestRunMs: 60_000,
		...options,
		reply: (message, earlier) => (settings.replies === 'topics' ? topicReply : echoReply)(message, earlier) + settings.padding,
	};
	return settings;
}
