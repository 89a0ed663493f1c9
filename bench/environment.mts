import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
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

/** Size of the text whose hash tells the speed, in MB. */
const HASHED_MB = 64;

/** How fast one processor is just now, as the best of five: a rented machine is a third as fast in some hours. */
export function speed(): string {
	const text = Buffer.alloc(HASHED_MB * 1e6);
	const times = Array.from({ length: 5 }, () => {
		const startedAt = performance.now();
		hash('sha256', text);
		return performance.now() - startedAt;
	});
	return `SHA-256 at ${Math.round((HASHED_MB * 1000) / Math.min(...times))} MB/s`;
}
