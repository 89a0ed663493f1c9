import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runStep } from './run.mts';

export interface Installation {
	/** Where to install; made if missing. */
	folder: string;
	/** What is installed, for the messages, such as “n8n 2.41.1”. */
	what: string;
	/** Text of the package.json. */
	manifest: string;
	/** Text of the package-lock.json, where the whole tree is pinned. */
	lock?: string;
	env?: NodeJS.ProcessEnv;
	/** What must be done after the download before the installation is whole. */
	finish?: () => Promise<void>;
}

/**
 * Installs packages from npm into a folder, without their install scripts, unless the same is there already.
 *
 * @throws Error with npm's own words when a download fails
 */
export async function installOnce({ folder, what, manifest, lock, env, finish }: Installation): Promise<void> {
	const pinned = lock ?? manifest;
	// written last, so that an interrupted installation is taken up again
	const done = join(folder, '.installed');
	if ((await readFile(done, 'utf8').catch(() => '')) === pinned) return;
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, 'package.json'), manifest);
	if (lock !== undefined) await writeFile(join(folder, 'package-lock.json'), lock);
	const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
	await runStep(`Downloading ${what}`, 'npm', ['install', ...flags], { cwd: folder, ...(env ? { env } : {}) });
	await finish?.();
	await writeFile(done, pinned);
}
