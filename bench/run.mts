/** Measures the node against what people use today, in one run; prints a table of ratios. `npm run bench`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Sandbox } from '../sandbox/server.mts';
import { ROOT } from '../scripts/paths.mts';
import { table } from '../scripts/table.mts';

const ITEMS = 10_000;
const RUNS = 5;
/** Makes the sandbox's answers about 2 KB long. */
const PADDING = 'lorem ipsum '.repeat(160);

const run = promisify(execFile);

interface Measured {
	peakMiB: number;
	seconds: number;
}

async function measure(kind: 'bare-loop' | 'agent-ai', baseUrl: string): Promise<Measured> {
	const worker = join(ROOT, 'bench/worker.cts');
	const { stdout } = await run(process.execPath, ['--require', 'tsx/cjs', worker, kind, baseUrl, String(ITEMS)], { cwd: ROOT });
	return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const sandbox = await Sandbox.start({ padding: PADDING });
const measured: Record<'bare-loop' | 'agent-ai', Measured[]> = { 'bare-loop': [], 'agent-ai': [] };
try {
	// taking turns, so that a busy machine slows both
	for (let turn = 0; turn < RUNS; turn++) {
		for (const kind of ['bare-loop', 'agent-ai'] as const) measured[kind].push(await measure(kind, sandbox.baseUrl));
	}
} finally {
	await sandbox.close();
}

const [bare, ours] = (['bare-loop', 'agent-ai'] as const).map((kind) => ({
	peakMiB: median(measured[kind].map(({ peakMiB }) => peakMiB)),
	seconds: median(measured[kind].map(({ seconds }) => seconds)),
}));
const ratio = (key: keyof Measured) => ((ours?.[key] ?? NaN) / (bare?.[key] ?? NaN)).toFixed(2);
console.log(`${ITEMS} items with 2 KB answers, medians of ${RUNS} runs, Node ${process.version}\n`);
console.log(
	table([
		{ what: 'peak memory (MiB)', 'bare loop': String(bare?.peakMiB), 'Agent.ai node': String(ours?.peakMiB), ratio: ratio('peakMiB') },
		{ what: 'time (s)', 'bare loop': String(bare?.seconds), 'Agent.ai node': String(ours?.seconds), ratio: ratio('seconds') },
	]),
);
