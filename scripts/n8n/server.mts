import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { runStep } from '../run.mts';
import { N8nClient } from './client.mts';
import { installN8n, type N8nInstall } from './install.mts';

/** How long n8n may take to boot on a slow machine, migrations included. */
const BOOT_TIMEOUT_MS = 400_000;

export interface N8nOptions {
	/** Folder for n8n's database, settings and the installed package. */
	userFolder: string;
	/** The packed package to install. */
	tarball: string;
	/** Version of n8n; the newest pinned one if left out. */
	version?: string;
	/** First port to try; the next free one is taken. */
	port?: number;
	env?: NodeJS.ProcessEnv;
}

/** A real n8n on loopback, with our packed package installed as n8n installs community packages. */
export class N8nServer {
	private readonly workers: N8nWorker[] = [];

	private constructor(
		private readonly install: N8nInstall,
		private readonly options: N8nOptions,
		readonly port: number,
		readonly logFile: string,
		private child: ChildProcess,
	) {}

	/**
	 * Installs n8n where it is missing, puts the tarball into its place and boots it.
	 *
	 * @throws Error with the end of n8n's log when it does not come up
	 */
	static async start(options: N8nOptions): Promise<N8nServer> {
		const install = await installN8n(options.version);
		await mkdir(options.userFolder, { recursive: true });
		await installPackage(options.userFolder, options.tarball);
		const port = await freePort(options.port ?? 5678);
		const logFile = join(options.userFolder, 'n8n.log');
		const server = new N8nServer(install, options, port, logFile, await boot(install, options, port, logFile));
		await server.ready();
		return server;
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** A REST client, signed in as the owner, who is made on the first start. */
	async client(owner: Owner): Promise<N8nClient> {
		const client = new N8nClient(this.url);
		await client.signIn(owner);
		return client;
	}

	/** Everything n8n has logged so far. */
	async log(): Promise<string> {
		return await readFile(this.logFile, 'utf8');
	}

	/**
	 * Adds a worker process, for n8n's queue mode.
	 *
	 * @param concurrency how many executions it runs at once
	 */
	async startWorker(concurrency = 5): Promise<N8nWorker> {
		const healthPort = await freePort(this.port + 20);
		const brokerPort = await freePort(healthPort + 1);
		const env = {
			...settings(this.install, this.options, this.port, brokerPort),
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(healthPort),
		};
		console.log('Starting a worker …');
		const child = launch(this.install, ['worker', `--concurrency=${concurrency}`], env, this.logFile);
		const worker = { pid: child.pid!, stop: async (signal: NodeJS.Signals = 'SIGTERM') => await end(child, signal) };
		this.workers.push(worker);
		await this.answers(`http://127.0.0.1:${healthPort}/healthz/readiness`, child);
		return worker;
	}

	/** The process id of n8n's main process. */
	get pid(): number {
		return this.child.pid!;
	}

	/**
	 * Waits until n8n's main process has ended, whoever ended it.
	 *
	 * @returns its exit code, or the signal that ended it
	 */
	async ended(): Promise<number | NodeJS.Signals> {
		const { child } = this;
		if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
		return child.signalCode ?? child.exitCode ?? 0;
	}

	/** Ends n8n; `SIGKILL` as a power failure would. */
	async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
		for (const worker of this.workers.splice(0)) await worker.stop(signal);
		await end(this.child, signal);
	}

	/** Ends n8n's main process as a power failure would; its workers live on. */
	async killMain(): Promise<void> {
		await end(this.child, 'SIGKILL');
	}

	/** Boots the same n8n again, on the same port and database. */
	async restart(): Promise<void> {
		await this.stop();
		await this.bootMain();
	}

	/** Boots a main process that has ended again, beside its workers. */
	async bootMain(): Promise<void> {
		this.child = await boot(this.install, this.options, this.port, this.logFile);
		await this.ready();
	}

	private async ready(): Promise<void> {
		// /healthz answers before the migrations are through, and readiness before the REST API is there
		for (const path of ['/healthz/readiness', '/rest/settings']) await this.answers(this.url + path, this.child);
	}

	private async answers(url: string, child: ChildProcess): Promise<void> {
		const deadline = Date.now() + BOOT_TIMEOUT_MS;
		while (
			!(await fetch(url).then(
				(answer) => answer.ok,
				() => false,
			))
		) {
			if (child.exitCode !== null || Date.now() > deadline) {
				await this.stop();
				throw new Error(`n8n did not start. The end of its log (${this.logFile}):\n${(await this.log()).slice(-3000)}`);
			}
			await sleep(200);
		}
	}
}

/** A worker process of n8n's queue mode. */
export interface N8nWorker {
	pid: number;
	/** Ends it; `SIGKILL` as a power failure would. Does nothing where it has ended already. */
	stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface Owner {
	email: string;
	firstName: string;
	lastName: string;
	password: string;
}

/** Unpacks the tarball where n8n looks for community packages. */
async function installPackage(userFolder: string, tarball: string): Promise<void> {
	const folder = join(userFolder, '.n8n/nodes/node_modules/n8n-nodes-agent-ai');
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await runStep('Installing the package into n8n', 'tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
}

async function boot(install: N8nInstall, options: N8nOptions, port: number, logFile: string): Promise<ChildProcess> {
	const brokerPort = await freePort(port + 1);
	console.log('Starting n8n …');
	return launch(install, ['start'], settings(install, options, port, brokerPort), logFile);
}

/** Starts an n8n process that writes its output to the log. */
function launch(install: N8nInstall, args: string[], env: NodeJS.ProcessEnv, logFile: string): ChildProcess {
	const log = createWriteStream(logFile, { flags: 'a' });
	const child = spawn(install.node, [install.n8n, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
	child.stdout.pipe(log, { end: false });
	child.stderr.pipe(log, { end: false });
	return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
	child.kill(signal);
	const forced = setTimeout(() => child.kill('SIGKILL'), 20_000);
	await closed;
	clearTimeout(forced);
}

/** Settings that keep n8n on loopback and quiet: no telemetry, no look-ups, no banners. */
function settings(install: N8nInstall, options: N8nOptions, port: number, brokerPort: number): NodeJS.ProcessEnv {
	const url = `http://127.0.0.1:${port}`;
	return {
		...install.env,
		N8N_USER_FOLDER: options.userFolder,
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_PROTOCOL: 'http',
		N8N_EDITOR_BASE_URL: url,
		N8N_WEBHOOK_URL: `${url}/`,
		N8N_SECURE_COOKIE: 'false',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		// n8n 1 lets its agents use a community node only with it
		N8N_COMMUNITY_PACKAGES_ALLOW_TOOL_USAGE: 'true',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_DIAGNOSTICS_CONFIG_FRONTEND: '',
		N8N_DIAGNOSTICS_CONFIG_BACKEND: '',
		EXTERNAL_FRONTEND_HOOKS_URLS: '',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		// an n8n that does not know a module refuses to start with its name
		...(existsSync(join(dirname(install.n8n), '../dist/modules/mcp-registry')) ? { N8N_DISABLED_MODULES: 'mcp-registry' } : {}),
		GENERIC_TIMEZONE: 'UTC',
		...options.env,
	};
}

/** The first free port on loopback from the given one on. */
export async function freePort(from: number): Promise<number> {
	for (let port = from; port < from + 200; port++) {
		const free = await new Promise<boolean>((resolve) => {
			const probe = createServer();
			probe.once('error', () => resolve(false));
			probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
		});
		if (free) return port;
	}
	throw new Error(`No free port from ${from} to ${from + 199}`);
}
