import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { DOCUMENTS as WITH_TABLES, missingTables, tables, withTables } from '../../scripts/fieldTables.mts';

const ROOT = process.cwd();
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const DOCUMENTS = [
	'README.md',
	'CONTRIBUTING.md',
	'CHANGELOG.md',
	...readdirSync(join(ROOT, 'docs'))
		.filter((name) => name.endsWith('.md'))
		.map((name) => `docs/${name}`),
];

test.each(WITH_TABLES)('the tables of %s are as the code is now; npm run docs brings them up to date', (file) => {
	expect(read(file)).toBe(withTables(read(file), tables()));
});

test('every table stands in a document', () => {
	expect(missingTables(WITH_TABLES.map(read), tables())).toEqual([]);
});

test('the README has the headings that n8n asks of a verified node', () => {
	for (const heading of ['Installation', 'Operations', 'Credentials', 'Compatibility', 'Usage', 'Resources', 'Version history']) {
		expect(read('README.md')).toContain(`\n## ${heading}\n`);
	}
});

/** What a document links to or shows inside the repository, from the root. */
function targets(file: string): string[] {
	const links = [...read(file).matchAll(/\]\(([^)\s]+)\)|\s(?:src|srcset)="([^"]+)"/g)].map(([, link, source]) => link ?? source!);
	return links.filter((link) => !/^(https?:|mailto:|#)/.test(link)).map((link) => join(dirname(file), link.replace(/#.*/, '')));
}

test.each(DOCUMENTS)('%s links to what is there', (file) => {
	expect(targets(file).filter((target) => !existsSync(join(ROOT, target)))).toEqual([]);
});

test('every picture is shown in a document', () => {
	const shown = new Set(DOCUMENTS.flatMap(targets));
	expect(readdirSync(join(ROOT, 'docs/pictures')).filter((name) => !shown.has(join('docs/pictures', name)))).toEqual([]);
});
