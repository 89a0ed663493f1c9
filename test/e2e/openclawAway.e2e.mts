import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { nodeRuns, outputOf } from '../../scripts/n8n/client.mts';
import { type OpenClawStage, openOpenClawStage, typed, workflowOf } from './openclawStage.mts';
import { until } from './support.mts';

interface Sent {
	row: number;
	prompt: string;
	openclaw_result?: { response_text?: string };
	error?: { message: string; description: string; sendAgain?: boolean };
}

/** Rows at once; the gateway takes a second of a processor for each. */
const AT_ONCE = 3;

/** How a row may be sent; each leaves the gateway in another way when it dies. */
const KINDS = ['plain', 'streamed', 'in a session'] as const;

/** The part of a message by which the model knows its row. */
const nameOf = (prompt: string) => prompt.split(' ').at(-1)!;

describe('a real OpenClaw that is restarted while a batch is under way', () => {
	let stage: OpenClawStage;

	before(async () => {
		stage = await openOpenClawStage({});
	});

	after(async () => {
		await stage.close();
	});

	const calls = () => stage.openClaw.model.calls;

	const rowsOf = (name: string, count: number) =>
		Array.from({ length: count }, (_, row) => {
			const kind = KINDS[row % 3]!;
			const session = kind === 'in a session' ? `${name}-${row % 4}` : '';
			return { row, prompt: `[[delay 200]] ${name}-${String(row).padStart(3, '0')}`, stream: kind === 'streamed', session };
		});

	/** Starts a batch on the error output; gives its execution. */
	const start = async (rows: object[], maxRateLimitWait: number) => {
		const parameters = {
			agent_id: typed('main'),
			session_key: typed('={{ $json.session }}'),
			options: { includeInputFields: true, stream: '={{ $json.stream }}', maxConcurrency: AT_ONCE, maxRateLimitWait },
		};
		return await stage.client.startRun(await workflowOf(stage, parameters, rows, 'continueErrorOutput'), 'Start');
	};

	const callsGrow = async (by: number) => {
		const from = calls().length;
		await until(`${by} more calls of the model`, () => Promise.resolve(calls().length >= from + by || undefined), 300_000);
	};

	const restart = async () => {
		await stage.openClaw.gateway.stop();
		await stage.openClaw.gateway.boot();
		const readyAt = performance.now();
		await callsGrow(1);
		console.log(`${Math.round((performance.now() - readyAt) / 100) / 10} s from its readiness to the next call of the model`);
	};

	/** What became of the rows: each is answered, clearly unsent, or uncertain by name, and none has called the model twice. */
	async function judge(executionId: string, rows: { prompt: string }[]) {
		const execution = await stage.client.finished(executionId, 900_000);
		const items = [0, 1].flatMap((output) => outputOf(execution, 'Agent.ai', output)) as unknown as Sent[];
		const answered = items.filter(({ error }) => !error);
		const unsent = items.filter(({ error }) => error?.sendAgain);
		const uncertain = items.filter(({ error }) => error && !error.sendAgain);
		console.log(`${answered.length} answered, ${unsent.length} not sent, ${uncertain.length} uncertain`);
		console.log(nodeRuns(execution, 'Agent.ai').at(-1)?.hints?.[0]?.message);
		const texts = new Set(uncertain.map(({ error }) => `${error!.message}: ${error!.description}`));
		for (const text of texts) console.log(text);

		assert.equal(new Set(items.map(({ row }) => row)).size, rows.length);
		assert.equal(items.length, rows.length);
		const callsFor = ({ prompt }: { prompt: string }) => calls().filter(({ message }) => message.includes(nameOf(prompt))).length;
		for (const row of rows) assert.ok(callsFor(row) <= 1, `${row.prompt} called the model ${callsFor(row)} times`);
		for (const row of answered) {
			assert.match(row.openclaw_result?.response_text ?? '', /^You said: /);
			assert.equal(callsFor(row), 1, row.prompt);
		}
		for (const row of unsent) assert.equal(callsFor(row), 0, `${row.prompt} is told as not sent`);
		for (const text of texts) assert.match(text, /may (already )?have/);
		return { answered, unsent, uncertain };
	}

	test('a gateway that is away for longer than Max Wait: what was not sent says so, and is sent again', async () => {
		const rows = rowsOf('away', 30);
		const executionId = await start(rows, 5);
		await callsGrow(6);
		await stage.openClaw.gateway.stop();
		const { unsent, uncertain } = await judge(executionId, rows);
		assert.ok(unsent.length >= rows.length - 6 - 2 * AT_ONCE, `${unsent.length} are not sent`);
		assert.ok(uncertain.length <= AT_ONCE, `${uncertain.length} are uncertain`);
		await stage.openClaw.gateway.boot();
		const again = unsent.map(({ row, prompt }) => ({ ...rows[row]!, row, prompt }));
		const { answered } = await judge(await start(again, 60), again);
		assert.equal(answered.length, again.length);
	});

	test('200 rows, plain, streamed and in sessions, over two restarts in a row', async () => {
		const rows = rowsOf('twice', 200);
		const executionId = await start(rows, 900);
		await callsGrow(20);
		await restart();
		await restart();
		const { unsent, uncertain } = await judge(executionId, rows);
		assert.equal(unsent.length, 0);
		// what was under way at each of the two
		assert.ok(uncertain.length <= 2 * AT_ONCE, `${uncertain.length} are uncertain`);
	});
});
