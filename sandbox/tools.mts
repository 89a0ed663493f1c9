import type { ScriptedAgent } from './agent.mts';

export interface ToolBody {
	tool: string;
	action?: string;
	args_json?: string;
	session_key?: string;
}

/** What the agents of the pretended instance are called. */
const AGENTS = [
	{ id: 'main', name: 'Main' },
	{ id: 'research', name: 'Research' },
];

/** Runs a tool of the pretended instance; its answer has the gateway's own shape (measured with openclaw 2026.9.6). */
export function runTool({ tool, action, args_json }: ToolBody, agent: ScriptedAgent, forbidden: string[]): object {
	const failed = (type: string, message: string) => ({ ok: false, error: { type, message } });
	if (forbidden.includes(tool)) return failed('not_found', `Tool not available: ${tool}`);
	let args: unknown;
	try {
		args = JSON.parse(args_json ?? '{}');
	} catch {
		return failed('tool_error', 'args_json is not valid JSON');
	}
	const details = { ...(args as object), ...(action === undefined ? {} : { action }) };
	switch (tool) {
		case 'agents_list':
			return succeeded({ requester: 'main', agents: AGENTS });
		case 'sessions_list': {
			const keys = [...new Set(agent.runs.map(({ session }) => session).filter((key) => key !== undefined))];
			return succeeded({ count: keys.length, sessions: keys.map((key) => ({ key, kind: 'other' })) });
		}
		case 'web_search':
			if (!('query' in details)) return failed('tool_error', 'query required');
			return succeeded({ query: details.query, results: [{ title: 'One result', url: 'https://example.com' }] });
		default:
			return failed('not_found', `Tool not available: ${tool}`);
	}
}

const succeeded = (details: object) => ({
	ok: true,
	result: { content: [{ type: 'text', text: JSON.stringify(details, null, 2) }], details },
});
