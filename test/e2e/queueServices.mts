import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { freePort } from '../../scripts/n8n/server.mts';

const run = promisify(execFile);
const HOST = '127.0.0.1';
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export interface QueueServices {
	/** Settings with which n8n uses both, in queue mode. */
	env: NodeJS.ProcessEnv;
	/** Kills a service as a power failure would, and starts it again: PostgreSQL with its data, Redis without. */
	crash(service: 'postgres' | 'redis'): Promise<void>;
	/** The first column of what PostgreSQL answers. */
	query(sql: string): Promise<string[]>;
	close(): Promise<void>;
}

/** A real PostgreSQL and a real Redis of their own on loopback, for n8n's queue mode. Debian's packages bring both. */
export async function startQueueServices(): Promise<QueueServices> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-queue-'));
	const postgres = await startPostgres(folder);
	const redisPort = await freePort(56_379);
	let redis = await startRedis(folder, redisPort);
	// PostgreSQL's own tool has started it, so that no Ctrl-C reaches it
	const leave = () => {
		redis.kill();
		postgres.kill();
		rmSync(folder, { recursive: true, force: true });
		process.exit(130);
	};
	for (const signal of SIGNALS) process.once(signal, leave);
	return {
		crash: async (service) => {
			if (service === 'postgres') return await postgres.crash();
			const ended = once(redis, 'exit');
			redis.kill('SIGKILL');
			await ended;
			redis = await startRedis(folder, redisPort);
		},
		query: async (sql) => {
			const { stdout } = await run('psql', ['-h', HOST, '-p', String(postgres.port), '-U', 'n8n', '-d', 'postgres', '-tAc', sql]);
			return stdout.trim().split('\n');
		},
		env: {
			EXECUTIONS_MODE: 'queue',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			QUEUE_BULL_REDIS_HOST: HOST,
			QUEUE_BULL_REDIS_PORT: String(redisPort),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: HOST,
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'n8n',
			DB_POSTGRESDB_PASSWORD: 'trusted',
		},
		close: async () => {
			for (const signal of SIGNALS) process.off(signal, leave);
			redis.kill();
			await postgres.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

interface Postgres {
	port: number;
	crash(): Promise<void>;
	stop(): Promise<void>;
	/** Ends it with its data, at once. */
	kill(): void;
}

async function startPostgres(folder: string): Promise<Postgres> {
	const versions = await readdir('/usr/lib/postgresql').catch(() => []);
	const bin = join('/usr/lib/postgresql', versions.sort().at(-1) ?? '', 'bin');
	const data = join(folder, 'postgres');
	const port = await freePort(55_432);
	// PostgreSQL refuses to run as root
	const asRoot = userInfo().uid === 0;
	const postgres = async (tool: string, ...args: string[]) =>
		asRoot ? await run('runuser', ['-u', 'postgres', '--', join(bin, tool), ...args]) : await run(join(bin, tool), args);
	await mkdir(data);
	if (asRoot) {
		await chmod(folder, 0o755);
		await run('chown', ['postgres', data]);
	}
	await postgres('initdb', '-D', data, '-A', 'trust', '-U', 'n8n');
	const settings = `-p ${port} -c listen_addresses=${HOST} -k ${data}`;
	const start = async () => await postgres('pg_ctl', '-D', data, '-o', settings, '-l', join(data, 'log'), '-w', 'start');
	await start();
	const signalled = (signal: NodeJS.Signals) =>
		process.kill(Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]), signal);
	return {
		port,
		// its immediate shutdown
		kill: () => signalled('SIGQUIT'),
		crash: async () => {
			signalled('SIGKILL');
			// its children end by themselves a moment later; until then it does not start
			for (let left = 100; ; left--) {
				try {
					await start();
					return;
				} catch (error) {
					if (left === 0) throw error;
					await sleep(100);
				}
			}
		},
		stop: async () => {
			await postgres('pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop');
		},
	};
}

async function startRedis(folder: string, port: number): Promise<ChildProcess> {
	const args = ['--port', String(port), '--bind', HOST, '--save', '', '--appendonly', 'no', '--dir', folder];
	const server = spawn('redis-server', args, { stdio: 'ignore' });
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		const connect = (left: number) => {
			const socket = createConnection(port, HOST);
			socket.once('connect', () => {
				socket.destroy();
				resolve();
			});
			socket.once('error', () => (left > 0 ? setTimeout(() => connect(left - 1), 50) : reject(new Error('Redis did not start'))));
		};
		connect(200);
	});
	return server;
}
