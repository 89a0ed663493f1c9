import type { Session, Sessions } from './sessions.mts';
import type { ToolRequest } from './types.mts';

/** What a tool gives, before the gateway wraps it. */
export interface ToolAnswer {
	status: number;
	body: object;
}

interface ToolContext {
	args: Record<string, unknown>;
	/** The agent in whose name the tool runs. */
	agentId: string;
	sessions: Sessions;
	agents: string[];
}

/** A tool that fails says why where its input is wrong, and nothing else (measured with openclaw 2026.9.6). */
class ToolError extends Error {
	constructor(
		message = 'tool execution failed',
		readonly status = 500,
	) {
		super(message);
		this.name = 'ToolError';
	}

	static input(message: string): ToolError {
		return new ToolError(message, 400);
	}
}

/** The tools of the pretended instance, by name, and what each gives as its details. */
const TOOLS: Record<string, (context: ToolContext) => object> = {
	agents_list: listAgents,
	sessions_list: listSessions,
	sessions_history: readHistory,
	memory_get: ({ args }) => {
		const path = required(args, 'path');
		return /^(?:MEMORY\.md|memory\/[\w./-]+\.md)$/.test(path) && !path.includes('..')
			? { status: 'not_found', text: '', path }
			: { path, text: '', status: 'error', code: 'MEMORY_PATH_NOT_ALLOWED', error: 'path is not an allowed Markdown memory file' };
	},
	memory_search: ({ args }) => ({ query: required(args, 'query'), results: [] }),
	message: () => {
		throw new ToolError();
	},
	web_fetch: ({ args }) => ({ url: required(args, 'url'), status: 200, text: 'One page' }),
	web_search: ({ args }) => ({ query: required(args, 'query'), results: [{ title: 'One result', url: 'https://example.com' }] }),
};

/** Former names of tools, which the gateway still takes. */
const RENAMED: Record<string, string> = { cron: 'automations' };

/** What the pretended instance offers over HTTP. */
export const TOOL_NAMES = Object.keys(TOOLS);

/**
 * Runs a tool of the pretended instance.
 *
 * @param owner the agent for whom a session without an agent counts
 * @param forbidden tools that the instance's policy forbids
 */
export function runTool(
	request: ToolRequest,
	context: Omit<ToolContext, 'args' | 'agentId'>,
	owner: string,
	forbidden: string[],
): ToolAnswer {
	const name = RENAMED[request.tool] ?? request.tool;
	if (name === '') return failed(400, 'invalid_request', 'tools.invoke requires name');
	const tool = forbidden.includes(name) ? undefined : TOOLS[name];
	if (!tool) return failed(404, 'not_found', `Tool not available: ${name}`);
	const [, agentId = owner] = /^agent:([^:]+):/.exec(request.sessionKey?.trim().toLowerCase() ?? '') ?? [];
	const args = { ...request.args, ...(request.action === undefined ? {} : { action: request.action }) };
	try {
		const details = tool({ ...context, args, agentId });
		return { status: 200, body: { ok: true, result: { content: [{ type: 'text', text: JSON.stringify(details, null, 2) }], details } } };
	} catch (error) {
		if (!(error instanceof ToolError)) throw error;
		return failed(error.status, 'tool_error', error.message);
	}
}

const failed = (status: number, type: string, message: string): ToolAnswer => ({ status, body: { ok: false, error: { type, message } } });

/** Only the calling agent, and those it may spawn, which are none by default. */
function listAgents({ agentId, agents }: ToolContext): object {
	const configured = agents.includes(agentId);
	return {
		requester: agentId,
		allowAny: false,
		agents: [{ id: agentId, configured, model: 'scripted/scripted', agentRuntime: { id: 'auto', source: 'implicit' } }],
	};
}

/** Sessions that one answer holds at most. */
const SESSIONS_AT_MOST = 100;

function listSessions({ args, sessions }: ToolContext): object {
	const limit = Math.min(positive(args, 'limit') ?? SESSIONS_AT_MOST, SESSIONS_AT_MOST);
	const offset = positive(args, 'offset') ?? 0;
	const search = typeof args.search === 'string' ? args.search.toLowerCase() : '';
	const found = sessions.list().filter(({ key, label = '' }) => `${key} ${label.toLowerCase()}`.includes(search));
	const shown = found.slice(offset, offset + limit);
	const hasMore = found.length > offset + shown.length;
	return {
		count: shown.length,
		sessions: shown.map(row),
		hasMore,
		...(hasMore ? { nextOffset: offset + shown.length } : {}),
		limitApplied: limit,
	};
}

const row = ({ key, sessionId, agentId, updatedAt, label, turns, opening }: Session): object => ({
	key,
	sessionId,
	agentId,
	kind: key.endsWith(`${agentId}:main`) ? 'main' : 'other',
	channel: 'unknown',
	...(label === undefined ? {} : { label }),
	archived: false,
	pinned: false,
	updatedAt,
	model: 'scripted',
	contextTokens: 128_000,
	totalTokens: turns.length * 10,
	status: opening ? 'running' : turns.length > 0 ? 'done' : 'failed',
	abortedLastRun: false,
});

function readHistory({ args, sessions, agents }: ToolContext): object {
	const key = required(args, 'sessionKey').trim().toLowerCase();
	const [, agentId = ''] = /^agent:([^:]+):/.exec(key) ?? [];
	if (agentId !== '' && !agents.includes(agentId)) return { status: 'error', error: `Unknown agent id "${agentId}"` };
	const session = sessions.find(key);
	if (!session) return { status: 'error', error: `No session found: ${key}` };
	const messages = session.turns.flatMap(({ message, answer, at }) => [
		{ role: 'user', content: message, timestamp: at },
		{ role: 'assistant', content: [{ type: 'text', text: answer }], timestamp: at },
	]);
	return { sessionKey: key, messages };
}

function required(args: Record<string, unknown>, name: string): string {
	const value = args[name];
	if (typeof value === 'string' && value.trim() !== '') return value;
	throw ToolError.input(`${name} required`);
}

function positive(args: Record<string, unknown>, name: string): number | undefined {
	const value = args[name];
	if (value === undefined) return undefined;
	if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
	throw ToolError.input(`${name} must be a positive integer`);
}
