import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { HOST, ROOT } from '../scripts/paths.mts';

const PACKAGES = ['n8n-core', 'n8n-workflow', 'n8n-nodes-base', '@n8n/n8n-nodes-langchain'];

/** The machine and the versions that figures belong to, in one line. */
export async function environment(node: string): Promise<string> {
	const { stdout } = await promisify(execFile)(node, ['--version']);
	const versionOf = async (folder: string) =>
		(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
	const parties = await Promise.all(PACKAGES.map(async (name) => `${name} ${await versionOf(join(HOST, 'n8n/node_modules', name))}`));
	parties.push(`eventsource-parser ${await versionOf(join(ROOT, 'node_modules/eventsource-parser'))}`);
	const memory = Math.round(totalmem() / 2 ** 30);
	const [cpu] = cpus();
	return `${cpus().length} × ${cpu?.model ?? 'unknown processor'}, ${memory} GiB, ${process.platform}; Node ${stdout.trim()}; ${parties.join(', ')}`;
}
