import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from '../../scripts/n8n/server.mts';

const run = promisify(execFile);
const HOST = '127.0.0.1';

export interface QueueServices {
	/** Settings with which n8n uses both, in queue mode. */
	env: NodeJS.ProcessEnv;
	close(): Promise<void>;
}

/** A real PostgreSQL and a real Redis of their own on loopback, for n8n's queue mode. Debian's packages bring both. */
export async function startQueueServices(): Promise<QueueServices> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-queue-'));
	const postgres = await startPostgres(folder);
	const redis = await startRedis(folder);
	return {
		env: {
			EXECUTIONS_MODE: 'queue',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			QUEUE_BULL_REDIS_HOST: HOST,
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: HOST,
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'n8n',
			DB_POSTGRESDB_PASSWORD: 'trusted',
		},
		close: async () => {
			redis.process.kill();
			await postgres.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

async function startPostgres(folder: string): Promise<{ port: number; stop(): Promise<void> }> {
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
	await postgres('pg_ctl', '-D', data, '-o', settings, '-l', join(data, 'log'), '-w', 'start');
	return {
		port,
		stop: async () => {
			await postgres('pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop');
		},
	};
}

async function startRedis(folder: string): Promise<{ port: number; process: ChildProcess }> {
	const port = await freePort(56_379);
	const args = ['--port', String(port), '--bind', HOST, '--save', '', '--appendonly', 'no', '--dir', folder];
	const process = spawn('redis-server', args, { stdio: 'ignore' });
	await new Promise<void>((resolve, reject) => {
		process.once('error', reject);
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
	return { port, process };
}
