import type { Results } from './results';
import type { RunContext } from './runContext';

/** Logs where unexpected errors were thrown, each once however many items it failed: they are bugs of this package. */
export function logDefects({ context, node }: RunContext, results: Results): void {
	const items = new Map<string, number[]>();
	for (const { failure, index } of results.failures()) {
		if (failure.stack) items.set(failure.stack, [...(items.get(failure.stack) ?? []), index]);
	}
	for (const [stack, [first = 0, ...others]] of items) {
		const where = others.length > 0 ? `item ${first} and ${others.length} more` : `item ${first}`;
		try {
			context.logger.error(`${node.name}: unexpected error (${where}). Please report it.\n${stack}`);
		} catch {
			// a log that cannot be written costs no answer
		}
	}
}
