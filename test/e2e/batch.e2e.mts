import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import type { Fault } from '../../sandbox/faults.mts';
import { readExample, withCredential } from '../../scripts/examples.mts';
import { type Execution, nodeRuns, outputOf, type SavedWorkflow } from '../../scripts/n8n/client.mts';
import { agentAiNode, chain, node, openStage, rowNodes, type Stage, until } from './support.mts';

const prompts = (count: number) => Array.from({ length: count }, (_, row) => ({ prompt: `row ${row}` }));

describe('batches in a real n8n', () => {
	let stage: Stage;
	let fault: (message: string) => Fault | undefined = () => undefined;

	before(async () => {
		stage = await openStage({ fault: ({ message }) => fault(message ?? '') });
	});

	afterEach(() => {
		fault = () => undefined;
		stage.sandbox.options.latencyMs = 0;
		stage.sandbox.agent.runs.length = 0;
	});

	after(async () => {
		await stage.close();
	});

	const batch = async (count: number, parameters: object = {}): Promise<SavedWorkflow> =>
		await stage.client.createWorkflow({
			name: `batch of ${count}`,
			...chain(node('Start', 'n8n-nodes-base.manualTrigger'), ...rowNodes(prompts(count)), agentAiNode(stage, { ...parameters })),
		});
	const answers = (execution: Execution) =>
		outputOf(execution, 'Agent.ai').map((json) => (json.openclaw_result as { response_text: string }).response_text);

	for (const [form, loadWorkflow] of [
		['original workflow', false],
		['currently saved workflow', true],
	] as const) {
		test(`100 rows, row 60 fails for good: Retry with ${form} asks for each of the others exactly once`, async () => {
			fault = (message) => (message === 'row 60' ? '400' : undefined);
			const { id } = await batch(100);
			const failed = await stage.client.run(id, 'Start');
			assert.equal(failed.status, 'error');
			assert.match(nodeRuns(failed, 'Agent.ai')[0]?.error?.description ?? '', /The answers are kept/);

			fault = () => undefined;
			const retried = await stage.client.retry(failed.id, loadWorkflow);
			assert.equal(retried.status, 'success');
			assert.deepEqual(
				answers(retried),
				prompts(100).map(({ prompt }) => `You said: ${prompt}`),
			);
			assert.match(
				nodeRuns(retried, 'Agent.ai').at(-1)?.hints?.[0]?.message ?? '',
				/100 answered, 0 failed; \d\d kept from an earlier try/,
			);
			const runs = stage.sandbox.agent.runs.map(({ message }) => message);
			assert.equal(runs.length, 100);
			assert.equal(new Set(runs).size, 100);
		});
	}

	test('Retry in a loop: what its earlier rounds answered is not asked again, and the rounds after it run', async () => {
		fault = (message) => (message === 'row 12' ? '400' : undefined);
		const loop = node('Loop', 'n8n-nodes-base.splitInBatches', { batchSize: 5, options: {} }, { typeVersion: 3 });
		const before = chain(node('Start', 'n8n-nodes-base.manualTrigger'), ...rowNodes(prompts(20)), loop);
		const agent = agentAiNode(stage);
		const { id } = await stage.client.createWorkflow({
			name: 'loop',
			nodes: [...before.nodes, agent],
			connections: {
				...before.connections,
				Loop: { main: [[], [{ node: 'Agent.ai', type: 'main', index: 0 }]] },
				'Agent.ai': { main: [[{ node: 'Loop', type: 'main', index: 0 }]] },
			},
		});
		const failed = await stage.client.run(id, 'Start');
		assert.equal(failed.status, 'error');
		fault = () => undefined;
		const retried = await stage.client.retry(failed.id, false);
		assert.equal(retried.status, 'success');
		assert.equal(nodeRuns(retried, 'Agent.ai').length, 4);
		assert.deepEqual(
			stage.sandbox.agent.runs.map(({ message }) => message).sort(),
			prompts(20)
				.map(({ prompt }) => prompt)
				.sort(),
		);
	});

	test('a sub-workflow that failed is retried by itself, and asks only for what has no answer yet', async () => {
		fault = (message) => (message === 'row 7' ? '400' : undefined);
		const sub = await stage.client.createWorkflow({
			name: 'sub',
			...chain(node('Called', 'n8n-nodes-base.executeWorkflowTrigger', { inputSource: 'passthrough' }), agentAiNode(stage)),
		});
		const workflowId = { __rl: true, mode: 'id', value: sub.id };
		const call = node('Call', 'n8n-nodes-base.executeWorkflow', { workflowId, options: {} }, { typeVersion: 1.2 });
		const parent = await stage.client.createWorkflow({
			name: 'parent',
			...chain(node('Start', 'n8n-nodes-base.manualTrigger'), ...rowNodes(prompts(10)), call),
		});
		assert.equal((await stage.client.run(parent.id, 'Start')).status, 'error');
		const [failed] = await stage.client.executions(sub.id);
		fault = () => undefined;
		const retried = await stage.client.retry(failed!.id, false);
		assert.equal(retried.status, 'success');
		assert.equal(answers(retried).length, 10);
		assert.equal(stage.sandbox.agent.runs.length, 10);
	});

	test('Stop closes all connections within a second, and nothing more is sent', async () => {
		fault = () => 'stall';
		const { id } = await batch(100, { options: { maxConcurrency: 50 } });
		const before = stage.sandbox.requests.length;
		const executionId = await stage.client.startRun(id, 'Start');
		await until('50 requests under way', () => Promise.resolve(stage.sandbox.inFlight === 50 || undefined));
		const stoppedAt = performance.now();
		await stage.client.stopExecution(executionId);
		await until('no request under way', () => Promise.resolve(stage.sandbox.inFlight === 0 || undefined));
		assert.ok(performance.now() - stoppedAt < 1_500);
		assert.equal((await stage.client.finished(executionId)).status, 'canceled');
		assert.equal(stage.sandbox.requests.length - before, 50);
	});

	test('the nightly batch example answers its samples', async () => {
		const workflow = await stage.client.createWorkflow(withCredential(await readExample('nightly-batch.json'), stage.credential));
		assert.equal((await stage.client.run(workflow.id, 'Fill with samples')).status, 'success');
		// one sample has no prompt, and the night says so
		assert.equal((await stage.client.run(workflow.id, 'Every night')).status, 'error');
		assert.equal(stage.sandbox.agent.runs.length, 5);
		const again = await stage.client.run(workflow.id, 'Every night');
		assert.equal(again.status, 'error');
		assert.equal(stage.sandbox.agent.runs.length, 5, 'what is answered is not sent again');
		await stage.client.deleteWorkflow(workflow.id);
	});
});
