/**
 * Measures the node against what people use today, through n8n's own engine. `npm run bench -- all` runs everything,
 * `npm run bench -- cpu memory` some of it, `npm run bench -- quick` all of it small, to see that it works.
 * What was measured in full replaces its part of `docs/benchmarks.md`, `docs/benchmarks/figures.md` and `docs/benchmarks/plots`.
 */
import { benchmark as answers } from './benchmarks/answers.mts';
import { benchmark as chat } from './benchmarks/chat.mts';
import { benchmark as connections } from './benchmarks/connections.mts';
import { benchmark as cpu } from './benchmarks/cpu.mts';
import { benchmark as eventLoop } from './benchmarks/eventLoop.mts';
import { benchmark as growth } from './benchmarks/growth.mts';
import { benchmark as memory } from './benchmarks/memory.mts';
import { benchmark as outage } from './benchmarks/outage.mts';
import { benchmark as rateLimit } from './benchmarks/rateLimit.mts';
import { benchmark as schedule } from './benchmarks/schedule.mts';
import { benchmark as sse } from './benchmarks/sse.mts';
import { benchmark as start } from './benchmarks/start.mts';
import { environment } from './environment.mts';
import { openBench } from './measure.mts';
import { writePlots } from './plots.mts';
import { figureTable, writeReport } from './report.mts';

const BENCHMARKS = [schedule, rateLimit, outage, cpu, start, eventLoop, growth, memory, chat, sse, answers, connections];

const words = process.argv.slice(2);
const quick = words.includes('quick');
const names = words.filter((word) => word !== 'quick' && word !== 'all');
const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
	console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${BENCHMARKS.map(({ name }) => name).join(', ')}, all and quick`);
	process.exit(2);
}

const bench = await openBench(quick);
try {
	const machine = await environment(bench.node);
	console.log(`${machine}\n`);
	for (const benchmark of BENCHMARKS) {
		if (names.length > 0 && !names.includes(benchmark.name)) continue;
		const startedAt = performance.now();
		const figures = await benchmark.run(bench);
		const seconds = Math.round((performance.now() - startedAt) / 1000);
		console.log(`${benchmark.title} (${seconds} s)\n`);
		for (const figure of figures) console.log(`${figureTable(figure)}\n`);
		if (quick) continue;
		await writePlots(figures);
		await writeReport(BENCHMARKS, { benchmark, date: new Date().toISOString(), machine, figures });
	}
} finally {
	await bench.close();
}
