import { after, before, describe, test } from 'node:test';

import { Sandbox } from '../../sandbox/server.mts';
import { readExample, withCredential } from '../../scripts/examples.mts';
import { answerTable, doneIn, fanOut, killMain, nightly, readTable } from './fanOut.mts';
import { API_TOKEN, AUTH_TOKEN, openStage, type Stage } from './support.mts';

describe('the examples with a table of prompts on one n8n with SQLite, which is killed', () => {
	let stage: Stage;

	before(async () => {
		// 20 a minute, fifteen times as fast
		stage = await openStage({ latencyMs: 500, rateLimit: 20, rateWindowMs: 4_000 });
	});

	after(async () => await stage.close());

	const death = (chunk: number) => async (workflowId: string) => await killMain(stage, workflowId, chunk);

	test('the fan-out example at a limit: no row is lost, and only what was in flight is sent twice', async () => {
		const [rows, name] = [150, 'limited'];
		const times = { everySeconds: 5, runSeconds: 25, leaseSeconds: 90, limitWaitSeconds: 20 };
		await answerTable(stage, {
			sandbox: stage.sandbox,
			workflow: fanOut(await readExample('fan-out-large-table.json'), { rows, table: name, credential: stage.credential, ...times }),
			rows,
			name,
			...doneIn(readTable(stage, name)),
			deaths: [death(10)],
		});
	});

	test('the nightly batch, killed twice, with runs that overlap: the same', async () => {
		const [rows, name] = [60, 'prompts'];
		const sandbox = await Sandbox.start({ apiToken: API_TOKEN, authToken: AUTH_TOKEN, latencyMs: 1_000 });
		const credential = await stage.client.createCredential('Another', { ...stage.credentialData, baseUrl: sandbox.baseUrl });
		const example = withCredential(await readExample('nightly-batch.json'), credential);
		await answerTable(stage, {
			sandbox,
			workflow: nightly(example, { rows, everySeconds: 10, leaseSeconds: 60 }),
			rows,
			name: 'nightly',
			...doneIn(readTable(stage, name)),
			deaths: [death(5), death(5)],
		});
		await sandbox.close();
	});
});
