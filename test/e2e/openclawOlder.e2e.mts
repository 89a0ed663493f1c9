import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { OLDER_OPENCLAW_VERSION } from '../../scripts/openclaw/install.mts';
import { asked, type OpenClawStage, openOpenClawStage, run, typed, workflowOf } from './openclawStage.mts';
import { until } from './support.mts';

const said = (text: string) => `You said: ${text}`;

describe(`the node on OpenClaw ${OLDER_OPENCLAW_VERSION} with one agent`, () => {
	let stage: OpenClawStage;

	before(async () => {
		stage = await openOpenClawStage({ version: OLDER_OPENCLAW_VERSION, agents: ['main'], chatEndpoint: false });
	});

	after(async () => {
		await stage.close();
	});

	test('a chat endpoint that is not enabled is named, and how to enable it', async () => {
		const { errors } = await run(stage, {});
		assert.match(errors[0] ?? '', /chat endpoint|gateway/);
		await stage.openClaw.gateway.configure({ chatEndpoint: true });
		await stage.openClaw.gateway.warmUp();
	});

	test('chat, streamed and not', async () => {
		assert.deepEqual((await run(stage, {})).texts, [said('hello')]);
		assert.deepEqual((await run(stage, { options: { stream: true } }, [{ prompt: 'one two' }])).texts, [said('one two')]);
	});

	test('openclaw/default is the agent', async () => {
		assert.deepEqual((await run(stage, { options: { model: 'openclaw/default' } })).texts, [said('hello')]);
	});

	test('earlier messages and sessions', async () => {
		const messages_json = '[{"role":"user","content":"I am Ada"},{"role":"assistant","content":"Hello Ada"}]';
		const earlier = await run(stage, { options: { messages_json } }, [{ prompt: 'Who am I?' }]);
		assert.deepEqual(earlier.texts, ['You said: Who am I? (turn 2; before that: I am Ada)']);
		const { texts } = await run(stage, { session_key: typed('talk'), options: { maxConcurrency: 5 } }, [
			{ prompt: 'one' },
			{ prompt: 'two' },
		]);
		assert.deepEqual(texts, [said('one'), 'You said: two (turn 2; before that: one)']);
	});

	test('tools', async () => {
		const invoke = async (tool: string) =>
			await run(stage, { operation: 'invokeTool', tool: typed(tool), output_variable_name: 'tool_result', session_key: typed('main') });
		// this version shows a session its own descendants only, which are none
		assert.match(JSON.stringify((await invoke('sessions_list')).items[0]), /"count":0/);
		assert.match(JSON.stringify((await invoke('agents_list')).items[0]), /"requester":"main"/);
		assert.match((await invoke('sessions_send')).errors[0] ?? '', /not available/);
	});

	test('a wrong token and an unknown agent', async () => {
		const wrong = { instance: 'defineBelow', instance_ip: stage.openClaw.gateway.address, auth_token: 'not-the-token' };
		assert.match((await run(stage, wrong)).errors[0] ?? '', /did not accept its auth token/);
		assert.match((await run(stage, { agent_id: typed('nobody') })).errors[0] ?? '', /Unknown agent|nobody/);
	});

	test('Stop reaches the model', async () => {
		const id = await workflowOf(stage, {}, [{ prompt: '[[delay 60000]] stop me' }]);
		const executionId = await stage.client.startRun(id, 'Start');
		const call = await asked(stage, 'stop me');
		await stage.client.stopExecution(executionId);
		await until('the model to be left', () => Promise.resolve(call.abandoned || undefined), 10_000);
	});
});
