/**
 * Brings the tables in the documents up to date with the code: `npm run docs`. Fails when a table has no place in any of
 * them, such as that of a new operation, and when a text breaks a rule on words.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DOCUMENTS, missingTables, tables, withTables } from './fieldTables.mts';
import { ROOT } from './paths.mts';
import { wordFaults } from './words/rules.mts';

const made = tables();
const written = await Promise.all(
	DOCUMENTS.map(async (file) => {
		const path = join(ROOT, file);
		const document = withTables(await readFile(path, 'utf8'), made);
		await writeFile(path, document);
		return document;
	}),
);
const faults = wordFaults();
for (const fault of faults) console.error(fault);
const missing = missingTables(written, made);
for (const name of missing) console.error(`No document has a place for a table. Add to README.md:\n<!-- table: ${name} -->\n<!-- end -->`);
if (missing.length + faults.length > 0) process.exitCode = 1;
else console.log(`Up to date: ${DOCUMENTS.join(', ')}`);
