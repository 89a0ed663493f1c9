import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './paths.mts';

/** What one of n8n's root nodes did on the chat model and on n8n's OpenAI Chat Model, as `test/e2e/rootNodes.e2e.mts` saw it. */
export interface RootNodeTrial {
	root: string;
	version: number;
	what: string;
	ours: 'works' | 'fails';
	openAi: 'works' | 'fails';
	/** Both fail, or both give the same items. */
	same: boolean;
}

/** The rows of the table: one for each thing that is asked of a root node, with the versions that did alike. */
export function rootNodeRows(): string[][] {
	const trials = JSON.parse(readFileSync(join(ROOT, 'test/fixtures/rootNodes.json'), 'utf8')) as RootNodeTrial[];
	const rows = new Map<string, { cells: string[]; versions: number[] }>();
	for (const { root, version, what, ours, openAi, same } of trials) {
		const cells = [root, what, ours, same ? 'the same' : openAi === ours ? 'gives something else' : openAi];
		const row = rows.get(cells.join()) ?? { cells, versions: [] };
		row.versions.push(version);
		rows.set(cells.join(), row);
	}
	return [...rows.values()].map(({ cells: [root = '', ...rest], versions }) => [`${root} (${versions.join(', ')})`, ...rest]);
}
