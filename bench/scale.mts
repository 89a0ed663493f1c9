/**
 * Measures the fan-out example on a large table: real n8n in queue mode with PostgreSQL and Redis, and one worker, then
 * two, against a sandbox without a limit, that answers at once or after some seconds. `npm run scale -- 10000` and
 * `npm run scale -- 1000 4` print the tables of docs/scale.md. Linux only, because it reads the processes' time and memory from /proc.
 */
import { readdir, readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { readExample } from '../scripts/examples.mts';
import { packUnlessUnchanged } from '../scripts/pack.mts';
import { table } from '../scripts/table.mts';
import { fanOut } from '../test/e2e/fanOut.mts';
import { startQueueServices } from '../test/e2e/queueServices.mts';
import { openStage } from '../test/e2e/support.mts';

const ROWS = Number(process.argv[2] ?? 10_000);
/** How long an agent takes, in s. */
const ANSWER_SECONDS = Number(process.argv[3] ?? 0);
if (!Number.isSafeInteger(ROWS) || ROWS < 1 || !(ANSWER_SECONDS >= 0)) {
	console.error('Say how many rows, and how many seconds an answer takes: npm run scale -- 1000 4');
	process.exit(2);
}
/** Runs of the example that a worker has at once. */
const CONCURRENCY = 5;
/** Heap of each n8n process, in MiB: with what lies beside the heap, about 1 GB a process. */
const HEAP_MIB = 700;
/** Clock ticks in a second, as Linux counts processor time. */
const TICKS = 100;

/** Processor time of a process so far, in s. */
async function cpuSeconds(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	// the name of a process, in brackets, may hold blanks
	const [, , ...fields] = stat.slice(stat.lastIndexOf(')')).split(' ');
	return (Number(fields[10] ?? 0) + Number(fields[11] ?? 0)) / TICKS;
}

/** Most memory of a process so far, in MiB. */
async function peakMiB(pid: number): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
}

/** Processor time of all processes of PostgreSQL that live now, in s. */
async function postgresSeconds(): Promise<number> {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
	const names = await Promise.all(pids.map(async (pid) => await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')));
	const times = await Promise.all(
		pids.filter((_, index) => names[index]!.startsWith('postgres')).map(async (pid) => await cpuSeconds(Number(pid))),
	);
	return times.reduce((sum, time) => sum + time, 0);
}

interface Measured {
	answerSeconds: number;
	/** Processor time a row, in ms. */
	main: number;
	workers: number;
	postgres: number;
	mainMiB: number;
	workerMiB: number;
	/** Execution data that n8n keeps, in KB a row. */
	executionsKb: number;
	/** What a row takes in the database, in KB. */
	tableKb: number;
	sentTwice: number;
}

/** Fills the table, lets the workers answer it, and looks at what it has cost. */
async function measure(workerCount: number): Promise<Measured> {
	const services = await startQueueServices();
	const stage = await openStage(
		{ rateLimit: 0, latencyMs: ANSWER_SECONDS * 1000 },
		{ ...services.env, NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` },
	);
	try {
		const workers: { pid: number }[] = [];
		for (let worker = 0; worker < workerCount; worker++) workers.push(await stage.server.startWorker(CONCURRENCY));
		const example = await readExample('fan-out-large-table.json');
		// the example's own, but for the schedule: all the runs that a worker can have start at once
		const times = { everySeconds: 2, runSeconds: 600, leaseSeconds: 1800 };
		const workflow = await stage.client.createWorkflow(fanOut(example, { credential: stage.credential, rows: ROWS, ...times }));
		await stage.client.run(workflow.id, 'Fill with samples');
		const [tableId] = await services.query("SELECT id FROM data_table WHERE name = 'large_table'");
		const rowsWith = async (status: string) =>
			Number((await services.query(`SELECT count(*) FROM "data_table_user_${tableId}" WHERE status = '${status}'`))[0]);

		const kept = async () => Number((await services.query("SELECT pg_total_relation_size('execution_data')"))[0]);
		const tableSize = async () => Number((await services.query(`SELECT pg_total_relation_size('"data_table_user_${tableId}"')`))[0]);
		const cpu = async () => ({
			main: await cpuSeconds(stage.server.pid),
			workers: (await Promise.all(workers.map(async ({ pid }) => await cpuSeconds(pid)))).reduce((sum, time) => sum + time, 0),
			postgres: await postgresSeconds(),
		});
		const [cpuBefore, keptBefore] = [await cpu(), await kept()];
		const startedAt = performance.now();
		await stage.client.activate(workflow.id);
		while ((await rowsWith('answered')) < ROWS) await sleep(1_000);
		const endedAt = performance.now();
		const cpuAfter = await cpu();
		const rowMs = (key: keyof typeof cpuAfter) => ((cpuAfter[key] - cpuBefore[key]) * 1000) / ROWS;
		const measured: Measured = {
			answerSeconds: (endedAt - startedAt) / 1000,
			main: rowMs('main'),
			workers: rowMs('workers'),
			postgres: rowMs('postgres'),
			mainMiB: await peakMiB(stage.server.pid),
			workerMiB: Math.max(...(await Promise.all(workers.map(async ({ pid }) => await peakMiB(pid))))),
			executionsKb: ((await kept()) - keptBefore) / 1000 / ROWS,
			tableKb: (await tableSize()) / 1000 / ROWS,
			sentTwice: stage.sandbox.agent.runs.length - ROWS,
		};
		await stage.client.deactivate(workflow.id);
		return measured;
	} finally {
		await stage.close();
		await services.close();
	}
}

process.env.AGENT_AI_TARBALL = await packUnlessUnchanged();
const results: [number, Measured][] = [];
for (const workers of [1, 2]) results.push([workers, await measure(workers)]);
console.log(`\n${ROWS.toLocaleString('en')} rows, answers take ${ANSWER_SECONDS} s, ${CONCURRENCY} runs at once in each worker\n`);
console.log(
	table(
		results.map(([workers, one]) => ({
			Workers: String(workers),
			'Rows per second': (ROWS / one.answerSeconds).toFixed(0),
			'Main (CPU ms per row)': one.main.toFixed(1),
			'Workers (CPU ms per row)': one.workers.toFixed(1),
			'PostgreSQL (CPU ms per row)': one.postgres.toFixed(1),
			'Main, peak (MiB)': one.mainMiB.toFixed(0),
			'A worker, peak (MiB)': one.workerMiB.toFixed(0),
			'Execution data (KB per row)': one.executionsKb.toFixed(2),
			'Data table (KB per row)': one.tableKb.toFixed(2),
			'Sent twice': String(one.sentTwice),
		})),
	),
);
