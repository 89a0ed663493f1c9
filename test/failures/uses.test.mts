import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FAILURES } from '../../nodes/AgentAi/failures/failureTable.ts';
import { eachRow } from '../support/eachRow.mts';

const ROOT = join(process.cwd(), 'nodes');
const sources = readdirSync(ROOT, { encoding: 'utf8', recursive: true })
	.filter((file) => file.endsWith('.ts'))
	.map((file) => readFileSync(join(ROOT, file), 'utf8'))
	.join('\n');

test('each failure of the table is met somewhere', () => {
	eachRow(
		Object.keys(FAILURES),
		(kind) => kind,
		// the table's own keys have no quotation marks; what only compares with a kind does not bring it about
		(kind) => expect(sources).toMatch(new RegExp(`(?<![=!]== )'${kind}'`)),
	);
});
