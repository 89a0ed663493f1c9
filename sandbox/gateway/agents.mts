import { setTimeout as sleep } from 'node:timers/promises';

import { readScript } from '../model/script.mts';
import { type AcceptedChat, readMessages } from './chat.mts';
import { Provider } from './provider.mts';
import { ownedSession } from './selection.mts';
import { Sessions } from './sessions.mts';

/** One run of an agent: what a real one would have worked and been paid for. */
export interface AgentRun {
	/** Counts from 1 over the life of the sandbox. */
	id: number;
	agentId: string;
	message: string;
	/** The full session key; `undefined` for a request without a key. */
	session?: string;
	/** `performance.now()` at the start and at the end. */
	startedAt: number;
	endedAt?: number;
}

export interface Usage {
	prompt_tokens: number;
	completion_tokens: number;
	total_tokens: number;
}

/** A run whose answer is known but not yet delivered. */
export interface FinishedThought {
	id: number;
	text: string;
	usage: Usage;
	/** How long the message asks the pieces of a stream to be apart, in ms. */
	pieceDelayMs: number;
	/** The answer was delivered: the session keeps it. */
	finish(): void;
	/** The client went away; nothing after `finish`. */
	abort(): void;
}

export interface AgentsSettings {
	agents: string[];
	/** Agents with a model provider of their own; the others share one. */
	providers: string[];
	/** What an agent answers, from the message without its directives and what the user said before. */
	reply: (message: string, earlier: string[]) => string;
}

/** Agents whose model is scripted, with the sessions that they keep. */
export class ScriptedAgents {
	readonly runs: AgentRun[] = [];

	readonly sessions = new Sessions();

	private readonly providers = new Map<string, Provider>();

	/** @param settings read anew for each run */
	constructor(private readonly settings: () => AgentsSettings) {}

	/**
	 * Runs an agent up to its answer.
	 *
	 * @throws GatewayError when the session or the model's provider refuses
	 * @throws AbortError when the request's signal ends the run
	 */
	async run({ selection, request, staging, signal }: AcceptedChat): Promise<FinishedThought> {
		const { agents, reply } = this.settings();
		const { message, earlier } = readMessages(request.messages);
		const { agentId, session } = ownedSession(selection, agents);
		const turn = await this.sessions.begin(agentId, session, message);
		let end: (how: 'aborted' | 'failed') => void = (how) => turn.end(how);
		try {
			signal.throwIfAborted();
			const script = readScript(message);
			const run: AgentRun = { id: this.runs.length + 1, agentId, message, startedAt: performance.now() };
			if (selection.isNamed) run.session = session;
			this.runs.push(run);
			const latencyMs = (staging.latencyMs ?? 0) + script.delayMs;
			if (latencyMs > 0) await sleep(latencyMs, undefined, { signal });
			if (staging.text === undefined) this.providerOf(agentId).check(script, Date.now());
			run.endedAt = performance.now();
			const remembered = [...turn.remembered, ...earlier].map((each) => readScript(each).text);
			const text = staging.text ?? script.say ?? reply(script.text, remembered);
			return {
				id: run.id,
				text,
				usage: usageOf([...remembered, message].join(' '), text),
				pieceDelayMs: script.pieceDelayMs,
				finish: () => {
					end = () => undefined;
					turn.answer(text);
				},
				abort: () => end('aborted'),
			};
		} catch (error) {
			end(signal.aborted ? 'aborted' : 'failed');
			throw error;
		}
	}

	private providerOf(agentId: string): Provider {
		const name = this.settings().providers.includes(agentId) ? agentId : 'scripted';
		const provider = this.providers.get(name) ?? new Provider(name);
		this.providers.set(name, provider);
		return provider;
	}
}

/** Words for tokens. */
function usageOf(prompt: string, completion: string): Usage {
	const count = (text: string) => text.split(/\s+/).filter(Boolean).length;
	const [prompt_tokens, completion_tokens] = [count(prompt), count(completion)];
	return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
