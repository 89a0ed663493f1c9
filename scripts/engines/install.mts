import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { installOnce } from '../installOnce.mts';
import { HOST, ROOT } from '../paths.mts';

/** n8n-core as n8n shipped it over the years, from the oldest that knows what the node is built on to the newest. */
export const ENGINES = ['1.84.0', '1.98.0', '1.114.1', '1.122.48', '2.0.2', '2.16.1', '2.33.2', '2.41.1'];

/**
 * Brings an n8n-core with its own n8n-workflow from npm into the folder for installs (`HOST`), once for each version.
 *
 * @param version exact version on npm
 * @returns the folder
 * @throws Error with npm's own words when the download fails
 */
export async function installEngine(version: string): Promise<string> {
	const folder = join(HOST, `engine-${version}`);
	const manifest = JSON.stringify({ private: true, dependencies: { 'n8n-core': version } }, null, '\t');
	await installOnce({ folder, what: `n8n-core ${version}`, manifest });
	return folder;
}

/**
 * The newest n8n-core on npm.
 *
 * @throws Error when the registry does not answer
 */
export async function newestEngine(): Promise<string> {
	const { stdout } = await promisify(execFile)('npm', ['view', 'n8n-core', 'version'], { cwd: ROOT });
	return stdout.trim();
}
