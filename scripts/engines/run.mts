/**
 * Runs the tests in test/engine with the built package on other versions of n8n-core, one after another.
 * Versions may be named; `newest` is what npm has now. Without any, all of `ENGINES`.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { recordEngine } from '../compatibility.mts';
import { packUnlessUnchanged } from '../pack.mts';
import { LOCAL, ROOT } from '../paths.mts';
import { runStep } from '../run.mts';
import { table } from '../table.mts';
import { ENGINES, installEngine, newestEngine } from './install.mts';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => name !== 'newest' && !/^\d+\.\d+\.\d+$/.test(name));
if (unknown.length > 0) {
	console.error(`${unknown.join(', ')}: name versions of n8n-core, or newest. Tested are: ${ENGINES.join(', ')}`);
	process.exit(2);
}
const versions = await Promise.all(
	(wanted.length > 0 ? wanted : ENGINES).map(async (name) => (name === 'newest' ? await newestEngine() : name)),
);

const unpacked = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-engines-'));
await runStep('Unpacking the package', 'tar', ['-xzf', await packUnlessUnchanged(), '-C', unpacked, '--strip-components=1']);
const results = [];
for (const version of versions) {
	const folder = await installEngine(version).catch((error: unknown) => {
		console.error((error as Error).message);
		return process.exit(1);
	});
	console.log(`\nThe node on n8n-core ${version}`);
	const result = { engine: version, ...(await runTests(version, folder)) };
	await recordEngine(result);
	results.push(result);
}
console.log(`\n${table(results.map((result) => Object.fromEntries(Object.entries(result).map(([key, value]) => [key, String(value)]))))}`);
await rm(unpacked, { recursive: true, force: true });

interface JestResult {
	success: boolean;
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
}

/** Runs jest on an engine, with its output shown. A suite that could not be loaded counts as a failed test. */
async function runTests(version: string, folder: string): Promise<{ passed: number; failed: number; skipped: number }> {
	await mkdir(LOCAL, { recursive: true });
	const file = join(LOCAL, `engine-${version}.json`);
	const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
	// forced, because the timers of an older n8n-workflow's `sleep` outlive what they were set for
	const child = spawn(process.execPath, [jest, '--config', 'jest.engines.config.js', '--forceExit', '--json', '--outputFile', file], {
		cwd: ROOT,
		env: { ...process.env, ENGINE_DIR: folder, PACKAGE_DIR: unpacked },
		// the results go to the file; jest writes its report to the error output
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	await new Promise((resolve) => child.on('close', resolve));
	const { success, numPassedTests, numFailedTests, numPendingTests } = JSON.parse(await readFile(file, 'utf8')) as JestResult;
	const failed = success ? 0 : Math.max(1, numFailedTests);
	if (failed > 0) process.exitCode = 1;
	return { passed: numPassedTests, failed, skipped: numPendingTests };
}
