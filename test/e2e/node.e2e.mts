import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { readExample, withCredential } from '../../scripts/examples.mts';
import { nodeRuns, outputOf } from '../../scripts/n8n/client.mts';
import { portOf } from '../support/port.mts';
import { AGENT_AI, agentAiNode, chain, filesWithSecrets, node, openStage, postWhenReady, rowNodes, type Stage, until } from './support.mts';

describe('the Agent.ai node in a real n8n', () => {
	let stage: Stage;

	before(async () => {
		stage = await openStage({ fault: ({ message }) => (message?.startsWith('fail') ? '500' : undefined) });
	});

	after(async () => {
		await stage.close();
	});

	const trigger = () => node('Start', 'n8n-nodes-base.manualTrigger');
	const text = (json: Record<string, unknown>) => (json.openclaw_result as { response_text?: string } | undefined)?.response_text;

	test('is listed with its tool variant, its icons and its codex', async () => {
		const types = await stage.client.request<{ name: string; iconUrl?: unknown; codex?: { categories?: string[] } }[]>(
			'GET',
			'/types/nodes.json',
		);
		const ours = types.filter(({ name }) => name.startsWith('n8n-nodes-agent-ai.')).sort((a, b) => a.name.localeCompare(b.name));
		assert.deepEqual(
			ours.map(({ name }) => name),
			[AGENT_AI, `${AGENT_AI}Tool`, 'n8n-nodes-agent-ai.lmChatAgentAi'],
		);
		assert.deepEqual(ours[0]!.codex?.categories, ['Productivity', 'Development', 'Communication']);
		for (const path of Object.values(ours[0]!.iconUrl as Record<string, string>)) {
			const icon = await fetch(`${stage.server.url}/${path}`);
			assert.equal(icon.status, 200);
			assert.match(await icon.text(), /<svg/);
		}
	});

	describe('the credential test', () => {
		const check = async (changes: object) =>
			await stage.client.testCredential(stage.credential.id, stage.credential.name, { ...stage.credentialData, ...changes });

		test('says OK to the right token', async () => {
			assert.equal((await check({})).status, 'OK');
		});

		test('says why a token is refused', async () => {
			const { status, message } = await check({ apiToken: 'wrong' });
			assert.equal(status, 'Error');
			assert.match(message, /^Wrong API token/);
		});

		test('says that nothing of agent.ai is at the Base URL', async () => {
			const { status, message } = await check({ baseUrl: `${stage.sandbox.origin}/other/v1` });
			assert.equal(status, 'Error');
			assert.match(message, /^Wrong Base URL: there is no agent\.ai API/);
		});

		test('says so for a host that refuses the connection', async () => {
			const { status } = await check({ baseUrl: 'http://127.0.0.1:9/v1' });
			assert.equal(status, 'Error');
		});

		for (const [what, contentType, body] of [
			['a web page', 'text/html', '<!DOCTYPE html><html><body>Sign in</body></html>'],
			['an error in a 200', 'application/json', '{"status":401,"error":"Unauthorized"}'],
			['a list of something else', 'application/json', '[{"id":1}]'],
		] as const) {
			test(`does not take ${what} for an answer`, async () => {
				const server = createServer((_request, response) => response.writeHead(200, { 'content-type': contentType }).end(body));
				await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
				const { status, message } = await check({ baseUrl: `http://127.0.0.1:${portOf(server)}/v1` });
				server.close();
				assert.equal(status, 'Error');
				assert.match(message, /^Wrong Base URL: this is not agent\.ai/);
			});
		}
	});

	describe('runs', () => {
		test('by hand', async () => {
			const workflow = await stage.client.createWorkflow({
				name: 'manual',
				...chain(trigger(), ...rowNodes([{ prompt: 'one' }, { prompt: 'two' }]), agentAiNode(stage)),
			});
			const execution = await stage.client.run(workflow.id, 'Start');
			assert.equal(execution.status, 'success');
			assert.deepEqual(outputOf(execution, 'Agent.ai').map(text), ['You said: one', 'You said: two']);
			assert.match(nodeRuns(execution, 'Agent.ai')[0]?.hints?.[0]?.message ?? '', /2 items: 2 answered, 0 failed/);
		});

		test('from a webhook', async () => {
			const path = `hook-${Date.now()}`;
			const hook = node(
				'Webhook',
				'n8n-nodes-base.webhook',
				{ path, httpMethod: 'POST', responseMode: 'lastNode' },
				{ typeVersion: 2.1, webhookId: path },
			);
			const workflow = await stage.client.createWorkflow({
				name: 'webhook',
				...chain(hook, agentAiNode(stage, { message: '={{ $json.body.question }}' })),
			});
			await stage.client.activate(workflow.id);
			const answer = await postWhenReady(`${stage.server.url}/webhook/${path}`, { question: 'from outside' });
			assert.equal(text((await answer.json()) as Record<string, unknown>), 'You said: from outside');
			await stage.client.deactivate(workflow.id);
		});

		test('from a Schedule Trigger', async () => {
			const schedule = node(
				'Schedule',
				'n8n-nodes-base.scheduleTrigger',
				{ rule: { interval: [{ field: 'seconds', secondsInterval: 1 }] } },
				{ typeVersion: 1.3 },
			);
			const workflow = await stage.client.createWorkflow({
				name: 'schedule',
				...chain(schedule, agentAiNode(stage, { message: 'on time' })),
			});
			await stage.client.activate(workflow.id);
			const { id } = await until('a scheduled execution', async () =>
				(await stage.client.executions(workflow.id)).find(({ status }) => status === 'success'),
			);
			await stage.client.deactivate(workflow.id);
			const execution = await stage.client.execution(id);
			assert.equal(execution.mode, 'trigger');
			assert.deepEqual(outputOf(execution, 'Agent.ai').map(text), ['You said: on time']);
		});

		test('streaming', async () => {
			const workflow = await stage.client.createWorkflow({
				name: 'stream',
				...chain(trigger(), agentAiNode(stage, { message: 'in many pieces', options: { stream: true } })),
			});
			assert.deepEqual(outputOf(await stage.client.run(workflow.id, 'Start'), 'Agent.ai').map(text), ['You said: in many pieces']);
		});
	});

	describe('error modes', () => {
		const rows = [{ prompt: 'one' }, { prompt: 'fail' }, { prompt: 'three' }];
		const runWith = async (onError: string) => {
			const workflow = await stage.client.createWorkflow({
				name: onError,
				...chain(trigger(), ...rowNodes(rows), agentAiNode(stage, { options: { maxConcurrency: 1 } }, { onError })),
			});
			return await stage.client.run(workflow.id, 'Start');
		};

		test('Stop Workflow', async () => {
			const execution = await runWith('stopWorkflow');
			assert.equal(execution.status, 'error');
			const error = nodeRuns(execution, 'Agent.ai')[0]?.error;
			assert.match(error?.message ?? '', /failed while working.*\(1 of 3 items answered, 1 failed, 1 not sent\)/);
			assert.equal(error?.httpCode, '500');
			assert.equal(error.context?.itemIndex, 1);
		});

		test('Continue', async () => {
			const items = outputOf(await runWith('continueRegularOutput'), 'Agent.ai');
			assert.deepEqual(
				items.map((json) => text(json) ?? (json.error as { message: string }).message),
				['You said: one', 'agent.ai or the OpenClaw instance failed while working on the request', 'You said: three'],
			);
		});

		test('Continue (using error output)', async () => {
			const execution = await runWith('continueErrorOutput');
			assert.deepEqual(outputOf(execution, 'Agent.ai').map(text), ['You said: one', 'You said: three']);
			const failed = outputOf(execution, 'Agent.ai', 1);
			assert.equal(failed.length, 1);
			assert.equal(failed[0]?.prompt, 'fail');
			assert.equal((failed[0].error as { httpCode: string }).httpCode, '500');
		});
	});

	describe('the examples', () => {
		test('single prompt', async () => {
			const workflow = await stage.client.createWorkflow(withCredential(await readExample('single-prompt.json'), stage.credential));
			const execution = await stage.client.run(workflow.id, 'When clicking Execute workflow');
			assert.match(text(outputOf(execution, 'Agent.ai')[0] ?? {}) ?? '', /^You said: Say hello/);
		});

		test('scheduled batch, with the row without a prompt on the error branch', async () => {
			const workflow = await stage.client.createWorkflow(withCredential(await readExample('scheduled-batch.json'), stage.credential));
			const execution = await stage.client.run(workflow.id, 'Every night');
			assert.equal(execution.status, 'success');
			assert.deepEqual(
				outputOf(execution, 'Answered').map(({ customer }) => customer),
				['Ada', 'Grace', 'Linus', 'Margaret'],
			);
			assert.deepEqual(
				outputOf(execution, 'Failed').map(({ customer, problem }) => [customer, problem]),
				[['Nobody', 'Message is empty']],
			);
		});

		test('chat with a session remembers, and a visitor cannot reach another session', async () => {
			const example = withCredential(await readExample('chat-with-session.json'), stage.credential);
			const webhookId = `chat-${Date.now()}`;
			const nodes = example.nodes.map((each) => (each.webhookId ? { ...each, webhookId } : each));
			const workflow = await stage.client.createWorkflow({ ...example, nodes });
			await stage.client.activate(workflow.id);
			const say = async (sessionId: string, chatInput: string) => {
				const answer = await postWhenReady(`${stage.server.url}/webhook/${webhookId}/chat`, {
					action: 'sendMessage',
					sessionId,
					chatInput,
				});
				return ((await answer.json()) as { output: string }).output;
			};
			assert.equal(await say('visitor-1', 'My name is Ada'), 'You said: My name is Ada');
			assert.match(await say('visitor-1', 'Who am I?'), /turn 2; before that: My name is Ada/);
			await say('main', 'x');
			await say('agent:research:main', 'x');
			const sessions = stage.sandbox.agent.runs.map(({ session }) => session).filter(Boolean);
			assert.ok(sessions.includes('agent:main:n8n-chat-main'));
			assert.ok(sessions.includes('agent:main:n8n-chat-agent:research:main'));
			assert.ok(!sessions.includes('agent:main:main') && !sessions.includes('agent:research:main'));
			await stage.client.deactivate(workflow.id);
		});
	});

	// last: everything above has run, with faults that quote both tokens
	test('no planted secret stands in the database, the logs or any other file of n8n', async () => {
		await stage.server.stop();
		const folder = dirname(stage.server.logFile);
		assert.deepEqual(await filesWithSecrets(folder), []);
		// the search itself must be able to find one
		await writeFile(join(folder, 'control.txt'), stage.credentialData.apiToken ?? '');
		assert.deepEqual(await filesWithSecrets(folder), [join(folder, 'control.txt')]);
	});
});
