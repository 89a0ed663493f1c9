import type { INodeProperties } from 'n8n-workflow';

/** A tool that comes with OpenClaw. */
interface KnownTool {
	name: string;
	description: string;
	/** Arguments that it takes; empty where it takes none. */
	example: Record<string, string | number>;
}

/**
 * Tools of OpenClaw itself, by their names and argument schemas in 2026.9.6. An instance offers no list of its tools, and its
 * tool policy may forbid any of them; those that its HTTP endpoint refuses by default are left out (`sessions_send`,
 * `sessions_spawn`, `automations`, `gateway`, `nodes`, and everything that runs commands or writes files).
 */
export const KNOWN_TOOLS: KnownTool[] = [
	{ name: 'agents_list', description: 'List the agents of the instance', example: {} },
	{
		name: 'browser',
		description: 'Control the browser of the instance',
		example: { action: 'open', targetUrl: 'https://example.com' },
	},
	{ name: 'image_generate', description: 'Generate an image', example: { prompt: 'A lighthouse at dusk', aspectRatio: '16:9' } },
	{ name: 'memory_get', description: 'Read from the memory of the agent', example: { path: 'MEMORY.md', from: 1, lines: 50 } },
	{ name: 'memory_search', description: 'Search the memory of the agent', example: { query: 'holiday plans', maxResults: 5 } },
	{
		name: 'message',
		description: 'Send a message through a channel',
		example: { action: 'send', channel: 'slack', target: 'channel:C0123456789', message: 'Hello' },
	},
	{
		name: 'pdf',
		description: 'Read a PDF document',
		example: { pdf: 'https://example.com/report.pdf', pages: '1-5', prompt: 'Summarize this' },
	},
	{ name: 'session_status', description: 'Show the state of a session', example: { sessionKey: 'agent:main:main' } },
	{ name: 'sessions_history', description: 'Read the messages of a session', example: { sessionKey: 'agent:main:main', limit: 20 } },
	{ name: 'sessions_list', description: 'List the sessions of the instance', example: { search: 'customer', limit: 20 } },
	{ name: 'sessions_search', description: 'Search the messages of all sessions', example: { query: 'refund', limit: 5 } },
	{ name: 'tts', description: 'Turn text into speech', example: { text: 'Good morning' } },
	{ name: 'web_fetch', description: 'Fetch a web page', example: { url: 'https://example.com', extractMode: 'markdown' } },
	{ name: 'web_search', description: 'Search the web', example: { query: 'weather in Lisbon', count: 5 } },
];

/** What the arguments of the chosen tool look like, beside the field for them. */
export const argumentNotices: INodeProperties[] = KNOWN_TOOLS.map(({ name, example }) => ({
	displayName:
		Object.keys(example).length === 0
			? `The tool <code>${name}</code> takes no arguments`
			: `Example of arguments for <code>${name}</code>: <code>${JSON.stringify(example)}</code>`,
	name: 'argumentNotice',
	type: 'notice',
	default: '',
	// of a tool that an expression gives n8n would show them all: the list never holds one
	displayOptions: { show: { '/tool.mode': ['list'], tool: [name] } },
}));
