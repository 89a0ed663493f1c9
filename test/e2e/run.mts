/**
 * Runs the end-to-end tests, each file with a real n8n of its own, one after another. Parts of file names may be given, and
 * flags of Node's test runner, e.g. `npm run test:e2e -- batch --test-name-pattern=Stop`.
 */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { installN8n } from '../../scripts/n8n/install.mts';
import { packUnlessUnchanged } from '../../scripts/pack.mts';
import { ROOT } from '../../scripts/paths.mts';

const folder = join(ROOT, 'test/e2e');
const words = process.argv.slice(2);
const [flags, wanted] = [words.filter((word) => word.startsWith('--')), words.filter((word) => !word.startsWith('--'))];
const files = (await readdir(folder)).filter((name) => name.endsWith('.e2e.mts')).sort();
const chosen = files.filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));

if (chosen.length === 0) {
	console.error(
		`There is no end-to-end test ${wanted.join(', ')}. There are: ${files.map((name) => name.replace('.e2e.mts', '')).join(', ')}`,
	);
	process.exit(2);
}

await installN8n();
const tarball = await packUnlessUnchanged();
const child = spawn(
	process.execPath,
	['--import', 'tsx', '--test', '--test-concurrency=1', '--test-reporter=spec', ...flags, ...chosen.map((name) => join(folder, name))],
	{ stdio: 'inherit', env: { ...process.env, AGENT_AI_TARBALL: tarball } },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('close', (code) => process.exit(code ?? 1));
