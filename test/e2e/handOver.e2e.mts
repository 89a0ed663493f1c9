/** Answers that go to another workflow while the batch still runs: n8n is killed in the middle, and a workflow waits, in each n8n that people run. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import type { Fault } from '../../sandbox/faults.mts';
import { type Execution, nodeRuns, outputOf, type WorkflowNode } from '../../scripts/n8n/client.mts';
import { n8nVersions } from '../../scripts/n8n/install.mts';
import { NodeCatalogue } from './nodeCatalogue.mts';
import { agentAiNode, chain, node, openStage, OWNER, postWhenReady, rowNodes, type Stage, until } from './support.mts';

const prompts = (count: number) => Array.from({ length: count }, (_, row) => ({ prompt: `row ${row}` }));
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const TABLE = { __rl: true, mode: 'name', value: 'answers' };
const to = (id: string) => ({ __rl: true, mode: 'id', value: id });
const [newest = '', ...older] = await n8nVersions();

/** A Data Table node on the table of answers. */
const tableNode = (name: string, operation: string, parameters: object) =>
	node(
		name,
		'n8n-nodes-base.dataTable',
		{ resource: 'row', operation, dataTableId: TABLE, matchType: 'allConditions', options: {}, ...parameters },
		{ typeVersion: 1.1 },
	);

const whose = (prompt: string) => ({ filters: { conditions: [{ keyName: 'prompt', condition: 'eq', keyValue: prompt }] } });

describe(`a batch that hands its answers over, n8n ${newest}`, () => {
	let stage: Stage;
	let fault: (message: string) => Fault | undefined = () => undefined;

	before(async () => {
		stage = await openStage({ fault: ({ message }) => fault(message ?? ''), latencyMs: 400 }, {}, newest);
	});

	after(async () => await stage.close());

	const save = async (name: string, ...nodes: WorkflowNode[]) => (await stage.client.createWorkflow({ name, ...chain(...nodes) })).id;
	const start = () => node('Start', 'n8n-nodes-base.manualTrigger');
	const called = () => node('Called', 'n8n-nodes-base.executeWorkflowTrigger', { inputSource: 'passthrough' }, { typeVersion: 1.1 });

	test('killed in the middle, the table holds what was answered, and only the rest is sent again', async () => {
		const columns = ['prompt', 'answer'].map((name) => ({ name, type: 'string' }));
		const make = node(
			'Table',
			'n8n-nodes-base.dataTable',
			{ resource: 'table', operation: 'create', tableName: 'answers', columns: { column: columns }, options: { createIfNotExists: true } },
			{ typeVersion: 1.1 },
		);
		assert.equal((await stage.client.run(await save('make the table', start(), make), 'Start')).status, 'success');
		const value = { prompt: '={{ $json.prompt }}', answer: '={{ $json.openclaw_result.response_text }}' };
		const schema = columns.map(({ name, type }) => ({ id: name, displayName: name, type, display: true, required: false }));
		const write = tableNode('Write', 'upsert', { ...whose('={{ $json.prompt }}'), columns: { mappingMode: 'defineBelow', value, schema } });
		const table = await save('write answers', called(), write);
		await stage.client.activate(table);
		const hook = node(
			'Webhook',
			'n8n-nodes-base.webhook',
			{ path: 'fill', httpMethod: 'POST', responseMode: 'onReceived' },
			{ webhookId: 'fill', typeVersion: 2 },
		);
		const missing = tableNode('Missing', 'rowNotExists', whose('={{ $json.prompt }}'));
		const options = { handOverTo: to(table), handOverEvery: 5, maxConcurrency: 3, includeInputFields: true };
		const parent = await save('fill the table', hook, ...rowNodes(prompts(60)), missing, agentAiNode(stage, { options }));
		await stage.client.activate(parent);
		const look = await save('look', start(), tableNode('Rows', 'get', { filters: {}, returnAll: true }));
		const rows = async () => outputOf(await stage.client.run(look, 'Start'), 'Rows').map(({ prompt, answer }) => [prompt, answer]);
		const { runs } = stage.sandbox.agent;

		await postWhenReady(`${stage.server.url}/webhook/fill`, {});
		await until('half of the rows answered', () => Promise.resolve(runs.length >= 30 || undefined), 120_000);
		await stage.server.killMain();
		const paid = runs.length;
		await stage.server.bootMain();
		stage.client = await stage.server.client(OWNER);
		const saved = (await rows()).map(([prompt]) => prompt as string);
		console.log(`killed after ${paid} answers: the table holds ${saved.length}`);
		assert.ok(saved.length >= 5 && saved.length <= paid, `${saved.length} of ${paid} answers are saved`);

		await postWhenReady(`${stage.server.url}/webhook/fill`, {});
		const filled = await until(
			'the table filled',
			async () => {
				const all = await rows();
				return all.length >= 60 ? all : undefined;
			},
			240_000,
		);
		assert.deepEqual(
			filled.sort(),
			prompts(60)
				.map(({ prompt }) => [prompt, `You said: ${prompt}`])
				.sort(),
		);
		console.log(`paid for twice: ${runs.length - 60} of 60 rows`);
		assert.equal(runs.length - 60, paid - saved.length);
		for (const prompt of saved) assert.equal(runs.filter(({ message }) => message === prompt).length, 1, `${prompt} was sent again`);
	});

	test('Stop hands over what is left', async () => {
		const table = await save('take', called());
		fault = (message) => (message === 'row 8' ? 'stall' : undefined);
		const options = { handOverTo: to(table), maxConcurrency: 1 };
		const parent = await save('to be stopped', start(), ...rowNodes(prompts(20)), agentAiNode(stage, { options }));
		const sent = stage.sandbox.requests.length;
		const execution = await stage.client.startRun(parent, 'Start');
		await until('eight rows answered', () => Promise.resolve(stage.sandbox.requests.length === sent + 9 || undefined));
		assert.deepEqual(await stage.client.executions(table), []);
		await stage.client.stopExecution(execution);
		const [sub] = await until('a hand-over', async () => {
			const all = await stage.client.executions(table);
			return all.some(({ status }) => status === 'success') ? all : undefined;
		});
		const items = outputOf(await stage.client.finished(sub!.id), 'Called');
		assert.deepEqual(
			items.map(({ itemIndex }) => itemIndex),
			numbers(8),
		);
		assert.equal((await stage.client.finished(execution)).status, 'canceled');
	});

	test('the workflow itself is refused', async () => {
		const parent = await save(
			'itself',
			start(),
			...rowNodes(prompts(2)),
			agentAiNode(stage, { options: { handOverTo: '={{ $workflow.id }}' } }),
		);
		const sent = stage.sandbox.requests.length;
		const execution = await stage.client.run(parent, 'Start');
		assert.match(nodeRuns(execution, 'Agent.ai')[0]?.error?.message ?? '', /names the workflow in which this node stands/);
		assert.equal(stage.sandbox.requests.length, sent);
	});
});

for (const version of [newest, ...older]) {
	describe(`n8n ${version}, a workflow that waits`, () => {
		let stage: Stage;
		let types: NodeCatalogue;

		before(async () => {
			stage = await openStage({}, {}, version);
			types = await NodeCatalogue.read(stage.client);
		});

		after(async () => await stage.close());

		const isWhole = (execution: Execution) => {
			assert.equal(execution.status, 'success');
			const answers = outputOf(execution, 'Agent.ai').map((json) => (json.openclaw_result as { response_text?: string }).response_text);
			assert.deepEqual(
				answers,
				prompts(12).map(({ prompt }) => `You said: ${prompt}`),
			);
			assert.equal(outputOf(execution, 'After').length, 12);
		};

		test('neither parks the run nor replaces its items, by hand and from a webhook', async () => {
			const called = types.node('Called', 'n8n-nodes-base.executeWorkflowTrigger', { inputSource: 'passthrough' });
			const wait = types.node('Wait', 'n8n-nodes-base.wait', { resume: 'timeInterval', amount: 2, unit: 'hours' }, 'wait');
			const sub = await stage.client.createWorkflow({ name: 'waits', ...chain(called, wait) });
			await stage.client.activate(sub.id);
			const after = types.node('After', 'n8n-nodes-base.noOp', {});
			const agent = agentAiNode(stage, { options: { handOverTo: to(sub.id) } });
			const byHand = await stage.client.createWorkflow({
				name: 'by hand',
				...chain(node('Start', 'n8n-nodes-base.manualTrigger'), ...rowNodes(prompts(12)), agent, after),
			});
			isWhole(await stage.client.run(byHand.id, 'Start'));
			const hook = types.node(
				'Webhook',
				'n8n-nodes-base.webhook',
				{ path: 'waits', httpMethod: 'POST', responseMode: 'lastNode' },
				'waits',
			);
			const live = await stage.client.createWorkflow({ name: 'live', ...chain(hook, ...rowNodes(prompts(12)), agent, after) });
			await stage.client.activate(live.id);
			const answer = await postWhenReady(`${stage.server.url}/webhook/waits`, {});
			assert.equal(answer.status, 200);
			const [execution] = await until('the execution', async () => {
				const all = await stage.client.executions(live.id);
				return all.some(({ status }) => status === 'success') ? all : undefined;
			});
			isWhole(await stage.client.finished(execution!.id));
			const waiting = await stage.client.executions(sub.id);
			assert.deepEqual(
				waiting.map(({ status }) => status),
				['waiting', 'waiting', 'waiting', 'waiting'],
			);
			const taken = await Promise.all(waiting.map(async ({ id }) => outputOf(await stage.client.execution(id), 'Called')));
			assert.deepEqual(
				taken
					.flat()
					.map(({ itemIndex }) => Number(itemIndex))
					.sort((a, b) => a - b),
				[...numbers(12), ...numbers(12)].sort((a, b) => a - b),
			);
		});
	});
}
