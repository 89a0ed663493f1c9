import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '../n8n/server.mts';
import { type GatewaySettings, openClawConfig } from './config.mts';
import { installOpenClaw, type OpenClawInstall } from './install.mts';

/** How long OpenClaw may take to boot on a slow machine. */
const BOOT_TIMEOUT_MS = 240_000;

export interface GatewayOptions extends GatewaySettings {
	/** Folder for OpenClaw's home, state and workspaces. */
	folder: string;
	/** Exact version on npm. */
	version?: string;
	/** First port to try; the next free one is taken. */
	port?: number;
}

/** A real OpenClaw gateway on loopback, its agents on the model at a given URL. */
export class OpenClawGateway {
	readonly token = randomBytes(24).toString('hex');

	private constructor(
		private readonly install: OpenClawInstall,
		private readonly options: GatewayOptions,
		readonly port: number,
		private child: ChildProcess | undefined,
	) {}

	/**
	 * Installs OpenClaw where it is missing, writes its configuration and boots it.
	 *
	 * @throws Error with the end of OpenClaw's log when it does not come up
	 */
	static async start(options: GatewayOptions): Promise<OpenClawGateway> {
		const install = await installOpenClaw(options.version);
		for (const folder of ['home', 'state', 'tmp']) await mkdir(join(options.folder, folder), { recursive: true });
		const gateway = new OpenClawGateway(install, options, await freePort(options.port ?? 18789), undefined);
		await gateway.configure({});
		return gateway;
	}

	/** What goes into Instance IP. */
	get address(): string {
		return `127.0.0.1:${this.port}`;
	}

	get url(): string {
		return `http://${this.address}`;
	}

	get logFile(): string {
		return join(this.options.folder, 'openclaw.log');
	}

	/** Boots it anew with other settings on the same state. */
	async configure(changes: Partial<GatewaySettings>): Promise<void> {
		await this.stop();
		Object.assign(this.options, changes);
		const config = openClawConfig(this.install.version, this.options, {
			port: this.port,
			token: this.token,
			folder: this.options.folder,
		});
		await writeFile(join(this.options.folder, 'state/openclaw.json'), JSON.stringify(config, null, '\t'), { mode: 0o600 });
		await this.boot();
	}

	/**
	 * Lets agents answer once, one after another: the first answer after a boot takes up to 30 seconds. Nothing happens
	 * where the chat endpoint is not enabled.
	 *
	 * @throws Error when one of them does not answer
	 */
	async warmUp(agents: string[] = (this.options.agents ?? ['main']).slice(0, 1)): Promise<void> {
		if (this.options.chatEndpoint === false) return;
		for (const agent of agents) {
			const answer = await fetch(`${this.url}/v1/chat/completions`, {
				method: 'POST',
				headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
				body: JSON.stringify({ model: `openclaw:${agent}`, messages: [{ role: 'user', content: 'Good morning' }] }),
				signal: AbortSignal.timeout(BOOT_TIMEOUT_MS),
			});
			const text = await answer.text();
			if (!answer.ok) throw new Error(`The agent ${agent} of OpenClaw does not answer: ${answer.status} ${text}`);
		}
	}

	/** Ends the gateway; `SIGKILL` as a power failure would. */
	async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
		const child = this.child;
		this.child = undefined;
		if (child?.exitCode !== null || child.signalCode !== null) return;
		const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
		child.kill(signal);
		const forced = setTimeout(() => child.kill('SIGKILL'), 20_000);
		await closed;
		clearTimeout(forced);
	}

	/** Boots the same gateway again, on the same port and state. */
	async boot(): Promise<void> {
		console.log(`Starting OpenClaw ${this.install.version} …`);
		const log = createWriteStream(this.logFile, { flags: 'a' });
		const child = spawn(this.install.node, [this.install.openclaw, 'gateway', 'run'], {
			env: this.environment(),
			cwd: this.options.folder,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		this.child = child;
		child.stdout.pipe(log, { end: false });
		child.stderr.pipe(log, { end: false });
		const deadline = Date.now() + BOOT_TIMEOUT_MS;
		while (!(await isReady(`${this.url}/readyz`))) {
			if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
				await this.stop();
				const end = (await readFile(this.logFile, 'utf8')).slice(-3000);
				throw new Error(`OpenClaw did not start. The end of its log (${this.logFile}):\n${end}`);
			}
			await sleep(200);
		}
	}

	private environment(): NodeJS.ProcessEnv {
		const { folder } = this.options;
		return {
			PATH: this.install.env.PATH,
			HOME: join(folder, 'home'),
			TMPDIR: join(folder, 'tmp'),
			OPENCLAW_STATE_DIR: join(folder, 'state'),
			OPENCLAW_CONFIG_PATH: join(folder, 'state/openclaw.json'),
			OPENCLAW_NO_AUTO_UPDATE: '1',
			OPENCLAW_NO_RESPAWN: '1',
			OPENCLAW_DISABLE_BONJOUR: '1',
			DO_NOT_TRACK: '1',
		};
	}
}

const isReady = async (url: string): Promise<boolean> =>
	await fetch(url).then(
		(answer) => answer.ok,
		() => false,
	);
