import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Sandbox } from '../../sandbox/server.mts';
import { readExample, withCredential } from '../../scripts/examples.mts';
import { type Execution, nodeRuns, type WorkflowJson } from '../../scripts/n8n/client.mts';
import { API_TOKEN, AUTH_TOKEN, openStage, OWNER, type Stage, until } from './support.mts';

/** Longer than the example's Max Wait, and than the 65 s for which n8n's Wait stays in memory. */
const DAY_MS = 90_000;
const LIMIT = 6;
const TRIGGER = 'Every night';

describe('the example whose rows wait for the limit in n8n', () => {
	let stage: Stage;

	before(async () => {
		stage = await openStage({ rateLimit: LIMIT, rateWindowMs: DAY_MS });
	});

	after(async () => await stage.close());

	/** The example with other rows, and other values of its nodes. */
	async function example(rows: object[], credential = stage.credential, options: object = {}): Promise<WorkflowJson> {
		const workflow = withCredential(await readExample('batch-beyond-limit.json'), credential);
		const nodes = workflow.nodes.map((each) => {
			if (each.name === 'Rows') return { ...each, parameters: { ...each.parameters, jsonOutput: JSON.stringify({ rows }) } };
			if (each.name !== 'Agent.ai') return each;
			return { ...each, parameters: { ...each.parameters, options: { ...(each.parameters.options as object), ...options } } };
		});
		return { ...workflow, nodes };
	}

	/** What has left at a node in all rounds. */
	const all = (execution: Execution, name: string, output = 0) =>
		nodeRuns(execution, name).flatMap(({ data }) => (data?.main?.[output] ?? []).map(({ json }) => json));

	test('n8n is restarted while it waits: every row is answered once, with its fields and without an earlier error', async () => {
		const rows = Array.from({ length: 10 }, (_, row) => ({ customer: `customer ${row}`, prompt: row === 3 ? '' : `greet ${row}` }));
		const { id } = await stage.client.createWorkflow(await example(rows));
		const executionId = await stage.client.startRun(id, TRIGGER);
		const isWaiting = async () => (await stage.client.execution(executionId)).status === 'waiting' || undefined;
		await until('the execution waits', isWaiting);
		const sentBefore = stage.sandbox.actions.length;
		await stage.server.restart();
		stage.client = await stage.server.client(OWNER);
		assert.ok(await isWaiting(), 'it still waits after the restart');
		assert.equal(stage.sandbox.actions.length, sentBefore);

		const execution = await stage.client.finished(executionId);
		assert.equal(execution.status, 'success');
		assert.equal(nodeRuns(execution, 'Agent.ai').length, 2);
		const answered = all(execution, 'Agent.ai');
		const names = (items: Record<string, unknown>[]) => items.map(({ customer }) => customer);
		assert.deepEqual(names(answered), names(rows.filter(({ prompt }) => prompt !== '')));
		for (const item of answered) assert.ok(!('error' in item), JSON.stringify(item));
		assert.deepEqual(names(all(execution, 'Answered')), names(answered));
		const failed = all(execution, 'Failed');
		assert.deepEqual(names(failed), ['customer 3']);
		assert.match(String(failed[0]?.problem), /Message is empty/);
		assert.equal(stage.sandbox.agent.runs.length, 9);
		assert.ok(stage.sandbox.rateLimit!.refused <= 1);
	});

	test('a round saves some 350 bytes and three times its own fields for each row that waits', async () => {
		const sandbox = await Sandbox.start({ apiToken: API_TOKEN, authToken: AUTH_TOKEN, rateLimit: 50, rateWindowMs: 2_000 });
		const credential = await stage.client.createCredential('Short day', { ...stage.credentialData, baseUrl: sandbox.baseUrl });
		const rows = Array.from({ length: 200 }, (_, row) => ({ customer: `customer ${row}`, prompt: `greet ${row}` }));
		const bytesOf = async (options: object) => {
			const { id } = await stage.client.createWorkflow(await example(rows, credential, options));
			const execution = await stage.client.run(id, TRIGGER);
			assert.equal(all(execution, 'Answered').length, rows.length);
			const waits = all(execution, 'Wait').length;
			return { waits, rounds: nodeRuns(execution, 'Agent.ai').length, bytes: execution.data.length };
		};
		const plain = await bytesOf({ maxRateLimitWait: 60 });
		const inRounds = await bytesOf({ maxRateLimitWait: 0 });
		await sandbox.close();
		const perWait = (inRounds.bytes - plain.bytes) / inRounds.waits - 3 * JSON.stringify(rows[100]).length;
		console.log(`${Math.round(perWait)} bytes beside its fields, for each row that waits and round`);
		assert.equal(plain.rounds, 1);
		assert.ok(inRounds.rounds > 2);
		assert.ok(perWait < 500, `${perWait} bytes`);
	});
});
