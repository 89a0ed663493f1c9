import { type AgentsSettings, ScriptedAgents } from './agents.mts';
import { json, readMessages, type Staging, streamedAnswer, wholeAnswer } from './chat.mts';
import { GatewayError } from './errors.mts';
import { LockedOut, Lockout, type LockoutSettings } from './lockout.mts';
import { selectAgentAndSession } from './selection.mts';
import { runTool } from './tools.mts';
import type { ChatRequest, Gateway, GatewayAnswer, GatewayRequest, InstanceDetails, ToolRequest } from './types.mts';

export interface PretendedSettings extends AgentsSettings {
	authToken: string;
	/** State of the account's instance, as `openclaw_get_details` names it. */
	instanceStatus: string;
	/** Whether the chat endpoint is enabled. */
	chatEndpoint: boolean;
	lockout: LockoutSettings;
	/** Tools that the instance's policy forbids. */
	forbiddenTools: string[];
	/** Pause between the pieces of a streamed answer, in ms. */
	pieceDelayMs: number;
}

/**
 * An OpenClaw gateway without OpenClaw: it decides as the real one does, which a test holds it to, and its agents have no
 * model. Any instance address is taken.
 */
export class PretendedGateway implements Gateway {
	readonly agents: ScriptedAgents;

	private readonly lockout: Lockout;

	/** @param settings read anew for each request, so that a test can change them */
	constructor(private readonly settings: PretendedSettings) {
		this.agents = new ScriptedAgents(() => settings);
		this.lockout = new Lockout(() => settings.lockout);
	}

	async ask(request: GatewayRequest, signal: AbortSignal, staging: Staging = {}): Promise<GatewayAnswer> {
		try {
			this.lockout.check(request.token === this.settings.authToken, Date.now());
			return request.path === '/tools/invoke'
				? this.invoke(request.body as ToolRequest)
				: await this.chat(request.body as ChatRequest, request.headers, signal, staging);
		} catch (error) {
			if (!(error instanceof GatewayError)) throw error;
			const headers: Record<string, string> = error instanceof LockedOut ? { 'retry-after': String(error.retryAfter) } : {};
			return json(error.status, { error: { message: error.plainMessage, type: error.type } }, headers);
		}
	}

	details(): Promise<InstanceDetails> {
		const { authToken, instanceStatus } = this.settings;
		return Promise.resolve({ instance_ip: '127.0.0.1', auth_token: authToken, status: instanceStatus });
	}

	private async chat(request: ChatRequest, headers: Record<string, string>, signal: AbortSignal, staging: Staging): Promise<GatewayAnswer> {
		const { agents, chatEndpoint, pieceDelayMs } = this.settings;
		if (!chatEndpoint) return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Not Found' };
		const selection = selectAgentAndSession(request.model, headers, agents);
		readMessages(request.messages);
		const accepted = { selection, request, staging, signal };
		return request.stream ? streamedAnswer(this.agents, accepted, pieceDelayMs) : await wholeAnswer(this.agents, accepted);
	}

	private invoke(request: ToolRequest): GatewayAnswer {
		const { agents, forbiddenTools } = this.settings;
		const { status, body } = runTool(request, { sessions: this.agents.sessions, agents }, agents[0]!, forbiddenTools);
		return json(status, body);
	}
}
