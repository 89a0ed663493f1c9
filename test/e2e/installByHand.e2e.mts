import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';

import { installNode, nodeEnvironment } from '../../scripts/node.mts';
import { ROOT } from '../../scripts/paths.mts';

const README = join(ROOT, 'README.md');

describe('npm install of the package in an empty folder brings this one package', () => {
	for (const [what, environment] of [
		['the Node that runs the tests', () => Promise.resolve(process.env)],
		['the Node that runs n8n', async () => nodeEnvironment(await installNode())],
	] as const) {
		test(what, async () => {
			const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-by-hand-'));
			try {
				// as the README says; a package.json further up would draw an installation without a prefix to it
				await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
				const nodes = join(folder, '.n8n/nodes');
				const [, command = ''] =
					/run `npm (install --prefix ~\/\.n8n\/nodes) n8n-nodes-agent-ai`/.exec(await readFile(README, 'utf8')) ?? [];
				const words = command.replace('~', folder).split(' ');
				// what n8n itself has is not to be installed a second time beside it
				await promisify(execFile)('npm', [...words, process.env.AGENT_AI_TARBALL ?? '', '--no-audit', '--no-fund'], {
					cwd: folder,
					env: await environment(),
				});
				const packages = await readdir(join(nodes, 'node_modules'));
				assert.deepEqual(
					packages.filter((name) => !name.startsWith('.')),
					['n8n-nodes-agent-ai'],
				);
			} finally {
				await rm(folder, { recursive: true, force: true });
			}
		});
	}
});
