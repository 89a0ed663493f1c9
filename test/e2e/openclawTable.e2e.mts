import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Sandbox, type SandboxOptions } from '../../sandbox/server.mts';
import { type RunningOpenClaw, startOpenClaw } from '../../scripts/openclaw/bridge.mts';
import type { GatewaySettings } from '../../scripts/openclaw/config.mts';
import { table } from '../../scripts/table.mts';
import { DISABLED, type GatewayCase, LOCKED_OUT, LOCKOUT, ONE, OWN_PROVIDERS, SEVERAL, SEVERAL_AGENTS } from '../sandbox/gatewayCases.mts';
import { runCase, type Stand } from '../sandbox/runCase.mts';

/** What the sandbox and the real gateway answered, for the table at the end. */
const rows: { case: string; sandbox: string; openclaw: string }[] = [];

const standOf = (bridge: Sandbox, instance: string, authToken: string): Stand => ({
	baseUrl: bridge.baseUrl,
	apiToken: bridge.options.apiToken,
	instance,
	authToken,
});

describe('the sandbox and the real OpenClaw give the same answers', () => {
	const several: Omit<GatewaySettings, 'modelUrl'> = { agents: SEVERAL_AGENTS, providers: OWN_PROVIDERS };
	const one: Omit<GatewaySettings, 'modelUrl'> = { agents: ['main'], lockout: LOCKOUT };
	let folder: string;

	before(async () => {
		folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-openclaw-'));
	});

	after(async () => {
		await rm(folder, { recursive: true, force: true, maxRetries: 10 });
		console.log(`\n${table(rows)}`);
	});

	/** Runs a case on both, and holds both to what it says. */
	async function compare(gatewayCase: GatewayCase, openClaw: RunningOpenClaw, options: SandboxOptions): Promise<void> {
		const { bridge, gateway } = openClaw;
		const sandbox = await Sandbox.start(options);
		try {
			const pretended = await runCase(gatewayCase, standOf(sandbox, '127.0.0.1', sandbox.options.authToken));
			const real = await runCase(gatewayCase, standOf(bridge, gateway.address, gateway.token));
			for (let step = 0; step < Math.max(pretended.length, real.length); step++) {
				const shown = (line = '') => (line.length > 70 ? `${line.slice(0, 69)}…` : line).replaceAll('\n', ' ');
				rows.push({
					case: step === 0 ? shown(gatewayCase.name) : '',
					sandbox: shown(pretended[step]),
					openclaw: pretended[step] === real[step] ? 'the same' : shown(real[step]),
				});
			}
			assert.deepEqual(real, gatewayCase.answers, 'the real gateway');
			assert.deepEqual(pretended, gatewayCase.answers, 'the sandbox');
		} finally {
			await sandbox.close();
		}
	}

	describe('several agents', () => {
		let openClaw: RunningOpenClaw;
		/** They take more than a minute each, so they run beside the others. */
		let slow: Map<GatewayCase, Promise<Error | undefined>>;

		before(async () => {
			openClaw = await startOpenClaw({ folder: join(folder, 'several'), ...several });
			const run = async (gatewayCase: GatewayCase) =>
				await compare(gatewayCase, openClaw, several).then(
					() => undefined,
					(error: unknown) => error as Error,
				);
			slow = new Map(SEVERAL.filter(({ isSlow }) => isSlow).map((each) => [each, run(each)]));
		});

		after(async () => {
			await openClaw.close();
		});

		for (const gatewayCase of SEVERAL.filter(({ isSlow }) => !isSlow)) {
			test(gatewayCase.name, async () => {
				await compare(gatewayCase, openClaw, several);
			});
		}

		for (const gatewayCase of SEVERAL.filter(({ isSlow }) => isSlow)) {
			test(gatewayCase.name, async () => {
				assert.ifError(await slow.get(gatewayCase));
			});
		}
	});

	describe('one agent', () => {
		let openClaw: RunningOpenClaw;

		before(async () => {
			openClaw = await startOpenClaw({ folder: join(folder, 'one'), ...one });
		});

		after(async () => {
			await openClaw.close();
		});

		for (const gatewayCase of [...ONE, LOCKED_OUT]) {
			test(gatewayCase.name, async () => {
				await compare(gatewayCase, openClaw, one);
			});
		}

		test(DISABLED.name, async () => {
			await openClaw.gateway.configure({ chatEndpoint: false });
			await compare(DISABLED, openClaw, { ...one, chatEndpoint: false });
		});
	});
});
