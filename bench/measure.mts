import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { installN8n } from '../scripts/n8n/install.mts';
import { packUnlessUnchanged } from '../scripts/pack.mts';
import { ROOT } from '../scripts/paths.mts';
import type { Job, Measured } from './job.mts';

const run = promisify(execFile);

/** Longest time for one worker, in ms. */
const WORKER_LIMIT_MS = 15 * 60_000;

/** What all benchmarks of a run share. */
export interface Bench {
	/** Whether to run everything small, only to see that it works. */
	quick: boolean;
	/** How often each party runs. */
	runs: number;
	/** `inTurns` with as many runs; of a quick bench with the first two parties alone. */
	turns: <P extends string, R>(parties: readonly P[], one: (party: P) => Promise<R>) => Promise<Record<P, R[]>>;
	/** Runs one job in a process of its own. */
	measure: (job: Job, nodeOptions?: string[]) => Promise<Measured>;
	/** Runs another worker of `bench/worker`, and gives what its last line says. */
	worker: (file: string, args: string[], nodeOptions?: string[]) => Promise<unknown>;
	/** The executable of the Node that runs the workers. */
	node: string;
	close(): Promise<void>;
}

/**
 * Installs n8n if need be, builds and packs the package, and unpacks it as n8n installs it: in a folder of its own,
 * with n8n's modules in NODE_PATH.
 */
export async function openBench(quick: boolean): Promise<Bench> {
	const { node, n8n } = await installN8n();
	const modules = dirname(dirname(dirname(n8n)));
	const tarball = await packUnlessUnchanged();
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-bench-'));
	const installed = join(folder, 'node_modules/n8n-nodes-agent-ai');
	await mkdir(installed, { recursive: true });
	await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
	const env = { ...process.env, NODE_PATH: modules, BENCH_PACKAGE: installed, NODE_ENV: 'production', NODE_NO_WARNINGS: '1' };

	const runs = quick ? 1 : 3;
	const worker = async (file: string, args: string[], nodeOptions: string[] = [], more: NodeJS.ProcessEnv = {}) => {
		const all = [...nodeOptions, '--expose-gc', join(ROOT, 'bench/worker', file), ...args];
		const { stdout } = await run(node, all, { cwd: ROOT, env: { ...env, ...more }, timeout: WORKER_LIMIT_MS, maxBuffer: 64 * 2 ** 20 });
		return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as unknown;
	};
	return {
		quick,
		runs,
		turns: async (parties, one) => await inTurns(runs, parties, one, quick ? 2 : Infinity),
		node,
		measure: async (job, nodeOptions) => {
			const trusted = job.certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: job.certificate };
			return (await worker('run.mts', [JSON.stringify(job)], nodeOptions, trusted)) as Measured;
		},
		worker,
		close: async () => await rm(folder, { recursive: true, force: true }),
	};
}

/**
 * Runs all parties one after another, and that again and again: a machine that gets busy slows all of them.
 *
 * @param most how many of the parties run; nothing comes of the others
 */
export async function inTurns<P extends string, R>(
	runs: number,
	parties: readonly P[],
	one: (party: P) => Promise<R>,
	most = Infinity,
): Promise<Record<P, R[]>> {
	const results = Object.fromEntries(parties.map((party) => [party, [] as R[]])) as Record<P, R[]>;
	for (let turn = 0; turn < runs; turn++) {
		for (const party of parties.slice(0, most)) results[party].push(await one(party));
	}
	return results;
}
