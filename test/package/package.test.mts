import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { PackageDirectoryLoader } from 'n8n-core';

import codex from '../../nodes/AgentAi/AgentAi.node.json' with { type: 'json' };
import { OPERATIONS } from '../../nodes/AgentAi/operations/index.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { eachRow } from '../support/eachRow.mts';

const ROOT = process.cwd();

/** What files of the package require from outside of it when they are loaded in a Node of their own. */
function requiredBy(files: string[]): string[] {
	const script = `
		const Module = require('node:module');
		const required = new Set();
		const load = Module._load;
		Module._load = (name, parent, isMain) => {
			if (parent?.filename?.startsWith(${JSON.stringify(join(ROOT, 'dist'))}) && !name.startsWith('.')) required.add(name);
			return load(name, parent, isMain);
		};
		for (const file of ${JSON.stringify(files)}) require(file);
		console.log(JSON.stringify([...required].sort()));
	`;
	return JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })) as string[];
}

describe('the built package', () => {
	test('is loaded by n8n’s own loader, with its node, its codex and its credential', async () => {
		const loader = new PackageDirectoryLoader(ROOT);
		await loader.loadAll();
		const node = loader.nodeTypes.agentAi?.type;
		expect(node && 'description' in node && node.description.displayName).toBe('Agent.ai');
		expect(loader.types.nodes.map(({ name }) => name).sort()).toEqual(['agentAi', 'lmChatAgentAi']);
		expect(loader.types.nodes.find(({ name }) => name === 'agentAi')).toMatchObject({
			name: 'agentAi',
			codex: { categories: codex.categories },
			iconUrl: {
				light: 'icons/n8n-nodes-agent-ai/dist/nodes/AgentAi/agentAi.svg',
				dark: 'icons/n8n-nodes-agent-ai/dist/nodes/AgentAi/agentAi.dark.svg',
			},
		});
		expect(loader.types.credentials[0]).toMatchObject({ name: 'agentAiApi', displayName: 'Agent.ai API' });
	});

	test('holds the files that its package.json names', () => {
		for (const file of [packageJson.main, ...packageJson.n8n.nodes, ...packageJson.n8n.credentials]) {
			expect(existsSync(join(ROOT, file))).toBe(true);
		}
	});

	test('holds for each operation what n8n shows of it before its first run', () => {
		for (const { resource, option } of OPERATIONS) {
			expect(existsSync(join(ROOT, `dist/nodes/AgentAi/__schema__/v1.0.0/${resource}/${option.value}.json`))).toBe(true);
		}
	});

	test('is what tsc made of the sources, file by file, and each source map holds its source', () => {
		const folder = join(ROOT, 'dist');
		const built = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((file) => file.endsWith('.js'));
		const sources = ['credentials', 'nodes'].flatMap((room) =>
			readdirSync(join(ROOT, room), { encoding: 'utf8', recursive: true })
				.filter((file) => file.endsWith('.ts'))
				.map((file) => join(room, file)),
		);
		expect(built.map((file) => file.replace(/\.js$/, '.ts')).sort()).toEqual(sources.sort());
		eachRow(
			built,
			(file) => file,
			(file) => {
				const path = join(folder, file);
				expect(readFileSync(path, 'utf8')).toMatch(/\n\/\/# sourceMappingURL=[^\n]+\.js\.map\s*$/);
				const map = JSON.parse(readFileSync(`${path}.map`, 'utf8')) as {
					sources: string[];
					sourceRoot?: string;
					sourcesContent?: string[];
				};
				const source = file.replace(/\.js$/, '.ts');
				expect(map.sources.map((each) => relative(ROOT, join(dirname(path), map.sourceRoot ?? '', each)))).toEqual([source]);
				expect(map.sourcesContent).toEqual([readFileSync(join(ROOT, source), 'utf8')]);
			},
		);
	});

	test('requires nothing but n8n-workflow and crypto when it is loaded; the AI SDK comes later', () => {
		expect(packageJson).not.toHaveProperty('dependencies');
		const files = [...packageJson.n8n.nodes, ...packageJson.n8n.credentials].map((file) => join(ROOT, file));
		expect(requiredBy(files)).toEqual(['crypto', 'n8n-workflow']);
		const folder = join(ROOT, 'dist/nodes/AgentAi');
		const built = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((file) => file.endsWith('.js'));
		expect(built.filter((file) => readFileSync(join(folder, file), 'utf8').includes("require('@n8n/ai-node-sdk')"))).toHaveLength(1);
	});
});

test('the texts of the panel follow n8n’s rules that no linter checks', async () => {
	const { AgentAi } = await import('../../nodes/AgentAi/AgentAi.node.ts');
	const check = (property: {
		displayName: string;
		placeholder?: string;
		type?: string;
		description?: string;
		options?: unknown[];
		values?: unknown[];
	}) => {
		// buttons of collections are verbs, fields are examples
		if (property.placeholder !== undefined) expect(property.placeholder).toMatch(/^(e\.g\. |Add )/);
		if (property.type === 'boolean') expect(property.description).toMatch(/^Whether /);
		for (const inner of [...(property.options ?? []), ...(property.values ?? [])] as (typeof property)[]) {
			if (inner.displayName) check(inner);
		}
	};
	for (const property of new AgentAi().description.properties) check(property);
});
