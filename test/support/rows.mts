import type { Sandbox } from '../../sandbox/server.mts';
import { runNode, type RunOptions } from './engine.mts';
import { credentialFor } from './sandbox.mts';

/** A run of the node over some rows, each with a prompt of its own. */
export async function runRows(sandbox: Sandbox, name: string, count: number, options: Partial<RunOptions> & { options?: object } = {}) {
	const { options: nodeOptions = {}, parameters = {}, ...rest } = options;
	return await runNode({
		credential: credentialFor(sandbox),
		parameters: { message: '={{ $json.prompt }}', options: nodeOptions, ...parameters },
		items: prompts(name, count).map((prompt) => ({ prompt })),
		...rest,
	});
}

export const prompts = (name: string, count: number) => Array.from({ length: count }, (_, row) => `${name} ${row}`);
/** The messages that the sandbox's agent was given, in order. */
export const messages = (sandbox: Sandbox) => sandbox.agent.runs.map(({ message }) => message);
