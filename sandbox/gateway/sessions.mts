import { randomUUID } from 'node:crypto';

import { GatewayError } from './errors.mts';

export interface Turn {
	message: string;
	answer: string;
	at: number;
}

/** A conversation of an agent, as the gateway keeps it. */
export interface Session {
	/** In full form and lower case: `agent:<id>:<key>`. */
	key: string;
	sessionId: string;
	agentId: string;
	turns: Turn[];
	/** Messages whose turns were aborted: the next turn's prompt begins with them. */
	aborted: string[];
	updatedAt: number;
	/** Turns that are under way or waiting; the next one waits for the last of them. */
	line: Promise<void>;
	/** Whether its first turn is still under way. */
	opening: boolean;
	label?: string;
}

/** A turn of a session that is under way. */
export interface OpenTurn {
	/** What the user said before, oldest first. */
	remembered: string[];
	/** Keeps the turn and lets the next one go. */
	answer(text: string): void;
	/** Ends the turn without an answer; a message that was aborted stays for the next prompt. */
	end(how: 'aborted' | 'failed'): void;
}

/**
 * The sessions of a gateway (measured with openclaw 2026.9.6): the turns of a session run one after another, but two
 * requests that open one new session at once fail but for the first.
 */
export class Sessions {
	private readonly byKey = new Map<string, Session>();

	/** All sessions, the latest first. */
	list(): Session[] {
		return [...this.byKey.values()].sort((a, b) => b.updatedAt - a.updatedAt);
	}

	find(key: string): Session | undefined {
		return this.byKey.get(key);
	}

	/** Puts a session there that has already been talked in. */
	add(agentId: string, key: string, turns: [message: string, answer: string][], label?: string): void {
		const session = newSession(agentId, key);
		const at = Date.now();
		session.turns = turns.map(([message, answer]) => ({ message, answer, at }));
		session.opening = false;
		if (label !== undefined) session.label = label;
		this.byKey.set(key, session);
	}

	/**
	 * Begins a turn as soon as those before it have ended.
	 *
	 * @throws GatewayError when another request is just opening the same session; nothing has run then
	 */
	async begin(agentId: string, key: string, message: string): Promise<OpenTurn> {
		let session = this.byKey.get(key);
		if (session?.opening) throw GatewayError.internal();
		if (!session) {
			session = newSession(agentId, key);
			this.byKey.set(key, session);
		}
		const { line } = session;
		let release = (): void => undefined;
		session.line = new Promise((resolve) => {
			release = resolve;
		});
		await line;
		return this.turn(session, message, release);
	}

	private turn(session: Session, message: string, release: () => void): OpenTurn {
		const remembered = [...session.turns.map((turn) => turn.message), ...session.aborted];
		const leave = () => {
			session.updatedAt = Date.now();
			session.opening = false;
			release();
		};
		return {
			remembered,
			answer: (answer) => {
				session.turns.push({ message, answer, at: Date.now() });
				session.aborted = [];
				leave();
			},
			end: (how) => {
				if (how === 'aborted') session.aborted.push(message);
				leave();
			},
		};
	}
}

const newSession = (agentId: string, key: string): Session => ({
	key,
	sessionId: randomUUID(),
	agentId,
	turns: [],
	aborted: [],
	updatedAt: Date.now(),
	line: Promise.resolve(),
	opening: true,
});
