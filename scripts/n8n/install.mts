import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { installOnce } from '../installOnce.mts';
import { installNode, nodeEnvironment } from '../node.mts';
import { HOST, ROOT } from '../paths.mts';
import { runStep } from '../run.mts';

/** Each n8n that can be run, pinned with its whole tree: a folder for each version. */
const PINNED = join(ROOT, 'scripts/n8n/host');

/** The n8n of `npm start` and of the tests that name none. */
export const NEWEST_N8N = '2.41.1';

export interface N8nInstall {
	/** The Node that runs n8n. */
	node: string;
	/** n8n's command-line script. */
	n8n: string;
	/** Environment in which both are found. */
	env: NodeJS.ProcessEnv;
}

/** The versions of n8n that the tests run, the newest first. */
export async function n8nVersions(): Promise<string[]> {
	const versions = await readdir(PINNED);
	return versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

/**
 * Brings Node 24 and an n8n from npm into the folder for installs (`HOST`), once for each version.
 *
 * @param version one of `n8nVersions()`
 * @throws Error with npm's own words when a download or the build of SQLite fails
 */
export async function installN8n(version: string = NEWEST_N8N): Promise<N8nInstall> {
	const node = await installNode();
	const env = nodeEnvironment(node);
	const folder = join(HOST, version === NEWEST_N8N ? 'n8n' : `n8n-${version}`);
	const [manifest, lock] = await Promise.all(
		['package.json', 'package-lock.json'].map(async (name) => await readFile(join(PINNED, version, name), 'utf8')),
	);
	await installOnce({
		folder,
		what: `n8n ${version} (about 3 GB, 5 to 10 minutes, only this once)`,
		manifest: manifest!,
		lock: lock!,
		env,
		finish: async () => await provideSqlite(folder, env),
	});
	return { node, n8n: join(folder, 'node_modules/n8n/bin/n8n'), env };
}

/** n8n's one native part that its packages do not bring: built once, and shared by all n8n with the same version of it. */
async function provideSqlite(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
	const binary = 'build/Release/node_sqlite3.node';
	const sqlite = join(folder, 'node_modules/sqlite3');
	const version = async (of: string) =>
		await readFile(join(of, 'package.json'), 'utf8').then((text) => (JSON.parse(text) as { version: string }).version);
	await mkdir(join(sqlite, 'build/Release'), { recursive: true });
	for (const name of await readdir(HOST)) {
		const other = join(HOST, name, 'node_modules/sqlite3');
		if (other === sqlite || (await version(other).catch(() => '')) !== (await version(sqlite))) continue;
		const copied = await copyFile(join(other, binary), join(sqlite, binary)).then(
			() => true,
			() => false,
		);
		if (copied) return;
	}
	await runStep('Building SQLite', 'npm', ['rebuild', 'sqlite3', '--ignore-scripts=false', '--loglevel=error'], { cwd: folder, env });
}
