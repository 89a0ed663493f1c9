/** One input of an agent, as its schema in the answer of `search` has it. */
export interface AgentInput {
	type: string;
	/** The label, as people typed it at agent.ai: with stars, colons and blanks. */
	description: string;
	enum?: string[];
	default?: string;
}

/** What one run of an agent gives: what stands in the body of the answer beside `run_id`. */
export interface AgentAnswer {
	status: number;
	response: unknown;
	error?: string;
	metadata?: object;
}

/** One run of an agent. */
export interface AgentRun {
	/** The inputs by name, with the defaults of those that were left out. */
	inputs: Record<string, string>;
	/** How many messages this conversation holds, this one included. */
	turn: number;
	/** Where its files lie. */
	filesUrl: string;
}

/** An agent of the pretended agent.ai. */
export interface PretendedAgent {
	id: string;
	slug: string | null;
	name: string;
	description: string;
	/** Who sees it: everybody, its owner, or its owner's team. */
	status: 'public' | 'private' | 'team';
	type: 'workflow' | 'knowledge' | 'studio';
	/** `undefined` where the answer of `search` has no `parameters` at all. */
	inputs?: Record<string, AgentInput>;
	required?: string[];
	outputs: string[];
	tags?: string[];
	executions: number;
	/** Key of its webhook; `undefined` for an agent that has none. */
	webhookKey?: string;
	/** How long a run takes, in ms. */
	latencyMs?: number;
	answer(run: AgentRun): AgentAnswer;
}
