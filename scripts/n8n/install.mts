import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { installNode, nodeEnvironment } from '../node.mts';
import { HOST, ROOT } from '../paths.mts';
import { runStep } from '../run.mts';

export interface N8nInstall {
	/** The Node that runs n8n. */
	node: string;
	/** n8n's command-line script. */
	n8n: string;
	/** Environment in which both are found. */
	env: NodeJS.ProcessEnv;
}

/**
 * Brings Node 24 and n8n from npm into the folder for installs (`HOST`), once.
 *
 * @throws Error with npm's own words when a download or the build of SQLite fails
 */
export async function installN8n(): Promise<N8nInstall> {
	const node = await installNode();
	const env = nodeEnvironment(node);
	const folder = join(HOST, 'n8n');
	const lock = await readFile(join(ROOT, 'scripts/n8n/host/package-lock.json'), 'utf8');
	// written last, so that an interrupted install is taken up again
	const done = join(folder, '.installed');
	if ((await readFile(done, 'utf8').catch(() => '')) !== lock) {
		await mkdir(folder, { recursive: true });
		await cp(join(ROOT, 'scripts/n8n/host'), folder, { recursive: true });
		console.log('Installing n8n 2.41.1 from npm: about 3 GB, 5 to 10 minutes, only this once.');
		const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
		await runStep('Downloading n8n', 'npm', ['install', ...flags], { cwd: folder, env });
		// the one native part that n8n needs and does not bring along
		await runStep('Building SQLite', 'npm', ['rebuild', 'sqlite3', '--ignore-scripts=false', '--loglevel=error'], { cwd: folder, env });
		await writeFile(done, lock);
	}
	return { node, n8n: join(folder, 'node_modules/n8n/bin/n8n'), env };
}
