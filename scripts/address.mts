/**
 * Moves the project to another address: `npm run address -- https://github.com/<owner>/<repository>`. package.json's
 * `repository` is the place of it; n8n and its linter want it written out in some other files, and this changes them all.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ROOT } from './paths.mts';
import { GITHUB, repository } from './repository.mts';

const [target = ''] = process.argv.slice(2);
if (!/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/.test(target)) {
	console.error('Usage: npm run address -- https://github.com/<owner>/<repository>');
	process.exit(2);
}
const from = await repository();
const to = target.replace(GITHUB, '').replace(/\.git$/, '');
const files = execFileSync('git', ['grep', '--files-with-matches', '--fixed-strings', `github.com/${from}`], {
	cwd: ROOT,
	encoding: 'utf8',
});
for (const file of files.trim().split('\n')) {
	const text = await readFile(join(ROOT, file), 'utf8');
	await writeFile(join(ROOT, file), text.replaceAll(`github.com/${from}`, `github.com/${to}`));
	console.log(file);
}
