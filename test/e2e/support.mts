import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Sandbox, type SandboxOptions } from '../../sandbox/server.mts';
import type { N8nClient, WorkflowJson, WorkflowNode } from '../../scripts/n8n/client.mts';
import { N8nServer } from '../../scripts/n8n/server.mts';

/** The tokens in the credential; nothing of n8n may show them. */
export const API_TOKEN = 'planted-api-token-e2e-4711';
export const AUTH_TOKEN = 'planted-gateway-token-e2e-0815';

export const OWNER = { email: 'owner@example.com', firstName: 'End', lastName: 'ToEnd', password: 'EndToEnd-4711' };
export const AGENT_AI = 'n8n-nodes-agent-ai.agentAi';

export interface Stage {
	server: N8nServer;
	client: N8nClient;
	sandbox: Sandbox;
	credential: { id: string; name: string };
	/** What the credential holds. */
	credentialData: Record<string, string>;
	/** Ends n8n and the sandbox, and removes n8n's folder. */
	close(): Promise<void>;
}

/**
 * A fresh n8n with the packed package, a sandbox whose faults quote both tokens, and a credential that points at it.
 *
 * @param version of n8n; the newest pinned one if left out
 */
export async function openStage(sandboxOptions: SandboxOptions = {}, env: NodeJS.ProcessEnv = {}, version?: string): Promise<Stage> {
	const tarball = process.env.AGENT_AI_TARBALL;
	if (!tarball) throw new Error('Run the end-to-end tests with: npm run test:e2e');
	const sandbox = await Sandbox.start({ apiToken: API_TOKEN, authToken: AUTH_TOKEN, quoteSecrets: true, ...sandboxOptions });
	const userFolder = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-e2e-'));
	const closing = [async () => await rm(userFolder, { recursive: true, force: true }), async () => await sandbox.close()];
	const close = async () => {
		for (const end of closing.splice(0).reverse()) await end();
	};
	try {
		// far from the ports of a demo, and from those of tests that run beside
		const port = 10_000 + Math.floor(Math.random() * 20_000);
		const server = await N8nServer.start({ userFolder, tarball, env, port, ...(version === undefined ? {} : { version }) });
		closing.push(async () => await server.stop());
		const client = await server.client(OWNER);
		const credentialData = { apiToken: API_TOKEN, baseUrl: sandbox.baseUrl, instanceIp: '127.0.0.1', authToken: AUTH_TOKEN };
		const credential = await client.createCredential('Sandbox', credentialData);
		return { server, client, sandbox, credential, credentialData, close };
	} catch (error) {
		// what listens would keep the test's process after its end
		await close();
		throw error;
	}
}

/** A node of a test workflow. */
export function node(
	name: string,
	type: string,
	parameters: Record<string, unknown> = {},
	extra: Partial<WorkflowNode> = {},
): WorkflowNode {
	return { id: crypto.randomUUID(), name, type, typeVersion: 1, position: [0, 0], parameters, ...extra };
}

/** The Agent.ai node with a credential; the message comes from the item's field `prompt`. */
export function agentAiNode(
	stage: Pick<Stage, 'credential'>,
	parameters: Record<string, unknown> = {},
	extra: Partial<WorkflowNode> = {},
): WorkflowNode {
	return node(
		'Agent.ai',
		AGENT_AI,
		{ resource: 'openclaw', operation: 'chatCompletion', message: '={{ $json.prompt }}', ...parameters },
		{ credentials: { agentAiApi: stage.credential }, ...extra },
	);
}

/** Nodes that turn rows into items. */
export function rowNodes(rows: object[]): WorkflowNode[] {
	return [
		node('Rows', 'n8n-nodes-base.set', { mode: 'raw', jsonOutput: JSON.stringify({ rows }), options: {} }, { typeVersion: 3.4 }),
		node('Split Out', 'n8n-nodes-base.splitOut', { fieldToSplitOut: 'rows', options: {} }),
	];
}

/** Connects nodes one behind the other. */
export function chain(...nodes: WorkflowNode[]): Pick<WorkflowJson, 'nodes' | 'connections'> {
	const connections = Object.fromEntries(
		nodes.slice(0, -1).map((from, index) => [from.name, { main: [[{ node: nodes[index + 1]!.name, type: 'main', index: 0 }]] }]),
	);
	return { nodes, connections };
}

/** Posts to a webhook as soon as it is registered; activation is asynchronous in n8n. */
export async function postWhenReady(url: string, body: object): Promise<Response> {
	for (let attempt = 0; ; attempt++) {
		const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
		if (answer.status !== 404 || attempt === 100) return answer;
		await answer.arrayBuffer();
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

/** Waits until something is there. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const found = await look();
		if (found !== undefined) return found;
		if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

/** Files below n8n's folder that hold one of the planted tokens in plain text. */
export async function filesWithSecrets(folder: string, secrets = [API_TOKEN, AUTH_TOKEN]): Promise<string[]> {
	const names = await readdir(folder, { recursive: true, withFileTypes: true });
	const found: string[] = [];
	for (const entry of names) {
		if (!entry.isFile() || entry.parentPath.includes('node_modules')) continue;
		const path = join(entry.parentPath, entry.name);
		const content = await readFile(path);
		if (secrets.some((secret) => content.includes(secret))) found.push(path);
	}
	return found;
}
