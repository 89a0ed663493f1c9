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

async function measure(kind: Kind, baseUrl: string, items: number): Promise<Measured> {
	const worker = join(ROOT, 'bench/worker.cts');
	const args = ['--expose-gc', '--require', 'tsx/cjs', worker, kind, baseUrl, String(items)];
	const { stdout } = await run(process.execPath, args, { cwd: ROOT });
	return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
}

const sandbox = await Sandbox.start({ padding: PADDING });
const measured: Record<Kind, Measured[]> = { 'bare-loop': [], 'node-1': [], 'node-5': [] };
try {
	// taking turns, so that a busy machine slows both
	for (const items of SIZES) for (const kind of KINDS) measured[kind].push(await measure(kind, sandbox.baseUrl, items));
} finally {
	await sandbox.close();
}

const mean = (kind: Kind, key: keyof Measured) => measured[kind].reduce((sum, one) => sum + one[key], 0) / SIZES.length;
const cell = (kind: Kind, key: keyof Measured, digits: number) =>
	`${mean(kind, key).toFixed(digits)} (${(mean(kind, key) / mean('bare-loop', key)).toFixed(2)})`;
const row = (what: string, key: keyof Measured, digits: number) => ({
	what,
	'bare loop': mean('bare-loop', key).toFixed(digits),
	'node, 1 at a time': cell('node-1', key, digits),
	'node, 5 at a time': cell('node-5', key, digits),
});

console.log(`${SIZES[0]} to ${SIZES.at(-1)} items with 2 KB answers, means of ${SIZES.length} runs (ratio), Node ${process.version}\n`);
console.log(
	table([row('peak memory (MiB)', 'peakMiB', 0), row('held at the end (MiB)', 'heldMiB', 1), row('time (s)', 'seconds', 1)]),
);
for (const kind of KINDS) console.log(`single peaks, ${kind}: ${measured[kind].map(({ peakMiB }) => peakMiB).join(' ')}`);
