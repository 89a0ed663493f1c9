import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import type { Fault } from '../../sandbox/faults.mts';
import { nodeRuns, type WorkflowNode } from '../../scripts/n8n/client.mts';
import { node, openStage, type Stage, until } from './support.mts';

/** The chat model inside n8n's own chain and agent nodes. */
describe('the chat model in n8n’s chains and agents', () => {
	let stage: Stage;
	let fault: ((message: string) => Fault | undefined) | undefined;
	let latencyMs = 0;

	before(async () => {
		stage = await openStage({ fault: ({ message }) => fault?.(message ?? ''), latencyMs: () => latencyMs });
	});

	after(async () => await stage.close());

	beforeEach(() => {
		fault = undefined;
		latencyMs = 0;
		stage.sandbox.requests.length = 0;
	});

	const model = (name: string, parameters: Record<string, unknown> = {}) =>
		node(name, 'n8n-nodes-agent-ai.lmChatAgentAi', parameters, { credentials: { agentAiApi: stage.credential } });
	const agentNode = (text: string, parameters: Record<string, unknown> = {}) =>
		node('Root', '@n8n/n8n-nodes-langchain.agent', { promptType: 'define', text, ...parameters }, { typeVersion: 3.1 });
	const chainNode = (text: string, parameters: Record<string, unknown> = {}) =>
		node('Root', '@n8n/n8n-nodes-langchain.chainLlm', { promptType: 'define', text, ...parameters }, { typeVersion: 1.9 });

	/** Makes a workflow of a trigger, a root node and what is connected to it. */
	async function workflow(root: WorkflowNode, parts: [part: WorkflowNode, type: string, index?: number][]): Promise<string> {
		const connections = {
			Start: { main: [[{ node: root.name, type: 'main', index: 0 }]] },
			...Object.fromEntries(parts.map(([part, type, index = 0]) => [part.name, { [type]: [[{ node: root.name, type, index }]] }])),
		};
		const nodes = [node('Start', 'n8n-nodes-base.manualTrigger'), root, ...parts.map(([part]) => part)];
		return (await stage.client.createWorkflow({ name: `chat model ${crypto.randomUUID()}`, nodes, connections })).id;
	}

	/** Runs a root node on one model. */
	async function run(root: WorkflowNode, parameters: Record<string, unknown> = {}) {
		return await stage.client.run(await workflow(root, [[model('Model', parameters), 'ai_languageModel']]), 'Start');
	}

	const answered = (execution: Awaited<ReturnType<typeof run>>) => JSON.stringify(nodeRuns(execution, 'Root').at(-1)?.data ?? {});
	const errorOf = (execution: Awaited<ReturnType<typeof run>>) => nodeRuns(execution, 'Root').at(-1)?.error?.message ?? '';

	for (const [kind, rootNode] of [
		['a chain', chainNode],
		['an agent', agentNode],
	] as const) {
		test(`${kind} goes on with a session that remembers`, async () => {
			const parameters = { session_key: { __rl: true, mode: 'id', value: `memory of ${kind}` } };
			await run(rootNode('the first'), parameters);
			const second = await run(rootNode('the second'), parameters);
			assert.match(answered(second), /You said: the second \(turn 2; before that: the first\)/);
			assert.deepEqual([...new Set(stage.sandbox.agent.runs.slice(-2).map(({ session }) => session))], [`agent:main:memory of ${kind}`]);
		});

		test(`${kind} says what to do when its model fails`, async () => {
			fault = () => 'gateway-401';
			const failed = await run(rootNode('hi'));
			assert.equal(failed.status, 'error');
			assert.match(errorOf(failed), /did not accept its auth token.*Correct the OpenClaw Auth Token/);
		});

		test(`${kind} that is stopped ends at once, and sends nothing more`, async () => {
			latencyMs = 30_000;
			const id = await workflow(rootNode('a long one'), [[model('Model'), 'ai_languageModel']]);
			const executionId = await stage.client.startRun(id, 'Start');
			await until('the request', () => Promise.resolve(stage.sandbox.requests.length > 0 || undefined));
			const stoppedAt = performance.now();
			await stage.client.stopExecution(executionId);
			assert.equal((await stage.client.finished(executionId)).status, 'canceled');
			assert.ok(performance.now() - stoppedAt < 5_000);
			assert.equal(stage.sandbox.requests.length, 1);
		});

		test(`${kind} asks its fallback model when the first fails`, async () => {
			// not a refused token, which the other model would share
			fault = () => (stage.sandbox.requests.length === 1 ? 'gateway-403' : undefined);
			const id = await workflow(rootNode('hi', { needsFallback: true }), [
				[model('First'), 'ai_languageModel', 0],
				[model('Second', { agent_id: { __rl: true, mode: 'id', value: 'research' } }), 'ai_languageModel', 1],
			]);
			const execution = await stage.client.run(id, 'Start');
			assert.equal(execution.status, 'success', errorOf(execution));
			assert.match(answered(execution), /You said: hi/);
			assert.equal(stage.sandbox.requests.length, 2);
		});
	}

	test('an agent gets the format that it requires, which n8n hands to the model as a tool', async () => {
		const parser = node(
			'Format',
			'@n8n/n8n-nodes-langchain.outputParserStructured',
			{ schemaType: 'fromJson', jsonSchemaExample: '{"you_said":"hi","turn":1}' },
			{ typeVersion: 1.3 },
		);
		const id = await workflow(agentNode('Say it as JSON', { hasOutputParser: true }), [
			[model('Model'), 'ai_languageModel'],
			[parser, 'ai_outputParser'],
		]);
		const execution = await stage.client.run(id, 'Start');
		assert.equal(execution.status, 'success', errorOf(execution));
		const [item] = nodeRuns(execution, 'Root').at(-1)?.data?.main?.[0] ?? [];
		assert.deepEqual(Object.keys(item?.json.output as object).sort(), ['turn', 'you_said']);
	});
});
