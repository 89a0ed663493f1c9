import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { matching } from './panel';

/**
 * Tools of OpenClaw itself, by their names in 2026.9. An instance offers no list of its tools, and its tool policy may
 * forbid any of them; those that its HTTP endpoint refuses by default are left out (`sessions_send`, `sessions_spawn`,
 * `automations`, `gateway`, `nodes`, and everything that runs commands or writes files).
 */
const KNOWN_TOOLS: [name: string, description: string][] = [
	['agents_list', 'List the agents of the instance'],
	['browser', 'Drive the browser of the instance'],
	['image_generate', 'Make a picture'],
	['memory_get', 'Read from the memory of the agent'],
	['memory_search', 'Search the memory of the agent'],
	['message', 'Send a message through a channel'],
	['pdf', 'Read a PDF document'],
	['session_status', 'Show the state of a session'],
	['sessions_history', 'Read the messages of a session'],
	['sessions_list', 'List the sessions of the instance'],
	['sessions_search', 'Search the messages of all sessions'],
	['tts', 'Turn text into speech'],
	['web_fetch', 'Fetch a web page'],
	['web_search', 'Search the web'],
];

/** Well-known tools of OpenClaw; any other name can be typed. */
export function searchTools(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	const tools = KNOWN_TOOLS.map(([value, description]) => ({ name: value, value, description }));
	return Promise.resolve({ results: matching(tools, filter) });
}
