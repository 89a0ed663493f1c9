import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { readExample } from '../../scripts/examples.mts';
import type { N8nWorker } from '../../scripts/n8n/server.mts';
import { fanOut, readTable } from './fanOut.mts';
import { type QueueServices, startQueueServices } from './queueServices.mts';
import { agentAiNode, chain, node, openStage, postWhenReady, rowNodes, type Stage, until } from './support.mts';

const ROWS = 1_000;
/** Rows that the example sends in one job. */
const CHUNK = 20;
/** Jobs that a worker runs at once. */
const CONCURRENCY = 5;

describe('the fan-out example: PostgreSQL, Redis, a main process and two workers', () => {
	let services: QueueServices;
	let stage: Stage;
	const workers: N8nWorker[] = [];

	before(async () => {
		services = await startQueueServices();
		stage = await openStage({ latencyMs: 100, rateLimit: 150, rateWindowMs: 5_000 }, services.env);
		for (let worker = 0; worker < 2; worker++) workers.push(await stage.server.startWorker(CONCURRENCY));
	});

	after(async () => {
		await stage.close();
		await services.close();
	});

	test('two workers, batches of 100 each: within the limit of the account that they share', async () => {
		const path = `batch-${crypto.randomUUID()}`;
		const rows = Array.from({ length: 100 }, (_, row) => ({ prompt: `shared ${row}` }));
		const { id } = await stage.client.createWorkflow({
			name: 'batch of a worker',
			...chain(
				node(
					'Webhook',
					'n8n-nodes-base.webhook',
					{ path, httpMethod: 'POST', responseMode: 'lastNode' },
					{ typeVersion: 2, webhookId: path },
				),
				...rowNodes(rows),
				agentAiNode(stage),
			),
		});
		await stage.client.activate(id);
		await Promise.all(Array.from({ length: 4 }, async () => await (await postWhenReady(`${stage.server.url}/webhook/${path}`, {})).text()));
		await stage.client.deactivate(id);
		const { refused } = stage.sandbox.rateLimit!;
		console.log(`${refused} of ${400 + refused} requests refused`);
		assert.equal(stage.sandbox.agent.runs.length, 400);
		assert.ok(refused <= 0.05 * (400 + refused), `${refused} of ${400 + refused} requests were refused`);
		stage.sandbox.agent.runs.length = 0;
		stage.sandbox.rateLimit!.refused = 0;
	});

	test('1,000 rows, and one worker killed in mid-run: every row is answered, and only what was in flight on it is sent twice', async () => {
		const workflow = await stage.client.createWorkflow(
			fanOut(await readExample('fan-out-large-table.json'), {
				credential: stage.credential,
				rows: ROWS,
				everySeconds: 5,
				lostAfterSeconds: 30,
			}),
		);
		assert.equal((await stage.client.run(workflow.id, 'Fill with samples')).status, 'success');
		await stage.client.activate(workflow.id);

		const { runs } = stage.sandbox.agent;
		await until('a third answered', () => Promise.resolve(runs.length >= ROWS / 3 || undefined), 120_000);
		await workers[0]!.stop('SIGKILL');

		const table = readTable(stage.client);
		await until('no row pending or queued', async () => ((await table.count('pending', 'queued')) === 0 ? true : undefined), 300_000);
		await stage.client.deactivate(workflow.id);

		assert.equal(await table.count('answered'), ROWS);
		const sent = runs.map(({ message }) => message);
		assert.equal(new Set(sent).size, ROWS);
		assert.ok(sent.length - ROWS <= CONCURRENCY * CHUNK, `${sent.length - ROWS} rows were sent twice`);
		const { refused } = stage.sandbox.rateLimit!;
		console.log(`${sent.length - ROWS} rows sent twice, ${refused} of ${sent.length + refused} requests refused`);
		assert.ok(refused <= 0.05 * (sent.length + refused), `${refused} of ${sent.length + refused} requests were refused`);
	});
});
