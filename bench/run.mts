/** Measures the node against what people use today, in one run; prints a table of ratios. `npm run bench`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Sandbox } from '../sandbox/server.mts';
import { ROOT } from '../scripts/paths.mts';
import { table } from '../scripts/table.mts';

/**
 * Around 10,000 items. V8 collects its old generation only a few times in such a run, and where the last collection
 * falls moves the peak of one run by a tenth and more; over several sizes that evens out.
 */
const SIZES = [7_000, 8_000, 9_000, 10_000, 11_000, 12_000, 13_000];
/** A heap in which V8 collects often enough for the peak to show what is needed instead of what lies about, in MiB. */
const SMALL_HEAP = 192;
const SMALL_HEAP_RUNS = 2;
/** Makes the sandbox's answers about 2 KB long. */
const PADDING = 'lorem ipsum '.repeat(160);

const run = promisify(execFile);

/** The peer, and the node with Max Concurrency 1, as the peer, and 5, its default. */
const KINDS = ['bare-loop', 'node-1', 'node-5'] as const;
type Kind = (typeof KINDS)[number];

interface Measured {
	/** Most memory of the process, in MiB. */
	peakMiB: number;
	/** Heap that is still in use at the end, the answers included, in MiB. */
	heldMiB: number;
	seconds: number;
}

async function measure(kind: Kind, baseUrl: string, items: number, nodeOptions: string[] = []): Promise<Measured> {
	const worker = join(ROOT, 'bench/worker.cts');
	const args = [...nodeOptions, '--expose-gc', '--require', 'tsx/cjs', worker, kind, baseUrl, String(items)];
	const { stdout } = await run(process.execPath, args, { cwd: ROOT });
	return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
}

type Series = Record<Kind, Measured[]>;
const series = (): Series => ({ 'bare-loop': [], 'node-1': [], 'node-5': [] });

const sandbox = await Sandbox.start({ padding: PADDING });
const [free, small] = [series(), series()];
try {
	// taking turns, so that a busy machine slows all of them
	for (const items of SIZES) for (const kind of KINDS) free[kind].push(await measure(kind, sandbox.baseUrl, items));
	for (let turn = 0; turn < SMALL_HEAP_RUNS; turn++) {
		for (const kind of KINDS) {
			small[kind].push(await measure(kind, sandbox.baseUrl, 10_000, [`--max-old-space-size=${SMALL_HEAP}`]));
		}
	}
} finally {
	await sandbox.close();
}

const mean = (measured: Measured[], key: keyof Measured) => measured.reduce((sum, one) => sum + one[key], 0) / measured.length;
const row = (what: string, from: Series, key: keyof Measured, digits: number) => {
	const [bare, one, five] = KINDS.map((kind) => mean(from[kind], key)) as [number, number, number];
	const cell = (value: number) => `${value.toFixed(digits)} (${(value / bare).toFixed(2)})`;
	return { what, 'bare loop': bare.toFixed(digits), 'node, 1 at a time': cell(one), 'node, 5 at a time': cell(five) };
};

console.log(`${SIZES[0]} to ${SIZES.at(-1)} items with 2 KB answers, means of ${SIZES.length} runs (ratio), Node ${process.version}\n`);
console.log(
	table([
		row('peak memory (MiB)', free, 'peakMiB', 0),
		row(`peak memory, heap of ${SMALL_HEAP} MiB`, small, 'peakMiB', 0),
		row('heap in use at the end (MiB)', free, 'heldMiB', 1),
		row('time (s)', free, 'seconds', 1),
	]),
);
for (const kind of KINDS) console.log(`single peaks, ${kind}: ${free[kind].map(({ peakMiB }) => peakMiB).join(' ')}`);
