/** Writes docs/compatibility.md from what the tests last said on this machine. `npm run compatibility` */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { LOCAL, ROOT } from './paths.mts';

export interface EngineResult {
	engine: string;
	passed: number;
	failed: number;
	skipped: number;
}

/** What each part of the end-to-end test said in one n8n: true passed, false failed, a text why it was not run. */
export type HostResult = Record<string, boolean | string>;

interface Results {
	engines: Record<string, EngineResult>;
	hosts: Record<string, HostResult>;
}

const FILE = join(LOCAL, 'compatibility.json');

export async function recordEngine(result: EngineResult): Promise<void> {
	const results = await read();
	results.engines[result.engine] = result;
	await write(results);
}

export async function recordHost(version: string, result: HostResult): Promise<void> {
	const results = await read();
	results.hosts[version] = result;
	await write(results);
}

async function read(): Promise<Results> {
	const text = await readFile(FILE, 'utf8').catch(() => undefined);
	return text === undefined ? { engines: {}, hosts: {} } : (JSON.parse(text) as Results);
}

async function write(results: Results): Promise<void> {
	await mkdir(LOCAL, { recursive: true });
	await writeFile(FILE, JSON.stringify(results, null, '\t'));
}

const newestFirst = (versions: string[]) => versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));

const row = (cells: string[]) => `| ${cells.join(' | ')} |`;

function markdown(head: string[], rows: string[][]): string {
	return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function cell(said: boolean | string | undefined): string {
	if (said === undefined) return 'not run';
	return said === true ? 'yes' : said === false ? '**no**' : said;
}

/** The document, as far as results are there. */
export function document({ engines, hosts }: Results): string {
	const versions = newestFirst(Object.keys(hosts));
	const parts = [...new Set(versions.flatMap((version) => Object.keys(hosts[version]!)))];
	const hostRows = parts.map((part) => [part, ...versions.map((version) => cell(hosts[version]![part]))]);
	const engineRows = newestFirst(Object.keys(engines)).map((version) => {
		const { passed, failed, skipped } = engines[version]!;
		return [version, String(passed), String(failed), String(skipped)];
	});
	return `# Tested n8n versions

These tables are written by the tests themselves (\`npm run test:engines\`, \`npm run test:e2e hosts\`, then \`npm run compatibility\`); nobody edits them by hand.

## Whole n8n

The packed package, installed as n8n installs community packages, in a real n8n with its database, its REST API and its webhooks.

${markdown(['', ...versions.map((version) => `n8n ${version}`)], hostRows)}

## n8n 3

n8n 3, in early access when this was written, is not on npm, so the tests cannot run it. Neither the node nor the examples use anything that it removes. Two things change for you. It loads community nodes that n8n has not verified only with \`N8N_UNVERIFIED_PACKAGES_ENABLED=true\`. And it comes as a container: to try the node in it from a clone of this repository, unpack the package into n8n’s folder and mount that folder. The image’s tag is the version that you want.

\`\`\`sh
npm install && npm run pack
mkdir -p ~/n8n-3/nodes/node_modules/n8n-nodes-agent-ai
tar -xzf .local/pack/*.tgz -C ~/n8n-3/nodes/node_modules/n8n-nodes-agent-ai --strip-components=1
docker run --rm -p 5678:5678 -e N8N_UNVERIFIED_PACKAGES_ENABLED=true -v ~/n8n-3:/home/node/.n8n docker.n8n.io/n8nio/n8n:3.0.0
\`\`\`

The container runs as user 1000, who must be able to write into the folder: if that is not you, run \`sudo chown -R 1000 ~/n8n-3\` first. The tests install the package in the same way, into the n8n versions above.

## n8n’s engine

The tests of the node in n8n’s own engine, on the n8n-core of other versions with the n8n-workflow that belongs to it. A test that needs what an engine lacks is left out there: answers piece by piece in a chat are not in n8n-core 1.98 and older, nor does *Retry On Fail* in the Continue modes keep what its second try gave.

${markdown(['n8n-core', 'passed', 'failed', 'left out'], engineRows)}
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	await writeFile(join(ROOT, 'docs/compatibility.md'), document(await read()));
	console.log('docs/compatibility.md is written');
}
