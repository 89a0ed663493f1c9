import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import type { ChatBody } from '../../sandbox/server.mts';
import { outputOf } from '../../scripts/n8n/client.mts';
import { startQueueServices } from './queueServices.mts';
import { runOnSchedule } from './scheduled.mts';
import { agentAiNode, node, openStage, rowNodes, type Stage } from './support.mts';

const ROWS = 10_000;
/** *Timeout Workflow*. */
const TIMEOUT_S = 25;
const STALLED = 'stalled';

/** Where n8n saves an execution, and the process that runs it. */
const HOSTS: [database: 'SQLite' | 'PostgreSQL', runsIn: 'main' | 'worker'][] = [
	['SQLite', 'main'],
	['SQLite', 'worker'],
	['PostgreSQL', 'main'],
	['PostgreSQL', 'worker'],
];

/** Requests under way at the end, and those of them that have been from the beginning. */
const [AT_ONCE, STALLED_ROWS] = [20, 3];

interface Row {
	row: number;
	prompt: string;
	error?: { message: string; description: string; sendAgain?: boolean };
}

for (const [database, runsIn] of HOSTS) {
	describe(`Timeout Workflow, 10,000 rows and requests under way: ${database}, in the ${runsIn} process`, () => {
		let stage: Stage;
		const closing: (() => Promise<void>)[] = [];

		before(async () => {
			const services = database === 'SQLite' && runsIn === 'main' ? undefined : await startQueueServices();
			if (services) closing.push(async () => await services.close());
			const wanted = Object.entries(services?.env ?? {}).filter(([name]) =>
				name.startsWith('DB_') ? database === 'PostgreSQL' : runsIn === 'worker',
			);
			const fault = ({ message }: ChatBody) => (message === STALLED ? 'stall' : undefined);
			stage = await openStage({ latencyMs: 100, fault }, Object.fromEntries(wanted));
			closing.push(async () => await stage.close());
			if (runsIn === 'worker') await stage.server.startWorker();
		});

		after(async () => {
			for (const close of closing.reverse()) await close();
		});

		for (const onError of ['continueRegularOutput', 'continueErrorOutput']) {
			test(`${onError}: the answers are saved, and each other row says what became of it`, async () => {
				stage.sandbox.agent.runs.length = 0;
				const rows = Array.from({ length: ROWS }, (_, row): Row => ({ row, prompt: row < STALLED_ROWS ? STALLED : `row ${row}` }));
				const parameters = { options: { maxConcurrency: AT_ONCE, includeInputFields: true } };
				const nodes = [...rowNodes(rows), agentAiNode(stage, parameters, { onError }), node('Behind', 'n8n-nodes-base.noOp')];
				const { executionId } = await runOnSchedule(stage, nodes, { executionTimeout: TIMEOUT_S });
				const execution = await stage.client.finished(executionId);
				const items = [0, 1].flatMap((output) => outputOf(execution, 'Agent.ai', output)) as unknown as Row[];
				const sent = stage.sandbox.agent.runs.map(({ message }) => message);
				const answered = items.filter(({ error }) => !error);
				const unsent = items.filter(({ error }) => error?.sendAgain);
				const underWay = items.filter(({ error }) => error && !error.sendAgain);
				console.log(`${execution.status}: ${answered.length} answered, ${underWay.length} under way, ${unsent.length} not sent`);

				assert.equal(execution.status, 'success');
				assert.deepEqual(
					items.map(({ row }) => row).sort((a, b) => a - b),
					rows.map(({ row }) => row),
				);
				if (onError === 'continueRegularOutput') assert.ok(items.every(({ row }, index) => row === index));
				assert.equal(outputOf(execution, 'Behind').length, onError === 'continueRegularOutput' ? ROWS : answered.length);
				// none was sent twice, and what is told as not sent was not
				const wasSent = new Set(sent);
				assert.equal(wasSent.size + STALLED_ROWS - 1, sent.length);
				assert.ok(answered.length > 0 && answered.every(({ prompt }) => wasSent.has(prompt)));
				assert.ok(underWay.length >= STALLED_ROWS && underWay.length <= AT_ONCE, `${underWay.length} were under way`);
				for (const { error } of underWay) assert.match(error!.description, /was running when the execution ended: the agent may have done/);
				for (const { prompt, error } of unsent) {
					assert.match(error!.description, /This item was not sent/);
					assert.ok(!wasSent.has(prompt), `${prompt} is told as not sent`);
				}
			});
		}
	});
}
