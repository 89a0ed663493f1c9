/** One run of the scripted agent: what a real one would have worked and been paid for. */
export interface AgentRun {
	/** Counts from 1 over the life of the sandbox. */
	id: number;
	message: string;
	/** The session in its full form; `undefined` for a request without a key. */
	session?: string;
	/** `performance.now()` at the start and at the end. */
	startedAt: number;
	endedAt?: number;
}

export interface Conversation {
	message: string;
	/** Earlier turns of the user that the request itself brought along. */
	earlier: string[];
	session?: string;
}

export interface AgentAnswer {
	text: string;
	usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

/** The gateway's own answer when two requests open one new session at the same time (measured with openclaw 2026.9.6). */
export class SessionBusyError extends Error {
	constructor() {
		super('internal error');
		this.name = 'SessionBusyError';
	}
}

/**
 * An agent without a model: it repeats what it was told, and remembers the turns of a session. Like the real gateway it
 * lowercases session keys, and fails when two requests open one new session at once.
 */
export class ScriptedAgent {
	readonly runs: AgentRun[] = [];

	private readonly sessions = new Map<string, string[]>();

	private readonly opening = new Set<string>();

	/**
	 * Starts a run.
	 *
	 * @throws SessionBusyError when another run is just opening the same session; nothing has run then
	 */
	start(conversation: Conversation): AgentRun {
		const { message, session } = conversation;
		if (session !== undefined && !this.sessions.has(session)) {
			if (this.opening.has(session)) throw new SessionBusyError();
			this.opening.add(session);
		}
		const run: AgentRun = { id: this.runs.length + 1, message, startedAt: performance.now() };
		if (session !== undefined) run.session = session;
		this.runs.push(run);
		return run;
	}

	/** Ends a run with the agent's answer. */
	answer(run: AgentRun, { message, earlier, session }: Conversation): AgentAnswer {
		run.endedAt = performance.now();
		const remembered = [...earlier, ...(session === undefined ? [] : (this.sessions.get(session) ?? []))];
		if (session !== undefined) {
			this.opening.delete(session);
			this.sessions.set(session, [...(this.sessions.get(session) ?? []), message]);
		}
		const text = scriptedText(message, remembered);
		const prompt_tokens = tokens([...remembered, message].join(' '));
		const completion_tokens = tokens(text);
		return { text, usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens } };
	}

	/** Frees a session whose first run ended without an answer. */
	abandon(run: AgentRun): void {
		if (run.session !== undefined) this.opening.delete(run.session);
	}
}

function scriptedText(message: string, remembered: string[]): string {
	if (/\bjson\b/i.test(message)) {
		return ['Here it is:', '```json', JSON.stringify({ you_said: message, turn: remembered.length + 1 }), '```'].join('\n');
	}
	const before = remembered.at(-1);
	return before === undefined ? `You said: ${message}` : `You said: ${message} (turn ${remembered.length + 1}; before that: ${before})`;
}

const tokens = (text: string) => text.split(/\s+/).filter(Boolean).length;
