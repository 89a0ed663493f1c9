import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Sandbox } from '../../sandbox/server.mts';
import { readExample } from '../../scripts/examples.mts';
import type { N8nWorker } from '../../scripts/n8n/server.mts';
import { answerTable, doneIn, fanOut, readTable } from './fanOut.mts';
import { type QueueServices, startQueueServices } from './queueServices.mts';
import { agentAiNode, API_TOKEN, AUTH_TOKEN, chain, node, openStage, OWNER, postWhenReady, rowNodes, type Stage } from './support.mts';

/** Rows that a run of the example claims at a time. */
const CHUNK = 10;
/** Executions that a worker runs at once. */
const CONCURRENCY = 5;

describe('the fan-out example: PostgreSQL, Redis, a main process and two workers', () => {
	let services: QueueServices;
	let stage: Stage;
	let limited: Sandbox;
	let unlimited: Sandbox;
	const workers: N8nWorker[] = [];

	before(async () => {
		services = await startQueueServices();
		stage = await openStage({ latencyMs: 100, rateLimit: 150, rateWindowMs: 5_000 }, services.env);
		// 20 a minute, fifteen times as fast
		limited = await Sandbox.start({ apiToken: API_TOKEN, authToken: AUTH_TOKEN, latencyMs: 500, rateLimit: 20, rateWindowMs: 4_000 });
		unlimited = await Sandbox.start({ apiToken: API_TOKEN, authToken: AUTH_TOKEN, latencyMs: 1_000 });
		for (let worker = 0; worker < 2; worker++) workers.push(await stage.server.startWorker(CONCURRENCY));
	});

	after(async () => {
		await stage.close();
		await limited.close();
		await unlimited.close();
		await services.close();
	});

	/** Kills something as a power failure would, and brings it back; gives the most rows that were in flight on it. */
	const deaths = {
		worker: async () => {
			await workers.shift()!.stop('SIGKILL');
			workers.push(await stage.server.startWorker(CONCURRENCY));
			return CONCURRENCY * CHUNK;
		},
		main: async () => {
			await stage.server.killMain();
			await stage.server.bootMain();
			stage.client = await stage.server.client(OWNER);
			return 0;
		},
		redis: async () => {
			await services.crash('redis');
			return 0;
		},
		postgres: async () => {
			await services.crash('postgres');
			return workers.length * CONCURRENCY * CHUNK;
		},
	};

	/** A credential for a sandbox of its own. */
	const credentialOf = async (sandbox: Sandbox) =>
		await stage.client.createCredential('Another', { ...stage.credentialData, baseUrl: sandbox.baseUrl });

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
	});

	test('200 rows at a limit, and a worker and PostgreSQL killed: no row is lost, and only what was in flight is sent twice', async () => {
		const [rows, name] = [200, 'limited'];
		const times = { everySeconds: 5, runSeconds: 30, leaseSeconds: 90, limitWaitSeconds: 20 };
		const example = await readExample('fan-out-large-table.json');
		await answerTable(stage, {
			sandbox: limited,
			workflow: fanOut(example, { rows, table: name, credential: await credentialOf(limited), ...times }),
			rows,
			name,
			...doneIn(readTable(stage, name)),
			deaths: [deaths.worker, deaths.postgres],
		});
	});

	test('600 rows without a limit, and a worker, main, Redis and PostgreSQL killed: the same', async () => {
		const [rows, name] = [600, 'unlimited'];
		const times = { everySeconds: 2, runSeconds: 30, leaseSeconds: 60 };
		const example = await readExample('fan-out-large-table.json');
		await answerTable(stage, {
			sandbox: unlimited,
			workflow: fanOut(example, { rows, table: name, credential: await credentialOf(unlimited), ...times }),
			rows,
			name,
			...doneIn(readTable(stage, name)),
			deaths: [deaths.worker, deaths.main, deaths.redis, deaths.postgres],
		});
	});

	test('2,000 rows in a table of one’s own in PostgreSQL, and a worker and PostgreSQL killed: the same', async () => {
		const rows = 2_000;
		const { DB_POSTGRESDB_HOST: host, DB_POSTGRESDB_PORT: port, DB_POSTGRESDB_USER: user } = services.env;
		const postgres = await stage.client.request<{ id: string; name: string }>('POST', '/rest/credentials', {
			name: 'Own',
			type: 'postgres',
			data: { host, port: Number(port), database: 'postgres', user, password: 'trusted', ssl: 'disable' },
		});
		const sandbox = await Sandbox.start({ apiToken: API_TOKEN, authToken: AUTH_TOKEN, latencyMs: 1_000 });
		const times = { everySeconds: 2, runSeconds: 30, leaseSeconds: 60 };
		const example = await readExample('fan-out-postgres.json');
		const count = async (where: string) => Number((await services.query(`SELECT count(*) FROM large_table WHERE ${where}`))[0]);
		await answerTable(stage, {
			sandbox,
			workflow: fanOut(example, { rows, postgres, credential: await credentialOf(sandbox), ...times }),
			rows,
			name: 'own PostgreSQL',
			isOpen: async () => (await count("status IN ('pending', 'sending')")) > 0,
			answered: async () => await count("status = 'answered' AND answer <> ''"),
			deaths: [deaths.worker, deaths.postgres],
		});
		await sandbox.close();
	});
});
