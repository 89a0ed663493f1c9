import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import type { Fault } from '../../sandbox/faults.mts';
import { readExample, withCredential } from '../../scripts/examples.mts';
import { nodeRuns } from '../../scripts/n8n/client.mts';
import { activateChat, say, toolsExample } from './chats.mts';
import { startScriptedOpenAi } from './scriptedOpenAi.mts';
import { agentAiNode, chain, node, openStage, postWhenReady, type Stage, until } from './support.mts';

interface Line {
	type: string;
	content?: string;
	metadata: { nodeName: string; itemIndex: number };
}

describe('live: chats, tools and the chat model in a real n8n', () => {
	let stage: Stage;
	let openAi: Awaited<ReturnType<typeof startScriptedOpenAi>>;
	let fault: Fault | undefined;

	before(async () => {
		openAi = await startScriptedOpenAi();
		stage = await openStage({ fault: () => fault });
	});

	after(async () => {
		await stage.close();
		await openAi.close();
	});

	/** Reads a streamed answer of n8n: its lines, each with the time of its arrival. */
	async function readLines(answer: Response): Promise<{ line: Line; at: number }[]> {
		const lines: { line: Line; at: number }[] = [];
		const decoder = new TextDecoder();
		let rest = '';
		for await (const bytes of answer.body!) {
			const parts = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n');
			rest = parts.pop() ?? '';
			for (const part of parts.filter(Boolean)) lines.push({ line: JSON.parse(part) as Line, at: performance.now() });
		}
		if (rest.trim()) lines.push({ line: JSON.parse(rest) as Line, at: performance.now() });
		return lines;
	}

	const ours = (lines: { line: Line }[], name = 'Agent.ai') =>
		lines
			.filter(({ line }) => line.metadata.nodeName === name)
			.map(({ line }) => (line.content === undefined ? line.type : `${line.type} ${line.content}`));
	const PIECES = ['begin', 'item You ', 'item said: ', 'item one ', 'item two ', 'item three', 'end'];

	test('a Chat Trigger: the first piece arrives before the agent has finished, and the visitor is remembered', async () => {
		const { id, chat } = await activateChat(stage, withCredential(await readExample('live-chat.json'), stage.credential));
		stage.sandbox.options.pieceDelayMs = 150;
		const lines = await readLines(await say(chat, 'one two three'));
		stage.sandbox.options.pieceDelayMs = 0;
		assert.deepEqual(ours(lines), PIECES);
		const first = lines.find(({ line }) => line.type === 'item')!.at;
		const last = lines.findLast(({ line }) => line.type === 'item')!.at;
		assert.ok(last - first > 400, `all pieces arrived within ${last - first} ms, but the agent took 600`);
		const second = await readLines(await say(chat, 'and now?'));
		assert.match(second.map(({ line }) => line.content ?? '').join(''), /turn 2; before that: one two three/);
		// a visitor who names an owner's session does not reach it
		await readLines(await say(chat, 'x', 'main'));
		await readLines(await say(chat, 'x', 'agent:research:main'));
		const sessions = stage.sandbox.agent.runs.map(({ session }) => session);
		assert.ok(!sessions.includes('agent:main:main') && !sessions.includes('agent:research:main'));
		assert.ok(sessions.includes('agent:main:n8n-chat-main'));
		await stage.client.deactivate(id);
	});

	test('a streaming Webhook', async () => {
		const path = `stream-${Date.now()}`;
		const hook = node(
			'Webhook',
			'n8n-nodes-base.webhook',
			{ path, httpMethod: 'POST', responseMode: 'streaming' },
			{ typeVersion: 2.1, webhookId: path },
		);
		const { id } = await stage.client.createWorkflow({
			name: 'streaming webhook',
			...chain(hook, agentAiNode(stage, { message: '={{ $json.body.say }}', options: { stream: true } })),
		});
		await stage.client.activate(id);
		assert.deepEqual(ours(await readLines(await postWhenReady(`${stage.server.url}/webhook/${path}`, { say: 'one two three' }))), PIECES);
		fault = 'stream-error';
		const failed = ours(await readLines(await postWhenReady(`${stage.server.url}/webhook/${path}`, { say: 'one two three' })));
		fault = undefined;
		// a visitor reads nothing of a server's words
		assert.equal(failed.at(-1), 'error There is no answer right now. Please try again later.');
		await stage.client.deactivate(id);
	});

	test('Stop ends the request in the middle of a streamed answer', async () => {
		stage.sandbox.options.pieceDelayMs = 60_000;
		const { id } = await stage.client.createWorkflow({
			name: 'stopped stream',
			...chain(node('Start', 'n8n-nodes-base.manualTrigger'), agentAiNode(stage, { message: 'one two', options: { stream: true } })),
		});
		const executionId = await stage.client.startRun(id, 'Start');
		await until('the stream to begin', () => Promise.resolve(stage.sandbox.inFlight === 1 || undefined));
		const stoppedAt = performance.now();
		await stage.client.stopExecution(executionId);
		await until('the connection to close', () => Promise.resolve(stage.sandbox.inFlight === 0 || undefined));
		stage.sandbox.options.pieceDelayMs = 0;
		assert.ok(performance.now() - stoppedAt < 1_500);
		assert.equal((await stage.client.finished(executionId)).status, 'canceled');
	});

	test('n8n’s AI Agent uses the node as its tool: the model gets the answer alone, and on failure what it can do about it', async () => {
		const { id, chat } = await activateChat(stage, await toolsExample(stage, openAi.url));
		await (await say(chat, 'use Ask_OpenClaw')).text();
		assert.deepEqual(
			openAi.toolAnswers.map((answer) => JSON.parse(answer) as unknown),
			[[{ response: 'You said: asked by the model' }]],
		);
		openAi.toolAnswers.length = 0;
		await (await say(chat, 'use OpenClaw_Sessions')).text();
		assert.match(openAi.toolAnswers.join(''), /agent:main:n8n-agent/);
		openAi.toolAnswers.length = 0;
		fault = 'gateway-401';
		await (await say(chat, 'use Ask_OpenClaw')).text();
		fault = undefined;
		assert.match(openAi.toolAnswers.join(''), /did not accept its auth token.*tell the person who runs this workflow/);
		await stage.client.deactivate(id);
	});

	test('the chat model: a chain', async () => {
		const { id } = await stage.client.createWorkflow(withCredential(await readExample('chain-on-openclaw.json'), stage.credential));
		const execution = await stage.client.run(id, 'When clicking Execute workflow');
		assert.equal(execution.status, 'success', JSON.stringify(nodeRuns(execution, 'Basic LLM Chain').at(-1)?.error));
		assert.match(JSON.stringify(nodeRuns(execution, 'Basic LLM Chain').at(-1)?.data), /You said: Say hello to someone/);
		assert.match(JSON.stringify(nodeRuns(execution, 'OpenClaw Chat Model')), /"(totalTokens|total_tokens)":\d+/);
		fault = 'gateway-401';
		const failed = await stage.client.run(id, 'When clicking Execute workflow');
		fault = undefined;
		assert.equal(failed.status, 'error');
		assert.match(JSON.stringify(nodeRuns(failed, 'Basic LLM Chain')), /did not accept its auth token/);
	});

	test('the chat model: an agent, streaming and not; with tools it says why it cannot', async () => {
		const webhookId = `model-${Date.now()}`;
		const model = node(
			'Model',
			'n8n-nodes-agent-ai.lmChatAgentAi',
			{
				instance: 'automatic',
				agent_id: { __rl: true, mode: 'id', value: 'main' },
				session_key: { __rl: true, mode: 'id', value: '' },
				options: {},
			},
			{ credentials: { agentAiApi: stage.credential } },
		);
		const trigger = node(
			'Chat',
			'@n8n/n8n-nodes-langchain.chatTrigger',
			{ public: true, mode: 'webhook', options: { responseMode: 'streaming' } },
			{ typeVersion: 1.4, webhookId },
		);
		const agent = node('Agent', '@n8n/n8n-nodes-langchain.agent', { options: { enableStreaming: true } }, { typeVersion: 3.1 });
		const connections = {
			Chat: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
			Model: { ai_languageModel: [[{ node: 'Agent', type: 'ai_languageModel', index: 0 }]] },
		};
		const { id } = await stage.client.createWorkflow({ name: 'agent on openclaw', nodes: [trigger, agent, model], connections });
		await stage.client.activate(id);
		const lines = ours(await readLines(await say(`${stage.server.url}/webhook/${webhookId}/chat`, 'one two three')), 'Agent');
		assert.ok(lines.filter((line) => line.startsWith('item')).length > 3, `streamed as ${JSON.stringify(lines)}`);
		assert.equal(
			lines
				.filter((line) => line.startsWith('item'))
				.map((line) => line.slice(5))
				.join('')
				.includes('one two three'),
			true,
		);
		await stage.client.deactivate(id);

		const wholeWebhook = `${webhookId}-whole`;
		const whole = await stage.client.createWorkflow({
			name: 'agent on openclaw, not streaming',
			nodes: [
				{ ...trigger, webhookId: wholeWebhook, parameters: { ...trigger.parameters, options: { responseMode: 'lastNode' } } },
				agent,
				model,
			],
			connections,
		});
		await stage.client.activate(whole.id);
		const reply = (await (await say(`${stage.server.url}/webhook/${wholeWebhook}/chat`, 'one two three')).json()) as { output: string };
		assert.match(reply.output, /You said: .*one two three/s);
		await stage.client.deactivate(whole.id);

		const toolWebhook = `${webhookId}-tools`;
		const tool = agentAiNode(
			stage,
			{ message: 'x', descriptionType: 'manual', toolDescription: 'x' },
			{ name: 'Tool', type: 'n8n-nodes-agent-ai.agentAiTool' },
		);
		const withTool = await stage.client.createWorkflow({
			name: 'agent with a tool on openclaw',
			nodes: [{ ...trigger, webhookId: toolWebhook }, agent, model, tool],
			connections: { ...connections, Tool: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] } },
		});
		await stage.client.activate(withTool.id);
		const refused = await readLines(await say(`${stage.server.url}/webhook/${toolWebhook}/chat`, 'hi'));
		assert.match(JSON.stringify(refused.map(({ line }) => line)), /There is no answer right now/);
		// its owner finds the reason in the execution
		const [run] = await stage.client.executions(withTool.id);
		assert.match(JSON.stringify(nodeRuns(await stage.client.finished(run!.id), 'Agent').at(-1)?.error), /cannot use n8n’s tools/);
		await stage.client.deactivate(withTool.id);
	});
});
