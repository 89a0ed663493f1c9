import type { RunContext } from './runContext';

/** Writes a line about a run into n8n's log, under the node's name. Never throws: a log that cannot be written costs no answer. */
export function log({ context, node }: Pick<RunContext, 'context' | 'node'>, level: 'info' | 'warn' | 'error', text: string): void {
	try {
		context.logger[level](`${node.name}: ${text}`);
	} catch {
		// see above
	}
}
