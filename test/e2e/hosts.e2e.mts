/** The packed package in each n8n that people run; AGENT_AI_N8N names versions, separated by commas, else all pinned ones. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import type { Fault } from '../../sandbox/faults.mts';
import { type HostResult, recordHost } from '../../scripts/compatibility.mts';
import { type Execution, nodeRuns, outputOf } from '../../scripts/n8n/client.mts';
import { n8nVersions } from '../../scripts/n8n/install.mts';
import { NodeCatalogue } from './nodeCatalogue.mts';
import { startScriptedOpenAi } from './scriptedOpenAi.mts';
import { AGENT_AI, agentAiNode, chain, node, openStage, postWhenReady, rowNodes, type Stage, until } from './support.mts';

const CHAT_MODEL = 'n8n-nodes-agent-ai.lmChatAgentAi';
const named = process.env.AGENT_AI_N8N?.split(',');

for (const version of named ?? (await n8nVersions())) {
	describe(`n8n ${version}`, () => {
		const said: HostResult = {};
		let stage: Stage;
		let types: NodeCatalogue;
		let openAi: Awaited<ReturnType<typeof startScriptedOpenAi>>;
		let fault: (message: string) => Fault | undefined = () => undefined;

		before(async () => {
			openAi = await startScriptedOpenAi();
			stage = await openStage({ fault: ({ message }) => fault(message ?? '') }, {}, version);
			types = await NodeCatalogue.read(stage.client);
		});

		after(async () => {
			await recordHost(version, said);
			await stage.close();
			await openAi.close();
		});

		/** A line of the compatibility table. `lacks` says what this n8n has not got, so that the part cannot be run; so may the part itself. */
		const part = (name: string, run: () => Promise<unknown>, lacks: () => string | undefined = () => undefined) =>
			void test(name, async (context) => {
				const missing = lacks();
				if (missing !== undefined) {
					said[name] = missing;
					context.skip(missing);
					return;
				}
				said[name] = false;
				const instead = await run();
				said[name] = typeof instead === 'string' ? instead : true;
			});

		const trigger = () => node('Start', 'n8n-nodes-base.manualTrigger');
		const text = (json: Record<string, unknown>) => (json.openclaw_result as { response_text?: string } | undefined)?.response_text;
		const answers = (execution: Execution) => outputOf(execution, 'Agent.ai').map(text);
		const rows = (count: number) => Array.from({ length: count }, (_, row) => ({ prompt: `row ${row}` }));
		const save = async (name: string, prompts: object[], parameters: object = {}, settings: object = {}) =>
			await stage.client.createWorkflow({
				name,
				...chain(trigger(), ...rowNodes(prompts), agentAiNode(stage, { ...parameters }, settings)),
			});

		part('nodes are listed', async () => {
			assert.deepEqual(types.names('n8n-nodes-agent-ai.'), [AGENT_AI, `${AGENT_AI}Tool`, CHAT_MODEL]);
			await Promise.resolve();
		});

		part('credential test', async () => {
			const check = async (changes: object) =>
				await stage.client.testCredential(stage.credential.id, stage.credential.name, { ...stage.credentialData, ...changes });
			assert.equal((await check({})).status, 'OK');
			assert.equal((await check({ apiToken: 'wrong' })).status, 'Error');
		});

		part('single prompt', async () => {
			const { id } = await save('single', [{ prompt: 'hello' }]);
			const execution = await stage.client.run(id, 'Start');
			assert.equal(execution.status, 'success');
			assert.deepEqual(answers(execution), ['You said: hello']);
		});

		part('batch, Stop Workflow', async () => {
			fault = (message) => (message === 'row 1' ? '500' : undefined);
			const { id } = await save('stop mode', rows(3), { options: { maxConcurrency: 1 } });
			const execution = await stage.client.run(id, 'Start');
			fault = () => undefined;
			assert.equal(execution.status, 'error');
			assert.match(nodeRuns(execution, 'Agent.ai')[0]?.error?.message ?? '', /failed while working.*1 of 3 items answered/);
		});

		part('batch, Continue', async () => {
			fault = (message) => (message === 'row 1' ? 'resetAfter' : undefined);
			const { id } = await save('continue mode', rows(12), {}, { onError: 'continueRegularOutput' });
			const execution = await stage.client.run(id, 'Start');
			fault = () => undefined;
			assert.equal(execution.status, 'success');
			// a broken connection costs one item, never the batch
			assert.equal(answers(execution).filter(Boolean).length, 11);
			assert.ok('error' in outputOf(execution, 'Agent.ai')[1]!);
		});

		part('batch, Continue (using error output)', async () => {
			fault = (message) => (message === 'row 1' ? '500' : undefined);
			const { id } = await save('error output', rows(3), {}, { onError: 'continueErrorOutput' });
			const execution = await stage.client.run(id, 'Start');
			fault = () => undefined;
			assert.deepEqual(answers(execution), ['You said: row 0', 'You said: row 2']);
			assert.deepEqual(
				outputOf(execution, 'Agent.ai', 1).map(({ prompt }) => prompt),
				['row 1'],
			);
		});

		part('webhook', async () => {
			const path = `hook-${version}`;
			const hook = types.node('Webhook', 'n8n-nodes-base.webhook', { path, httpMethod: 'POST', responseMode: 'lastNode' }, path);
			const { id } = await stage.client.createWorkflow({
				name: 'webhook',
				...chain(hook, agentAiNode(stage, { message: '={{ $json.body.question }}' })),
			});
			await stage.client.activate(id);
			const answer = await postWhenReady(`${stage.server.url}/webhook/${path}`, { question: 'from outside' });
			assert.equal(text((await answer.json()) as Record<string, unknown>), 'You said: from outside');
			await stage.client.deactivate(id);
		});

		part('Retry of a failed execution sends only what is missing', async () => {
			stage.sandbox.agent.runs.length = 0;
			fault = (message) => (message === 'row 15' ? '400' : undefined);
			const { id } = await save('retried', rows(30));
			const failed = await stage.client.run(id, 'Start');
			fault = () => undefined;
			assert.equal(failed.status, 'error');
			const retried = await stage.client.retry(failed.id, false);
			assert.equal(retried.status, 'success');
			assert.equal(answers(retried).filter(Boolean).length, 30);
			const sent = stage.sandbox.agent.runs.map(({ message }) => message);
			assert.equal(sent.length, 30);
			assert.equal(new Set(sent).size, 30);
		});

		part('Stop ends what is under way', async () => {
			fault = () => 'stall';
			const { id } = await save('stopped', rows(40), { options: { maxConcurrency: 20 } });
			const sentBefore = stage.sandbox.requests.length;
			const executionId = await stage.client.startRun(id, 'Start');
			await until('20 requests under way', () => Promise.resolve(stage.sandbox.inFlight === 20 || undefined));
			await stage.client.stopExecution(executionId);
			await until('no request under way', () => Promise.resolve(stage.sandbox.inFlight === 0 || undefined), 5_000);
			fault = () => undefined;
			assert.equal((await stage.client.finished(executionId)).status, 'canceled');
			assert.equal(stage.sandbox.requests.length - sentBefore, 20);
		});

		part('tool of n8n’s AI Agent', async () => {
			const credential = await stage.client.request<{ id: string; name: string }>('POST', '/rest/credentials', {
				name: 'Scripted',
				type: 'openAiApi',
				data: { apiKey: 'scripted', url: openAi.url, header: false },
			});
			const webhookId = `tool-${version}`;
			const model = types.node('Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', {
				model: { __rl: true, mode: 'id', value: 'scripted' },
				responsesApiEnabled: false,
				options: {},
			});
			const tool = agentAiNode(
				stage,
				{ message: "={{ $fromAI('message', 'what to ask', 'string') }}", descriptionType: 'manual', toolDescription: 'Asks the agent' },
				{ name: 'Ask_OpenClaw', type: `${AGENT_AI}Tool` },
			);
			const { id } = await stage.client.createWorkflow({
				name: 'tool',
				nodes: [
					types.node('Chat', '@n8n/n8n-nodes-langchain.chatTrigger', { public: true, mode: 'webhook', options: {} }, webhookId),
					types.node('Agent', '@n8n/n8n-nodes-langchain.agent', { options: {} }),
					{ ...model, credentials: { openAiApi: { id: credential.id, name: credential.name } } },
					tool,
				],
				connections: {
					Chat: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
					Model: { ai_languageModel: [[{ node: 'Agent', type: 'ai_languageModel', index: 0 }]] },
					Ask_OpenClaw: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
				},
			});
			await stage.client.activate(id);
			const url = `${stage.server.url}/webhook/${webhookId}/chat`;
			const reply = await postWhenReady(url, { action: 'sendMessage', sessionId: 'v', chatInput: 'use Ask_OpenClaw' });
			assert.match(await reply.text(), /You said: asked by the model/);
			await stage.client.deactivate(id);
		});

		part('chat', async () => await chat(`chat-${version}`, {}, async (reply) => assert.match(await reply.text(), /You said: one two/)));

		part(
			'chat, answer piece by piece',
			async () =>
				await chat(`stream-${version}`, { responseMode: 'streaming' }, async (reply) => {
					const lines = (await reply.text())
						.trim()
						.split('\n')
						.map((line) => JSON.parse(line) as { type: string; content?: string });
					assert.deepEqual(
						lines.filter(({ type }) => type === 'item').map(({ content }) => content),
						['You ', 'said: ', 'one ', 'two'],
					);
				}),
			() => (types.mentions('@n8n/n8n-nodes-langchain.chatTrigger', '"streaming"') ? undefined : 'n8n has no streaming'),
		);

		part('OpenClaw Chat Model', async () => {
			const { id } = await stage.client.createWorkflow({ name: 'chain', ...chatModel() });
			const execution = await stage.client.run(id, 'Start');
			const shown = JSON.stringify(nodeRuns(execution, 'Chain'));
			assert.match(shown, execution.status === 'success' ? /You said: .*hello/s : /too old for the OpenClaw Chat Model/);
			return execution.status === 'success' ? undefined : 'says that this n8n is too old for it';
		});

		async function chat(webhookId: string, options: object, check: (reply: Response) => void | Promise<void>): Promise<void> {
			const { id } = await stage.client.createWorkflow({
				name: webhookId,
				...chain(
					types.node('Chat', '@n8n/n8n-nodes-langchain.chatTrigger', { public: true, mode: 'webhook', options }, webhookId),
					agentAiNode(stage, { message: '={{ $json.chatInput }}', options: { stream: true } }),
				),
			});
			await stage.client.activate(id);
			const url = `${stage.server.url}/webhook/${webhookId}/chat`;
			await check(await postWhenReady(url, { action: 'sendMessage', sessionId: 'v', chatInput: 'one two' }));
			await stage.client.deactivate(id);
		}

		function chatModel() {
			const model = node(
				'Model',
				CHAT_MODEL,
				{
					instance: 'automatic',
					agent_id: { __rl: true, mode: 'id', value: 'main' },
					session_key: { __rl: true, mode: 'id', value: '' },
					options: {},
				},
				{ credentials: { agentAiApi: stage.credential } },
			);
			const llm = types.node('Chain', '@n8n/n8n-nodes-langchain.chainLlm', { promptType: 'define', text: 'Say hello' });
			return {
				nodes: [trigger(), llm, model],
				connections: {
					Start: { main: [[{ node: 'Chain', type: 'main', index: 0 }]] },
					Model: { ai_languageModel: [[{ node: 'Chain', type: 'ai_languageModel', index: 0 }]] },
				},
			};
		}
	});
}
