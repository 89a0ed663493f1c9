/**
 * The main job on one machine: builds and packs the node, runs a real n8n with it on loopback, sends a batch of prompts
 * and prints the answers. Without AGENT_AI_TOKEN the sandbox answers; with it the real agent.ai does.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { DEFAULT_API_TOKEN, DEFAULT_AUTH_TOKEN, Sandbox } from '../sandbox/server.mts';
import { exampleNames, readExample, withCredential } from './examples.mts';
import { type N8nClient, nodeRuns, type WorkflowJson } from './n8n/client.mts';
import { N8nServer, type Owner } from './n8n/server.mts';
import { buildAndPack } from './pack.mts';
import { LOCAL } from './paths.mts';
import { table } from './table.mts';

/** A batch that every row can answer. */
const PROMPTS = [
	{ customer: 'Ada', prompt: 'Write a one-line greeting for Ada' },
	{ customer: 'Grace', prompt: 'Write a one-line greeting for Grace' },
	{ customer: 'Linus', prompt: 'Write a one-line greeting for Linus' },
	{ customer: 'Margaret', prompt: 'Write a one-line greeting for Margaret' },
	{ customer: 'Alan', prompt: 'Answer in JSON: what is the name in this sentence about Alan?' },
];

const HOME = join(LOCAL, 'home');
const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });

const running: (() => Promise<void>)[] = [];
const state = { ending: false };

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
	const tarball = await buildAndPack();
	const credentialData = await agentAi();
	const server = await N8nServer.start({ userFolder: HOME, tarball });
	running.push(() => server.stop());
	const owner = await readOwner();
	const client = await server.client(owner);
	const credential = await client.createCredential(`Agent.ai (${new Date().toISOString().slice(0, 19)})`, credentialData);
	await importExamples(client, credential);

	const answered = await runBatch(client, credential);
	if (values.once) await end(answered ? 0 : 1);
	console.log(`
The editor is open at ${server.url}
  E-mail    ${owner.email}
  Password  ${owner.password}

The example workflows are imported and ready to run. Press Ctrl-C to stop everything.`);
}

/** The credential: the real agent.ai where a token is given, else a sandbox that this script starts. */
async function agentAi(): Promise<Record<string, unknown>> {
	const apiToken = process.env.AGENT_AI_TOKEN;
	if (apiToken) {
		console.log('Using the real agent.ai with AGENT_AI_TOKEN');
		// left empty, the node asks agent.ai for the account's own instance
		const instanceIp = process.env.AGENT_AI_INSTANCE_IP ?? '';
		const authToken = process.env.AGENT_AI_AUTH_TOKEN ?? '';
		return { apiToken, instanceIp, authToken, baseUrl: process.env.AGENT_AI_BASE_URL ?? 'https://api-lr.agent.ai/v1' };
	}
	const sandbox = await Sandbox.start({ latencyMs: 200 });
	running.push(() => sandbox.close());
	console.log(`The sandbox answers at ${sandbox.origin}`);
	return { apiToken: DEFAULT_API_TOKEN, instanceIp: '127.0.0.1', authToken: DEFAULT_AUTH_TOKEN, baseUrl: sandbox.baseUrl };
}

/** The owner of the local n8n: made once, with a password of its own. */
async function readOwner(): Promise<Owner> {
	const file = join(HOME, 'owner.json');
	const known = await readFile(file, 'utf8').catch(() => undefined);
	if (known) return JSON.parse(known) as Owner;
	const owner: Owner = {
		email: 'owner@example.com',
		firstName: 'Demo',
		lastName: 'Owner',
		password: `Demo-${randomBytes(6).toString('hex')}`,
	};
	await mkdir(HOME, { recursive: true });
	await writeFile(file, JSON.stringify(owner), { mode: 0o600 });
	return owner;
}

async function importExamples(client: N8nClient, credential: { id: string; name: string }): Promise<void> {
	const known = await client.listWorkflows();
	for (const name of await exampleNames()) {
		const example = await readExample(name);
		for (const { id } of known.filter((workflow) => workflow.name === example.name)) await client.deleteWorkflow(id);
		await client.createWorkflow(withCredential(example, credential));
	}
}

/** Runs the batch once and prints its answers; says whether every prompt was answered. */
async function runBatch(client: N8nClient, credential: { id: string; name: string }): Promise<boolean> {
	const workflow = await client.createWorkflow(withCredential(batchOf(PROMPTS, await readExample('scheduled-batch.json')), credential));
	console.log(`\nSending ${PROMPTS.length} prompts …\n`);
	const execution = await client.run(workflow.id, 'Every night');
	await client.deleteWorkflow(workflow.id);
	const [answers = [], failures = []] = nodeRuns(execution, 'Agent.ai').at(-1)?.data?.main ?? [];
	const rows = [...(answers ?? []), ...(failures ?? [])].map(({ json }) => {
		const answer = json.openclaw_result as { response_text?: string } | undefined;
		const error = json.error as { message?: string } | undefined;
		return {
			customer: String(json.customer),
			state: answer ? 'answered' : 'failed',
			answer: answer?.response_text ?? error?.message ?? '',
		};
	});
	if (rows.length === 0) throw new Error(`The batch gave no items; the execution ended as ${execution.status}`);
	console.log(table(rows));
	return rows.length === PROMPTS.length && rows.every(({ state }) => state === 'answered');
}

/** The scheduled batch example with other rows. */
function batchOf(rows: object[], example: WorkflowJson): WorkflowJson {
	const nodes = example.nodes.map((node) =>
		node.name === 'Rows' ? { ...node, parameters: { ...node.parameters, jsonOutput: JSON.stringify({ rows }) } } : node,
	);
	return { ...example, name: 'Agent.ai: batch of npm start', nodes };
}
