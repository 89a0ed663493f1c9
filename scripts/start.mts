/**
 * The main job on one machine: packs the node, runs a real n8n with it on loopback, sends a batch of prompts, prints the
 * answers and leaves the editor open. What people make in that n8n is kept from one start to the next.
 */
import { parseArgs } from 'node:util';

import { agentAi, type Backend, openClaw, sandbox } from './demo/backends.mts';
import { runBatch } from './demo/batch.mts';
import { demoCredential, importMissingExamples } from './demo/contents.mts';
import { DemoHome } from './demo/home.mts';
import { N8nServer } from './n8n/server.mts';
import { packUnlessUnchanged } from './pack.mts';

const HELP = `Runs the Agent.ai node in a real n8n on this machine, and sends a batch of prompts through it.

Usage: npm start [-- options]

  --openclaw  let a real OpenClaw answer, with its agents on a scripted model (installed from npm once)
  --once      end after the batch; the exit code says whether every prompt was answered
  --help      this text

Without an account a local sandbox answers. AGENT_AI_TOKEN lets the real agent.ai answer; AGENT_AI_INSTANCE_IP and
AGENT_AI_AUTH_TOKEN choose another OpenClaw instance than the account's own.
`;

const values = readArguments();
if (values.help) {
	console.log(HELP);
	process.exit(0);
}

const running: (() => Promise<void>)[] = [];
const state = { ending: false };

function readArguments() {
	try {
		const { values } = parseArgs({
			options: {
				openclaw: { type: 'boolean', default: false },
				once: { type: 'boolean', default: false },
				help: { type: 'boolean', default: false },
			},
		});
		return values;
	} catch (error) {
		console.error(`${(error as Error).message}. npm start -- --help lists the options`);
		return process.exit(2);
	}
}

/** Ends everything this script has started, the newest first. */
async function end(code: number): Promise<never> {
	state.ending = true;
	for (const stop of running.reverse()) await stop().catch(() => undefined);
	process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.on(signal, () => {
		if (state.ending) return;
		console.log('\nStopping …');
		void end(signal === 'SIGINT' ? 130 : 143);
	});
}

try {
	await main();
} catch (error) {
	if (!state.ending) {
		console.error(`\n${(error as Error).message}`);
		await end(1);
	}
}

async function main(): Promise<void> {
	const home = await DemoHome.open();
	const tarball = await packUnlessUnchanged();
	const backend = await chosenBackend(home);
	running.push(() => backend.close());
	console.log(backend.title);
	const server = await N8nServer.start({ userFolder: home.folder, tarball, port: home.get('n8nPort') });
	running.push(() => server.stop());
	void server.ended().then(async (how) => {
		if (state.ending) return;
		const log = (await server.log()).trimEnd().split('\n').slice(-5).join('\n');
		console.error(`\nn8n stopped (${how}), so npm start stops too. Your workflows are kept: run it again. The end of n8n's log:\n${log}`);
		await end(1);
	});
	await home.set({ n8nPort: server.port, running: { pid: process.pid, url: server.url } });
	const owner = await home.owner();
	const client = await server.client(owner);
	const credential = await demoCredential(client, home, backend);
	const imported = await importMissingExamples(client, home, credential);

	const answered = await runBatch(client, credential);
	if (values.once) await end(answered ? 0 : 1);
	console.log(`
The editor is open at ${server.url}
  E-mail    ${owner.email}
  Password  ${owner.password}

${imported.length > 0 ? `${imported.length} example workflows are imported and ready to run. ` : ''}What you make there is kept for the next start. Press Ctrl-C to stop everything.`);
}

async function chosenBackend(home: DemoHome): Promise<Backend> {
	const apiToken = process.env.AGENT_AI_TOKEN;
	if (values.openclaw) return await openClaw(home);
	return apiToken ? agentAi(apiToken) : await sandbox(home);
}
