/**
 * Measures the fan-out example on a large table: real n8n in queue mode with PostgreSQL and Redis, and one worker, then
 * two, against a sandbox that answers at once and has no limit. `npm run scale -- 10000` prints the tables of
 * docs/scale.md. Linux only, because it reads the processes' time and memory from /proc.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { readExample } from '../scripts/examples.mts';
import { packUnlessUnchanged } from '../scripts/pack.mts';
import { table } from '../scripts/table.mts';
import { fanOut, readTable } from '../test/e2e/fanOut.mts';
import { type QueueServices, startQueueServices } from '../test/e2e/queueServices.mts';
import { openStage } from '../test/e2e/support.mts';

const run = promisify(execFile);

const ROWS = Number(process.argv[2] ?? 10_000);
/** Rows in a chunk of the example. */
const CHUNK = 20;
/** Jobs that a worker runs at once. */
const CONCURRENCY = 5;
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

/** One number out of n8n's database. */
async function query({ env }: QueueServices, sql: string): Promise<number> {
	const url = `postgresql://${env.DB_POSTGRESDB_USER}@${env.DB_POSTGRESDB_HOST}:${env.DB_POSTGRESDB_PORT}/${env.DB_POSTGRESDB_DATABASE}`;
	const { stdout } = await run('psql', [url, '-tAc', sql]);
	return Number(stdout.trim());
}

interface Measured {
	claimSeconds: number;
	answerSeconds: number;
	/** Processor time a row, in ms. */
	main: number;
	workers: number;
	postgres: number;
	mainMiB: number;
	workerMiB: number;
	/** Execution data that n8n keeps, in KB a row. */
	executionsKb: number;
	executions: number;
}

/** Fills the table, lets the workers answer it, and looks at what it has cost. */
async function measure(workerCount: number): Promise<Measured> {
	const services = await startQueueServices();
	const stage = await openStage({ rateLimit: 0 }, services.env);
	try {
		const workers: { pid: number }[] = [];
		for (let worker = 0; worker < workerCount; worker++) workers.push(await stage.server.startWorker(CONCURRENCY));
		const example = await readExample('fan-out-large-table.json');
		const once = { lostAfterSeconds: 3600, claimed: ROWS };
		const workflow = await stage.client.createWorkflow(fanOut(example, { credential: stage.credential, rows: ROWS, ...once }));
		await stage.client.run(workflow.id, 'Fill with samples');
		await stage.client.activate(workflow.id);

		const kept = async () => await query(services, "SELECT pg_total_relation_size('execution_data')");
		const cpu = async () => ({
			main: await cpuSeconds(stage.server.pid),
			workers: (await Promise.all(workers.map(async ({ pid }) => await cpuSeconds(pid)))).reduce((sum, time) => sum + time, 0),
			postgres: await postgresSeconds(),
		});
		const [cpuBefore, keptBefore] = [await cpu(), await kept()];
		const startedAt = performance.now();
		const claim = await stage.client.startRun(workflow.id, 'Every minute');
		let claimedAt: number | undefined;
		const answered = async () =>
			await query(services, "SELECT count(*) FROM execution_entity WHERE mode = 'webhook' AND status = 'success'");
		const claimedWith = async (status: string) =>
			await query(services, `SELECT count(*) FROM execution_entity WHERE id = ${claim} AND status = '${status}'`);
		while ((await answered()) < ROWS / CHUNK) {
			if ((await claimedWith('success')) === 1) claimedAt ??= performance.now();
			if ((await claimedWith('error')) === 1) throw new Error('The rows could not be claimed');
			await sleep(500);
		}
		const endedAt = performance.now();
		const cpuAfter = await cpu();
		const rowMs = (key: keyof typeof cpuAfter) => ((cpuAfter[key] - cpuBefore[key]) * 1000) / ROWS;
		const measured: Measured = {
			claimSeconds: ((claimedAt ?? endedAt) - startedAt) / 1000,
			answerSeconds: (endedAt - startedAt) / 1000,
			main: rowMs('main'),
			workers: rowMs('workers'),
			postgres: rowMs('postgres'),
			mainMiB: await peakMiB(stage.server.pid),
			workerMiB: Math.max(...(await Promise.all(workers.map(async ({ pid }) => await peakMiB(pid))))),
			executionsKb: ((await kept()) - keptBefore) / 1000 / ROWS,
			executions: await query(services, 'SELECT count(*) FROM execution_entity'),
		};
		const done = await readTable(stage.client).count('answered');
		if (done !== ROWS) throw new Error(`${done} of ${ROWS} rows were answered`);
		return measured;
	} finally {
		await stage.close();
		await services.close();
	}
}

process.env.AGENT_AI_TARBALL = await packUnlessUnchanged();
const results: [number, Measured][] = [];
for (const workers of [1, 2]) results.push([workers, await measure(workers)]);
console.log(`\n${ROWS.toLocaleString('en')} rows, chunks of ${CHUNK}, ${CONCURRENCY} chunks at once in each worker\n`);
console.log(
	table(
		results.map(([workers, one]) => ({
			Workers: String(workers),
			'Rows a second': (ROWS / one.answerSeconds).toFixed(0),
			'Claiming (s)': one.claimSeconds.toFixed(0),
			'Main (ms CPU a row)': one.main.toFixed(1),
			'Workers (ms CPU a row)': one.workers.toFixed(1),
			'PostgreSQL (ms CPU a row)': one.postgres.toFixed(1),
			'Main, peak (MiB)': one.mainMiB.toFixed(0),
			'A worker, peak (MiB)': one.workerMiB.toFixed(0),
			'Execution data (KB a row)': one.executionsKb.toFixed(2),
			Executions: String(one.executions),
		})),
	),
);
