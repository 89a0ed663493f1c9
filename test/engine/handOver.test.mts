import type { IDataObject, IPairedItemData } from 'n8n-workflow';

import { type OnError, retryData, runNode } from '../support/engine.mts';
import { needs } from '../support/features.mts';
import { credentialFor, startSandbox, textOf } from '../support/sandbox.mts';
import { SubWorkflow } from '../support/subWorkflow.mts';

const MODES: OnError[] = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];
const rows = (count: number) => Array.from({ length: count }, (_, row) => ({ row: `row ${row}` }));
const TO = { __rl: true, mode: 'list', value: 'the-table', cachedResultName: 'Fill the table' };
const parameters = (options: IDataObject = {}) => ({
	message: '={{ $json.row }}',
	options: { handOverTo: TO, maxConcurrency: 1, includeInputFields: true, ...options },
});
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A sandbox that never answers one row, and when that has come. */
async function stallingAt(row: string) {
	let come: (() => void) | undefined;
	const stalled = new Promise<void>((resolve) => (come = resolve));
	const sandbox = await startSandbox({
		fault: ({ message }) => {
			if (message !== row) return undefined;
			come?.();
			return 'stall';
		},
	});
	return { sandbox, stalled };
}

test.each(MODES)('%s: answers are handed over as the node gives them, with the number of the row', async (onError) => {
	const isRefused = (message: string | undefined) => onError !== 'stopWorkflow' && message === 'row 3';
	const sandbox = await startSandbox({ fault: ({ message }) => (isRefused(message) ? '400' : undefined) });
	const table = new SubWorkflow();
	const { items, hints, run } = await runNode({
		credential: credentialFor(sandbox),
		parameters: parameters(),
		items: rows(25),
		binary: { photo: { data: 'aGk=', mimeType: 'image/png', fileName: 'photo.png' } },
		onError,
		executeWorkflow: table.execute,
	});
	expect(run.status).toBe('success');
	const answered = onError === 'stopWorkflow' ? numbers(0, 24) : numbers(0, 24).filter((row) => row !== 3);
	expect(table.rows).toEqual([answered.slice(0, 10), answered.slice(10, 20), answered.slice(20)]);
	expect(
		table.calls.every(({ workflowId, options }) => workflowId === 'the-table' && options.parentExecution?.shouldResume === false),
	).toBe(true);
	const output = items.filter(({ json }) => !('error' in json));
	const handedOver = table.calls.flatMap((call) => call.items);
	expect(handedOver).toEqual(
		output.map((item) => ({ ...item, json: { ...item.json, itemIndex: (item.pairedItem as IPairedItemData).item } })),
	);
	expect(hints[0]).toContain(`${answered.length} handed over`);
	expect(hints.join()).not.toContain('not handed over');
});

test('in the order of answering', async () => {
	const sandbox = await startSandbox({ latencyMs: ({ message }) => (message === 'row 0' ? 1_000 : 5) });
	const table = new SubWorkflow();
	await runNode({
		credential: credentialFor(sandbox),
		parameters: parameters({ maxConcurrency: 2, handOverEvery: 2 }),
		items: rows(4),
		executeWorkflow: table.execute,
	});
	expect(table.rows).toEqual([
		[1, 2],
		[3, 0],
	]);
});

test('a plain ID by expression, and every answer by itself', async () => {
	const sandbox = await startSandbox();
	const table = new SubWorkflow();
	await runNode({
		credential: credentialFor(sandbox),
		parameters: parameters({ handOverTo: '={{ "by-" + "expression" }}', handOverEvery: 1 }),
		items: rows(2),
		executeWorkflow: table.execute,
	});
	expect(table.calls.map(({ workflowId }) => workflowId)).toEqual(['by-expression', 'by-expression']);
});

test('what the other workflow does to its items does not change the node’s', async () => {
	const sandbox = await startSandbox();
	const table = new SubWorkflow(({ items }) => {
		for (const { json } of items) (json.openclaw_result as IDataObject).response_text = 'changed';
	});
	const { items } = await runNode({
		credential: credentialFor(sandbox),
		parameters: parameters(),
		items: rows(1),
		executeWorkflow: table.execute,
	});
	expect(items.map(({ json }) => textOf(json))).toEqual(['You said: row 0']);
	expect(items[0]?.json).not.toHaveProperty('itemIndex');
});

test('a workflow that waits neither parks the run nor replaces its items', async () => {
	const sandbox = await startSandbox();
	const table = new SubWorkflow(() => ({ waitTill: new Date(Date.now() + 3_600_000) }));
	const { items, run, downstream } = await runNode({
		credential: credentialFor(sandbox),
		parameters: parameters(),
		items: rows(12),
		executeWorkflow: table.execute,
	});
	expect(run.waitTill ?? run.data.waitTill).toBeUndefined();
	expect(run.status).toBe('success');
	expect(table.rows.flat()).toEqual(numbers(0, 11));
	expect(items.map(({ json }) => textOf(json))).toEqual(rows(12).map(({ row }) => `You said: ${row}`));
	expect(downstream).toHaveLength(12);
	expect(JSON.stringify(run.data.resultData.runData['Agent.ai']![0]!.metadata ?? {})).not.toContain('waitingChild');
});

test.each(MODES)(
	'%s: a workflow that fails ends nothing, its items come again, and the hint says what was not handed over',
	async (onError) => {
		const sandbox = await startSandbox();
		const table = new SubWorkflow(() => {
			throw new Error('The table is locked');
		});
		const { items, run, hints, log } = await runNode({
			credential: credentialFor(sandbox),
			parameters: parameters(),
			items: rows(25),
			onError,
			executeWorkflow: table.execute,
		});
		expect(run.status).toBe('success');
		expect(items.map(({ json }) => textOf(json))).toEqual(rows(25).map(({ row }) => `You said: ${row}`));
		expect(hints).toContainEqual(
			'25 answers were not handed over to the workflow in Hand Over Answers To. The last try ended with: The table is locked. They are in the output of this node.',
		);
		expect(log).toContain('10 answers could not be handed over: The table is locked');
		// one call each time, as nothing gets through
		expect(table.calls).toHaveLength(3);
	},
);

test('what failed once is handed over with the next', async () => {
	const sandbox = await startSandbox();
	const table = new SubWorkflow((_call, number) => {
		if (number === 1) throw new Error('locked');
	});
	const { hints } = await runNode({
		credential: credentialFor(sandbox),
		parameters: parameters(),
		items: rows(25),
		executeWorkflow: table.execute,
	});
	expect(
		table.rows
			.slice(1)
			.flat()
			.sort((a, b) => Number(a) - Number(b)),
	).toEqual(numbers(0, 24));
	expect(hints.join()).not.toContain('not handed over');
});

test.each(MODES)('%s: the workflow itself is refused before anything is sent', async (onError) => {
	const sandbox = await startSandbox();
	const table = new SubWorkflow();
	for (const handOverTo of [{ ...TO, value: 'w' }, '={{ $workflow.id }}']) {
		const run = await runNode({
			credential: credentialFor(sandbox),
			parameters: parameters({ handOverTo }),
			items: rows(3),
			onError,
			executeWorkflow: table.execute,
		});
		const said = 'Hand Over Answers To names the workflow in which this node stands';
		if (onError === 'stopWorkflow') expect(run.error?.message).toContain(said);
		else expect([...run.items, ...run.errorItems].map(({ json }) => (json.error as IDataObject).message)).toEqual([said, said, said]);
	}
	expect(sandbox.requests).toHaveLength(0);
	expect(table.calls).toHaveLength(0);
});

test('Retry hands over only what was not', async () => {
	let broken = true;
	const sandbox = await startSandbox({ fault: ({ message }) => (broken && message === 'row 14' ? '400' : undefined) });
	const table = new SubWorkflow((_call, number) => {
		if (number === 2) throw new Error('locked');
	});
	const options = { credential: credentialFor(sandbox), parameters: parameters(), executeWorkflow: table.execute };
	const first = await runNode({ ...options, items: rows(20) });
	expect(first.error?.message).toMatch(/14 of 20 items answered, 1 failed, 5 not sent/);
	expect(table.rows).toEqual([numbers(0, 9), numbers(10, 13)]);
	broken = false;
	const second = await runNode({ ...options, retryOf: retryData(first.run.data) });
	expect(second.error).toBeUndefined();
	expect(table.rows.slice(2).flat()).toEqual(numbers(10, 19));
	expect(second.hints[0]).toContain('10 handed over');
	expect(sandbox.agent.runs).toHaveLength(20);
});

test('a Retry that hands over to another workflow hands over all', async () => {
	let broken = true;
	const sandbox = await startSandbox({ fault: ({ message }) => (broken && message === 'row 4' ? '400' : undefined) });
	const table = new SubWorkflow();
	const options = { credential: credentialFor(sandbox), executeWorkflow: table.execute };
	const first = await runNode({ ...options, parameters: parameters(), items: rows(5) });
	broken = false;
	const data = retryData(first.run.data);
	const changed = parameters({ handOverTo: 'another' });
	const { node } = data.executionData!.nodeExecutionStack[0]!;
	node.parameters = { ...node.parameters, ...(changed as object) };
	await runNode({ ...options, parameters: changed, retryOf: data });
	expect(table.rows).toEqual([numbers(0, 3), numbers(0, 4)]);
});

describe('a run that is ended', () => {
	const HOUR_MS = 3_600_000;

	afterEach(() => jest.restoreAllMocks());

	/** A run of 20 rows that is under way with the eighth; what is handed over is taken when `release` is called. */
	async function underWay(options: { onError?: OnError; timeoutAt?: number; executionTimeout?: number }) {
		const { sandbox, stalled } = await stallingAt('row 7');
		let release: (() => void) | undefined;
		const held = new Promise<void>((resolve) => (release = resolve));
		const table = new SubWorkflow(async () => await held);
		let execution: { cancel(): void } | undefined;
		const running = runNode({
			credential: credentialFor(sandbox),
			parameters: parameters(),
			items: rows(20),
			executeWorkflow: table.execute,
			onStart: (started) => (execution = started),
			...options,
		});
		await stalled;
		expect(table.calls).toHaveLength(0);
		return { table, running, release: () => release?.(), cancel: () => execution?.cancel() };
	}

	test.each<[string, number | undefined]>([
		['without a timeout', undefined],
		['long before its timeout', Date.now() + 10 * HOUR_MS],
	])('Stop %s: what is answered is handed over before the node ends', async (_when, timeoutAt) => {
		const { table, running, release, cancel } = await underWay({ timeoutAt });
		let isOver = false;
		void running.then(() => (isOver = true));
		cancel();
		await new Promise((resolve) => setTimeout(resolve, 100));
		expect(table.rows).toEqual([numbers(0, 6)]);
		expect(isOver).toBe(false);
		release();
		expect((await running).run.status).toBe('canceled');
	});

	test('at n8n’s timeout nothing is waited for, and the answers come out', async () => {
		const timeoutAt = Date.now() + HOUR_MS;
		const { table, running, release, cancel } = await underWay({ timeoutAt, onError: 'continueRegularOutput' });
		jest.spyOn(Date, 'now').mockReturnValue(timeoutAt);
		cancel();
		const { items } = await running;
		expect(items.filter(({ json }) => !('error' in json))).toHaveLength(7);
		expect(table.rows).toEqual([numbers(0, 6)]);
		release();
	});

	needs('workflowSettings')('nor where it may be the timeout', async () => {
		const { running, release, cancel } = await underWay({ executionTimeout: 3_600, onError: 'continueRegularOutput' });
		cancel();
		expect((await running).items).toHaveLength(20);
		release();
	});

	test('the node’s own end before a timeout comes in time, although a hand-over hangs', async () => {
		const { running, release } = await underWay({ timeoutAt: Date.now() + 4_000, onError: 'continueRegularOutput' });
		const { items, run, hints } = await running;
		expect(run.status).toBe('success');
		expect(items.filter(({ json }) => !('error' in json))).toHaveLength(7);
		expect(hints.join()).toContain('7 answers were not handed over');
		expect(hints.join()).toContain('The run ended before that');
		release();
	});
});

test('rows that share one request are handed over each', async () => {
	const sandbox = await startSandbox();
	const table = new SubWorkflow();
	await runNode({
		credential: credentialFor(sandbox),
		parameters: parameters({ sameRequestOnce: true }),
		items: ['a', 'b', 'a'].map((row) => ({ row })),
		executeWorkflow: table.execute,
	});
	expect(table.rows.flat().sort()).toEqual([0, 1, 2]);
});

test('1,000 rows, 30% of them equal, a tenth refused: 700 requests, and each of 900 answers is handed over once', async () => {
	const table = new SubWorkflow();
	const sandbox = await startSandbox({ fault: ({ message }) => (message?.endsWith('7') ? '400' : undefined) });
	const items = Array.from({ length: 1_000 }, (_, row) => ({ row: `question ${row < 700 ? row : (row - 700) % 100}` }));
	const run = await runNode({
		credential: credentialFor(sandbox),
		parameters: parameters({ sameRequestOnce: true, maxConcurrency: 50 }),
		items,
		onError: 'continueRegularOutput',
		executeWorkflow: table.execute,
	});
	expect(sandbox.requests).toHaveLength(700);
	const given = table.rows.flat();
	expect(given).toHaveLength(900);
	expect(new Set(given)).toEqual(new Set(run.items.flatMap(({ json }, row) => ('error' in json ? [] : [row]))));
}, 60_000);
