import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { readExample, withCredential } from '../../scripts/examples.mts';
import { outputOf } from '../../scripts/n8n/client.mts';
import { AGENT_AI, agentAiNode, chain, filesWithSecrets, node, openStage, type Stage } from './support.mts';

interface ListResult {
	results: { name: string; value: string; description?: string }[];
}

describe('the OpenClaw pack and the other actions in a real n8n', () => {
	let stage: Stage;

	before(async () => {
		stage = await openStage();
		// a credential without an instance: Automatic asks agent.ai
		stage.credential = await stage.client.createCredential('Account only', { ...stage.credentialData, instanceIp: '', authToken: '' });
	});

	after(async () => {
		await stage.close();
	});

	const dynamic = async <T,>(kind: string, methodName: string, currentNodeParameters: object, more: object = {}): Promise<T> =>
		await stage.client.request<T>('POST', `/rest/dynamic-node-parameters/${kind}`, {
			path: 'parameters.any',
			nodeTypeAndVersion: { name: AGENT_AI, version: 1 },
			currentNodeParameters,
			credentials: { agentAiApi: stage.credential },
			methodName,
			...more,
		});
	const list = async (methodName: string, parameters: object = {}, filter?: string) =>
		await dynamic<ListResult>('resource-locator-results', methodName, { instance: 'automatic', ...parameters }, filter ? { filter } : {});

	test('agents and sessions are listed through the account’s own instance', async () => {
		assert.deepEqual((await list('searchOpenClawAgents')).results, [{ name: 'main', value: 'main' }]);
		const workflow = await stage.client.createWorkflow({
			name: 'one turn',
			...chain(
				node('Start', 'n8n-nodes-base.manualTrigger'),
				agentAiNode(stage, { message: 'hi', session_key: { __rl: true, mode: 'id', value: 'conv1' } }),
			),
		});
		assert.equal((await stage.client.run(workflow.id, 'Start')).status, 'success');
		assert.deepEqual((await list('searchSessions')).results, [{ name: 'agent:main:conv1', value: 'agent:main:conv1' }]);
		assert.equal(stage.sandbox.actions.filter(({ name }) => name === 'openclaw_get_details').length, 1, 'the instance is asked for once');
	});

	test('a list that the instance refuses says so, and how to go on', async () => {
		stage.sandbox.options.forbiddenTools = ['agents_list', 'sessions_list'];
		await assert.rejects(list('searchOpenClawAgents'), /The tool is not available on the OpenClaw instance/);
		stage.sandbox.options.forbiddenTools = [];
	});

	test('a list for an instance defined by expression says what it needs', async () => {
		await assert.rejects(
			list('searchOpenClawAgents', { instance: 'defineBelow', instance_ip: '={{ $json.ip }}', auth_token: 'x' }),
			/cannot use expressions/,
		);
	});

	test('tools and actions are listed and searched', async () => {
		assert.ok((await list('searchTools')).results.some(({ value }) => value === 'sessions_list'));
		const all = (await list('searchActions')).results;
		assert.ok(all.length >= 30);
		assert.ok(!all.some(({ value }) => value.startsWith('openclaw_')));
		assert.deepEqual(
			(await list('searchActions', {}, 'mailbox')).results.map(({ value, description }) => [value, description]),
			[['sandbox_mailbox_check', 'Count the e-mails of another mailbox']],
		);
	});

	test('the fields of an action follow its schema', async () => {
		const { fields } = await dynamic<{ fields: Record<string, unknown>[] }>('resource-mapper-fields', 'getActionInputs', {
			resource: 'action',
			operation: 'run',
			actionName: { __rl: true, mode: 'list', value: 'sandbox_search' },
		});
		assert.deepEqual(
			fields.map(({ id, type, required, defaultValue }) => [id, type, required, defaultValue]),
			[
				['query', 'string', true, undefined],
				['results', 'options', false, 5],
				['since', 'dateTime', false, undefined],
				// what has a default needs not be filled in
				['output_variable_name', 'string', false, 'search'],
			],
		);
	});

	test('example: find the instance and chat', async () => {
		const workflow = await stage.client.createWorkflow(withCredential(await readExample('find-instance-and-chat.json'), stage.credential));
		const execution = await stage.client.run(workflow.id, 'When clicking Execute workflow');
		assert.equal(execution.status, 'success');
		assert.ok(!('auth_token' in (outputOf(execution, 'Get Details')[0]?.openclaw as object)));
		assert.match(JSON.stringify(outputOf(execution, 'Chat')), /You run at 127\.0\.0\.1 and your state is running/);
	});

	test('example: run another action on the answers', async () => {
		const workflow = await stage.client.createWorkflow(withCredential(await readExample('run-action-on-answers.json'), stage.credential));
		const execution = await stage.client.run(workflow.id, 'When clicking Execute workflow');
		assert.equal(execution.status, 'success');
		assert.deepEqual(
			outputOf(execution, 'Format Text').map(({ topic, formatted_text }) => [topic, formatted_text]),
			[
				['rate limits', 'You said: Explain rate limits in one sentence'],
				['retries', 'You said: Explain retries in one sentence'],
				['sessions', 'You said: Explain sessions in one sentence'],
			],
		);
	});

	// last: the token that agent.ai named must be in no file either
	test('no planted secret stands in any file of n8n', async () => {
		await stage.server.stop();
		assert.deepEqual(await filesWithSecrets(dirname(stage.server.logFile)), []);
	});
});
