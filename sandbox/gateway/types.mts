/** A request to an OpenClaw gateway, as agent.ai makes it for an action. */
export interface GatewayRequest {
	/** The action's `instance_ip`: a host or `host:port`. */
	instance: string;
	/** The gateway's bearer token. */
	token: string;
	path: '/v1/chat/completions' | '/tools/invoke';
	/** Headers besides the token, in lower case. */
	headers: Record<string, string>;
	body: ChatRequest | ToolRequest;
	/** How long the answer may take, in ms. */
	timeoutMs: number;
}

/** The body of `POST /v1/chat/completions`, as far as agent.ai's action fills it. */
export interface ChatRequest {
	model: string;
	messages: Message[];
	stream: boolean;
}

export interface Message {
	role: string;
	content?: unknown;
}

/** The body of `POST /tools/invoke`. */
export interface ToolRequest {
	tool: string;
	action?: string;
	args: Record<string, unknown>;
	sessionKey?: string;
	dryRun?: boolean;
}

export interface GatewayAnswer {
	status: number;
	/** In lower case; `content-type` is among them. */
	headers: Record<string, string>;
	/** The body, whole or in the pieces in which it comes; reading it throws when the connection breaks. */
	body: string | AsyncIterable<string | Uint8Array>;
}

/** What `openclaw_get_details` tells of the account's instance. */
export interface InstanceDetails {
	instance_ip: string;
	auth_token: string;
	status: string;
}

/** An OpenClaw gateway behind agent.ai: a pretended or a real one. */
export interface Gateway {
	/**
	 * @param signal ends the request, and with it the agent's run
	 * @throws GatewayRefusal when the gateway may not or cannot be asked
	 */
	ask(request: GatewayRequest, signal: AbortSignal): Promise<GatewayAnswer>;
	details(): Promise<InstanceDetails>;
}

/** Why a gateway gave no answer at all, as agent.ai tells it. */
export class GatewayRefusal extends Error {
	constructor(
		readonly status: number,
		message: string,
	) {
		super(message);
		this.name = 'GatewayRefusal';
	}
}
