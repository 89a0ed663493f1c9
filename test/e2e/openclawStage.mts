import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Execution, type N8nClient, nodeRuns } from '../../scripts/n8n/client.mts';
import { N8nServer } from '../../scripts/n8n/server.mts';
import { type OpenClawOptions, type RunningOpenClaw, startOpenClaw } from '../../scripts/openclaw/bridge.mts';
import type { ModelCall } from '../../scripts/openclaw/modelServer.mts';
import { agentAiNode, chain, node, OWNER, rowNodes, until } from './support.mts';

/** A real n8n whose agent.ai is the bridge to a real OpenClaw. */
export interface OpenClawStage {
	openClaw: RunningOpenClaw;
	server: N8nServer;
	client: N8nClient;
	credential: { id: string; name: string };
	close(): Promise<void>;
}

export async function openOpenClawStage(options: Omit<OpenClawOptions, 'folder'>): Promise<OpenClawStage> {
	const tarball = process.env.AGENT_AI_TARBALL;
	if (!tarball) throw new Error('Run the end-to-end tests with: npm run test:e2e');
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-openclaw-'));
	const userFolder = join(folder, 'n8n');
	const openClaw = await startOpenClaw({ folder: join(folder, 'openclaw'), ...options });
	const closing = [async () => await rm(folder, { recursive: true, force: true, maxRetries: 10 }), async () => await openClaw.close()];
	const close = async () => {
		for (const step of closing.splice(0).reverse()) await step();
	};
	try {
		const server = await N8nServer.start({ userFolder, tarball });
		closing.push(async () => await server.stop());
		const client = await server.client(OWNER);
		const credential = await client.createCredential('OpenClaw', openClaw.credential);
		return { openClaw, server, client, credential, close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** What one run of the node gave. */
export interface Outcome {
	execution: Execution;
	/** The answers' texts, in input order. */
	texts: (string | undefined)[];
	/** The items of the success output. */
	items: Record<string, unknown>[];
	/** What the error items or the execution say, message and description in one. */
	errors: string[];
}

/** Saves a workflow that sends rows through the node, and gives its id. */
export async function workflowOf(
	stage: OpenClawStage,
	parameters: object,
	rows: object[] = [{ prompt: 'hello' }],
	onError = 'stopWorkflow',
): Promise<string> {
	const { id } = await stage.client.createWorkflow({
		name: 'openclaw',
		...chain(node('Start', 'n8n-nodes-base.manualTrigger'), ...rowNodes(rows), agentAiNode(stage, { ...parameters }, { onError })),
	});
	return id;
}

/** Sends rows through the node in a workflow of their own. */
export async function run(stage: OpenClawStage, parameters: object, rows?: object[], onError?: string): Promise<Outcome> {
	return outcomeOf(await stage.client.run(await workflowOf(stage, parameters, rows, onError), 'Start'));
}

export function outcomeOf(execution: Execution): Outcome {
	const last = nodeRuns(execution, 'Agent.ai').at(-1);
	const [success = [], failed = []] = last?.data?.main ?? [];
	const items = (success ?? []).map(({ json }) => json);
	const errors = [...(failed ?? []).map(({ json }) => json.error), ...(last?.error ? [last.error] : [])];
	return {
		execution,
		items,
		texts: items.map(({ openclaw_result }) => (openclaw_result as { response_text?: string } | undefined)?.response_text),
		errors: errors.map((error) => {
			if (typeof error === 'string') return error;
			const { message, description } = error as { message: string; description?: string };
			return `${message} ${description ?? ''}`;
		}),
	};
}

/** Waits for the model to be asked something. */
export async function asked(stage: OpenClawStage, message: string, timeoutMs = 90_000): Promise<ModelCall> {
	return await until(
		`the model to be asked “${message}”`,
		() => Promise.resolve(stage.openClaw.model.calls.findLast((call) => call.message.includes(message))),
		timeoutMs,
	);
}

/** The agent and the session that asked the model first of a session's turns; OpenClaw names them in its prompt. */
export function askedBy(call: ModelCall | undefined): string | undefined {
	return /Runtime: agent=[^|]*\| session=(\S+)/.exec(JSON.stringify(call?.messages ?? ''))?.[1];
}

/** A resource locator with a typed value. */
export const typed = (value: string) => ({ __rl: true, mode: 'id', value });
