/** Brings the tables in the documents up to date with the code: `npm run docs`. A test fails when they are not. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { tables, withTables } from './fieldTables.mts';
import { ROOT } from './paths.mts';

for (const file of ['README.md', 'docs/troubleshooting.md']) {
	const path = join(ROOT, file);
	const document = await readFile(path, 'utf8');
	await writeFile(path, withTables(document, tables()));
	console.log(file);
}
