import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { readExample, withCredential } from '../../scripts/examples.mts';
import { answerTable, doneIn, killMain, nightly, readTable } from './fanOut.mts';
import { Front } from './front.mts';
import { API_TOKEN, openStage, type Stage, until } from './support.mts';

const [ROWS, AT_ONCE] = [80, 5];
/** Takes the place of the one that is revoked. */
const NEW_TOKEN = 'planted-api-token-e2e-1147';
/** Five minutes, fifteen times as fast, as the limit is. */
const AWAY_MS = 20_000;

describe('the nightly batch in a night with trouble', () => {
	let stage: Stage;
	let front: Front;

	before(async () => {
		stage = await openStage({ latencyMs: 500, rateLimit: 20, rateWindowMs: 4_000, accounts: [NEW_TOKEN] });
		front = await Front.start(stage.sandbox.origin);
	});

	after(async () => {
		await front.close(true);
		await stage.close();
	});

	test('a limit, an outage, a revoked token and a killed n8n: no row is lost, and only what was in flight on n8n is sent twice', async () => {
		const data = { ...stage.credentialData, baseUrl: `${front.origin}/v1` };
		const credential = await stage.client.createCredential('Night', data);
		const outage = async () => {
			await front.close();
			await sleep(AWAY_MS);
			await front.open();
			return 0;
		};
		const revokedToken = async (workflowId: string) => {
			const before = await stage.client.executions(workflowId);
			const underWay = before.filter(({ status }) => status === 'running').length;
			let refused = 0;
			stage.sandbox.options.onRequest = (line) => (refused += line.endsWith('→ 401') ? 1 : 0);
			stage.sandbox.revoke(API_TOKEN);
			await until('the token to be refused', () => Promise.resolve(refused > 0 || undefined));
			await sleep(AWAY_MS);
			await stage.client.request('PATCH', `/rest/credentials/${credential.id}`, {
				...credential,
				type: 'agentAiApi',
				data: { ...data, apiToken: NEW_TOKEN },
			});
			const begun = (await stage.client.executions(workflowId)).length - before.length;
			const what = `${refused} requests with the revoked token, ${underWay} executions under way and ${begun} begun meanwhile`;
			console.log(what);
			// what was in flight, and one of each execution that begins
			assert.ok(refused <= AT_ONCE * underWay + begun, what);
			return 0;
		};
		const example = withCredential(await readExample('nightly-batch.json'), credential);
		await answerTable(stage, {
			sandbox: stage.sandbox,
			workflow: nightly(example, { rows: ROWS, everySeconds: 10, leaseSeconds: 60 }),
			rows: ROWS,
			name: 'night',
			...doneIn(readTable(stage, 'prompts')),
			deaths: [outage, revokedToken, async (workflowId) => await killMain(stage, workflowId, AT_ONCE)],
		});
	});
});
