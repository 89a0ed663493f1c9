import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Owner } from '../n8n/server.mts';
import { LOCAL } from '../paths.mts';

/** What `npm start` remembers from one start to the next, so that what people make in its n8n goes on working. */
export interface DemoState {
	/** Port of the local agent.ai; the credential names it. */
	agentAiPort?: number;
	/** Port of n8n; bookmarks and webhook addresses name it. */
	n8nPort?: number;
	/** The credential of the examples, and the Base URL that was last written into it. */
	credential?: { id: string; baseUrl: string };
	/** Ids of the imported example workflows, by file name. */
	examples?: Record<string, string>;
	/** The `npm start` that runs on this folder now, if any. */
	running?: { pid: number; url: string };
}

/** The folder of the demo's n8n: its database, its owner, and the state above. */
export class DemoHome {
	private constructor(
		readonly folder: string,
		private state: DemoState,
	) {}

	/**
	 * Opens the folder, and makes it where it is missing.
	 *
	 * @param folder default `.local/home`, or what AGENT_AI_DEMO_HOME names
	 * @throws Error when another `npm start` runs on it: two n8n must not share a database
	 */
	static async open(folder = process.env.AGENT_AI_DEMO_HOME ?? join(LOCAL, 'home')): Promise<DemoHome> {
		await mkdir(folder, { recursive: true });
		const state = await readJson<DemoState>(join(folder, 'demo.json'));
		const home = new DemoHome(folder, state ?? {});
		const { running } = home.state;
		if (running && running.pid !== process.pid && isAlive(running.pid) && (await answers(`${running.url}/healthz`))) {
			throw new Error(`npm start is already running at ${running.url} (process ${running.pid}). Use it, or stop it first`);
		}
		return home;
	}

	get<K extends keyof DemoState>(key: K): DemoState[K] {
		return this.state[key];
	}

	async set(changes: Partial<DemoState>): Promise<void> {
		this.state = { ...this.state, ...changes };
		await writeWhole(join(this.folder, 'demo.json'), this.state);
	}

	/** The owner of the demo's n8n: made once, with a password of its own. */
	async owner(): Promise<Owner> {
		const file = join(this.folder, 'owner.json');
		const known = await readJson<Owner>(file);
		if (known) return known;
		const owner: Owner = {
			email: 'owner@example.com',
			firstName: 'Demo',
			lastName: 'Owner',
			password: `Demo-${randomBytes(6).toString('hex')}`,
		};
		await writeWhole(file, owner);
		return owner;
	}
}

async function readJson<T>(file: string): Promise<T | undefined> {
	const text = await readFile(file, 'utf8').catch(() => undefined);
	return text === undefined ? undefined : (JSON.parse(text) as T);
}

/** Writes beside the file and renames, so that a start that is cut off never leaves half a file. */
async function writeWhole(file: string, value: object): Promise<void> {
	await writeFile(`${file}.new`, `${JSON.stringify(value, undefined, '\t')}\n`, { mode: 0o600 });
	await rename(`${file}.new`, file);
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

async function answers(url: string): Promise<boolean> {
	return await fetch(url).then(
		({ ok }) => ok,
		() => false,
	);
}
