import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { readExample, withCredential } from '../../scripts/examples.mts';
import { type Execution, nodeRuns, outputOf, type WorkflowNode } from '../../scripts/n8n/client.mts';
import { activateChat, say, toolsExample } from './chats.mts';
import { runOnSchedule } from './scheduled.mts';
import { startScriptedOpenAi } from './scriptedOpenAi.mts';
import { agentAiNode, API_TOKEN, chain, node, openStage, rowNodes, type Stage, until } from './support.mts';

const [LIMIT, WINDOW_MS] = [20, 4_000];
const prompts = (name: string, count: number) => Array.from({ length: count }, (_, row) => ({ prompt: `${name} ${row}` }));

describe('one account, many workflows of a real n8n', () => {
	let stage: Stage;
	let openAi: Awaited<ReturnType<typeof startScriptedOpenAi>>;

	before(async () => {
		openAi = await startScriptedOpenAi();
		stage = await openStage({ rateLimit: LIMIT, rateWindowMs: WINDOW_MS, latencyMs: 50 });
	});

	after(async () => {
		await stage.close();
		await openAi.close();
	});

	beforeEach(() => {
		stage.sandbox.agent.runs.length = 0;
		stage.sandbox.rateLimit!.refused = 0;
	});

	const sent = (name: string) => stage.sandbox.agent.runs.filter(({ message }) => message.startsWith(name)).length;
	const answers = (execution: Execution) => outputOf(execution, 'Agent.ai').filter(({ openclaw_result }) => openclaw_result).length;

	/** A batch that a schedule starts; gives its execution. */
	const scheduled = async (count: number): Promise<string> =>
		(await runOnSchedule(stage, [...rowNodes(prompts('scheduled', count)), agentAiNode(stage)])).executionId;

	/** A batch in Loop Over Items, started by hand. */
	async function looped(count: number, extra: Partial<WorkflowNode> = {}): Promise<string> {
		const loop = node('Loop', 'n8n-nodes-base.splitInBatches', { batchSize: 5, options: {} }, { typeVersion: 3 });
		const before = chain(node('Start', 'n8n-nodes-base.manualTrigger'), ...rowNodes(prompts('looped', count)), loop);
		const { id } = await stage.client.createWorkflow({
			name: 'loop',
			nodes: [...before.nodes, agentAiNode(stage, {}, extra)],
			connections: {
				...before.connections,
				Loop: { main: [[], [{ node: 'Agent.ai', type: 'main', index: 0 }]] },
				'Agent.ai': { main: [[{ node: 'Loop', type: 'main', index: 0 }]] },
			},
		});
		return await stage.client.startRun(id, 'Start');
	}

	test('a scheduled batch, a loop, an agent with tools and a chat at once: all answered, few refused, the chat first', async () => {
		const agent = await activateChat(stage, await toolsExample(stage, openAi.url));
		const chat = await activateChat(stage, withCredential(await readExample('live-chat.json'), stage.credential));
		const [batchId, loopId] = [await scheduled(60), await looped(40)];
		await until('the first window to be used up', () => Promise.resolve(stage.sandbox.agent.runs.length >= LIMIT || undefined));

		const { windows, refused } = stage.sandbox.rateLimit!;
		const before = windows.length;
		const [ofChat, ofAgent] = await Promise.all([
			say(chat.chat, 'hello').then(async (answer) => await answer.text()),
			say(agent.chat, 'use Ask_OpenClaw').then(async (answer) => await answer.text()),
		]);
		assert.ok(windows.length - before <= 2, `the chat waited for ${windows.length - before} windows`);
		assert.match(ofChat, /hello/);
		assert.match(ofAgent, /asked by the model/);
		assert.ok(sent('scheduled') + sent('looped') < 100, 'the batches were still under way');

		const loop = await stage.client.finished(loopId);
		assert.equal(loop.status, 'success');
		assert.equal(nodeRuns(loop, 'Agent.ai').length, 8);
		const batch = await stage.client.finished(batchId);
		assert.equal(batch.status, 'success');
		assert.equal(answers(batch), 60);
		const all = stage.sandbox.agent.runs.length;
		console.log(`${stage.sandbox.rateLimit!.refused - refused} of ${all} requests refused`);
		assert.ok(stage.sandbox.rateLimit!.refused - refused <= 0.05 * all);
		for (const { id } of [agent, chat]) await stage.client.deactivate(id);
	});

	test('a Basic LLM Chain over 40 rows, ten at a time, keeps to the limit', async () => {
		const root = node(
			'Chain',
			'@n8n/n8n-nodes-langchain.chainLlm',
			{ promptType: 'define', text: '={{ $json.prompt }}', batching: { batchSize: 10 } },
			{ typeVersion: 1.9 },
		);
		const model = node('Model', 'n8n-nodes-agent-ai.lmChatAgentAi', {}, { credentials: { agentAiApi: stage.credential } });
		const rows = chain(node('Start', 'n8n-nodes-base.manualTrigger'), ...rowNodes(prompts('chained', 40)), root);
		const { id } = await stage.client.createWorkflow({
			name: 'chain',
			nodes: [...rows.nodes, model],
			connections: { ...rows.connections, Model: { ai_languageModel: [[{ node: 'Chain', type: 'ai_languageModel', index: 0 }]] } },
		});
		const execution = await stage.client.run(id, 'Start');
		assert.equal(execution.status, 'success');
		assert.equal(outputOf(execution, 'Chain').length, 40);
		assert.equal(stage.sandbox.agent.runs.length, 40);
		const { refused } = stage.sandbox.rateLimit!;
		assert.ok(refused <= 2, `${refused} of 40 requests were refused`);
	});

	test('Stop in one leaves the others untouched', async () => {
		const [batchId, loopId] = [await scheduled(60), await looped(20)];
		await until('the loop to wait behind the batch', () => Promise.resolve(sent('looped') >= 5 || undefined));
		await stage.client.stopExecution(batchId);
		assert.equal((await stage.client.finished(batchId)).status, 'canceled');
		const stoppedAt = sent('scheduled');
		const loop = await stage.client.finished(loopId);
		assert.equal(loop.status, 'success');
		assert.equal(sent('looped'), 20);
		assert.ok(sent('scheduled') <= stoppedAt + 5);
	});

	test('a token that is revoked is not sent with each round of a loop', async () => {
		let refused = 0;
		stage.sandbox.options.onRequest = (line) => (refused += line.endsWith('→ 401') ? 1 : 0);
		const id = await looped(100, { onError: 'continueRegularOutput' });
		await until('the loop to be under way', () => Promise.resolve(sent('looped') >= 10 || undefined));
		stage.sandbox.revoke(API_TOKEN);
		const loop = await stage.client.finished(id);
		assert.equal(loop.status, 'success');
		assert.equal(nodeRuns(loop, 'Agent.ai').length, 20);
		// what was in flight, and one that asks ten seconds later, as a run by hand may
		assert.ok(refused > 0 && refused <= 6, `${refused} requests with the revoked token`);
	});
});
