import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { installNode, nodeEnvironment } from '../node.mts';
import { HOST } from '../paths.mts';
import { runStep } from '../run.mts';

/** The OpenClaw that the package is proven on. */
export const OPENCLAW_VERSION = '2026.9.6';

/** An older one that people still run; the core cases are proven on it as well. */
export const OLDER_OPENCLAW_VERSION = '2026.6.11';

export interface OpenClawInstall {
	version: string;
	/** The Node that runs OpenClaw. */
	node: string;
	/** OpenClaw's command-line script. */
	openclaw: string;
	/** Environment in which this Node is found first. */
	env: NodeJS.ProcessEnv;
}

/**
 * Brings an OpenClaw from npm into the folder for installs (`HOST`), once for each version.
 *
 * @param version exact version on npm
 * @throws Error with npm's own words when the download fails
 */
export async function installOpenClaw(version: string = OPENCLAW_VERSION): Promise<OpenClawInstall> {
	const node = await installNode();
	const env = nodeEnvironment(node);
	const folder = join(HOST, `openclaw-${version}`);
	const manifest = JSON.stringify({ private: true, dependencies: { openclaw: version } }, null, '\t');
	// written last, so that an interrupted install is taken up again
	const done = join(folder, '.installed');
	if ((await readFile(done, 'utf8').catch(() => '')) !== manifest) {
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, 'package.json'), manifest);
		console.log(`Installing OpenClaw ${version} from npm: about 650 MB, a few minutes, only this once.`);
		await runStep('Downloading OpenClaw', 'npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
			cwd: folder,
			env,
		});
		await writeFile(done, manifest);
	}
	return { version, node, openclaw: join(folder, 'node_modules/openclaw/openclaw.mjs'), env };
}
