import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import type { Fault } from '../../sandbox/faults.mts';
import { nodeRuns, outputOf } from '../../scripts/n8n/client.mts';
import { type QueueServices, startQueueServices } from './queueServices.mts';
import { agentAiNode, chain, node, openStage, postWhenReady, rowNodes, type Stage, until } from './support.mts';

const prompts = (count: number) => Array.from({ length: count }, (_, row) => ({ prompt: `row ${row}` }));

describe('queue mode: PostgreSQL, Redis, a main process and a worker', () => {
	let services: QueueServices;
	let stage: Stage;
	let fault: (message: string) => Fault | undefined = () => undefined;

	before(async () => {
		services = await startQueueServices();
		stage = await openStage({ fault: ({ message }) => fault(message ?? '') }, services.env);
		await stage.server.startWorker();
	});

	after(async () => {
		await stage.close();
		await services.close();
	});

	for (const [form, loadWorkflow] of [
		['original workflow', false],
		['currently saved workflow', true],
	] as const) {
		test(`Retry with ${form} sends only what has no answer yet`, async () => {
			stage.sandbox.agent.runs.length = 0;
			fault = (message) => (message === 'row 30' ? '400' : undefined);
			const { id } = await stage.client.createWorkflow({
				name: `queued batch, ${form}`,
				...chain(node('Start', 'n8n-nodes-base.manualTrigger'), ...rowNodes(prompts(50)), agentAiNode(stage)),
			});
			const failed = await stage.client.run(id, 'Start');
			assert.equal(failed.status, 'error');
			fault = () => undefined;
			const retried = await stage.client.retry(failed.id, loadWorkflow);
			assert.equal(retried.status, 'success');
			assert.equal(outputOf(retried, 'Agent.ai').length, 50);
			assert.match(nodeRuns(retried, 'Agent.ai').at(-1)?.hints?.[0]?.message ?? '', /50 answered, 0 failed; \d\d kept/);
			const runs = stage.sandbox.agent.runs.map(({ message }) => message);
			assert.equal(runs.length, 50);
			assert.equal(new Set(runs).size, 50);
		});
	}

	test('a streamed answer comes from the worker through the main process, piece by piece', async () => {
		fault = () => undefined;
		const path = `queued-${Date.now()}`;
		const hook = node(
			'Webhook',
			'n8n-nodes-base.webhook',
			{ path, httpMethod: 'POST', responseMode: 'streaming' },
			{ typeVersion: 2.1, webhookId: path },
		);
		const { id } = await stage.client.createWorkflow({
			name: 'queued stream',
			...chain(hook, agentAiNode(stage, { message: '={{ $json.body.say }}', options: { stream: true } })),
		});
		await stage.client.activate(id);
		const answer = await postWhenReady(`${stage.server.url}/webhook/${path}`, { say: 'one two' });
		const lines = (await answer.text())
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as { type: string; content?: string });
		assert.deepEqual(
			lines.filter(({ type }) => type === 'item').map(({ content }) => content),
			['You ', 'said: ', 'one ', 'two'],
		);
		await stage.client.deactivate(id);
	});

	test('Stop reaches the worker: its requests end, and nothing more is sent', async () => {
		fault = () => 'stall';
		const { id } = await stage.client.createWorkflow({
			name: 'queued stop',
			...chain(node('Start', 'n8n-nodes-base.manualTrigger'), ...rowNodes(prompts(20)), agentAiNode(stage)),
		});
		const sentBefore = stage.sandbox.requests.length;
		const executionId = await stage.client.startRun(id, 'Start');
		await until('5 requests under way', () => Promise.resolve(stage.sandbox.inFlight === 5 || undefined));
		const stoppedAt = performance.now();
		await stage.client.stopExecution(executionId);
		await until('no request under way', () => Promise.resolve(stage.sandbox.inFlight === 0 || undefined));
		assert.ok(performance.now() - stoppedAt < 2_000);
		assert.equal(stage.sandbox.requests.length - sentBefore, 5);
	});
});
