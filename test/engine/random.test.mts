import fc from 'fast-check';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Fault } from '../../sandbox/faults.mts';
import { Sandbox } from '../../sandbox/server.mts';
import { COSTLY_STEPS, HARMLESS_STEPS, type Step, withBrokenStep } from '../support/brokenNode.mts';
import { type OnError, runNode, type RunResult } from '../support/engine.mts';
import { credentialFor, textOf } from '../support/sandbox.mts';

/** How many random runs; more are had with RANDOM_RUNS, e.g. 10000 before a release. */
const RUNS = Number(process.env.RANDOM_RUNS ?? 150);

/** What may happen to a row beside a step that breaks: nothing, a fault of the server or the network, or input that cannot be sent. */
const FATES = ['ok', 'ok', 'ok', 'unreadable', 'empty', '400', '402', '500', 'resetBefore', 'resetAfter', 'html', 'empty-answer'] as const;

interface Row {
	id: number;
	fate: (typeof FATES)[number] | 'broken';
	session: string;
}

const STEPS = [...Object.keys(COSTLY_STEPS), ...Object.keys(HARMLESS_STEPS)] as Step[];
/** Without them nothing is kept for a retry. */
const KEEPING: (Step | undefined)[] = ['answers are kept', 'kept answers are looked for'];

const plan = fc.record({
	/** Where in n8n's own functions something throws, and at which row. */
	broken: fc.option(fc.record({ step: fc.constantFrom(...STEPS), index: fc.nat(7) }), { nil: undefined }),
	rows: fc.array(fc.record({ fate: fc.constantFrom(...FATES), session: fc.constantFrom('', '', 'a', 'b') }), {
		minLength: 1,
		maxLength: 8,
	}),
	onError: fc.constantFrom<OnError>('stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'),
	maxConcurrency: fc.integer({ min: 1, max: 4 }),
	stream: fc.boolean(),
	stopAfterFailures: fc.constantFrom(0, 0, 2),
});

const THROWN = new Error('planted fault');

let sandbox: Sandbox;
/** The fate of each prompt of the run that is under way. */
let fates = new Map<string, string>();

beforeAll(async () => {
	sandbox = await Sandbox.start({
		fault: ({ message = '' }) => {
			const fate = fates.get(message);
			return fate === undefined || fate === 'ok' || fate === 'broken' ? undefined : (fate as Fault);
		},
	});
});

afterAll(async () => await sandbox.close());

test(`each row has one end, answers are delivered or kept, and nothing is sent twice (${RUNS} random runs)`, async () => {
	let run = 0;
	await fc.assert(
		fc.asyncProperty(plan, async ({ rows: planned, broken, onError, ...options }) => {
			const prefix = `run ${++run} row`;
			const rows: Row[] = planned.map((row, id) => ({ id, ...row }));
			if (broken && broken.step in COSTLY_STEPS && rows[broken.index]?.fate === 'ok') rows[broken.index]!.fate = 'broken';
			fates = new Map(rows.map(({ id, fate }) => [`${prefix} ${id}`, fate]));
			sandbox.requests.length = 0;
			const result = await runNode({
				credential: credentialFor(sandbox),
				parameters: {
					message: `={{ $json.fate === "empty" ? "" : $json.fate === "unreadable" ? $("Nowhere").first() : "${prefix} " + $json.id }}`,
					session_key: '={{ $json.session }}',
					// options with an expression are read for each item
					options: { ...options, maxTries: 1, timeout: '={{ 60 }}' },
				},
				items: rows as unknown as IDataObject[],
				onError,
				...(broken && { nodeType: withBrokenStep(broken.step, { index: broken.index, message: `${prefix} ${broken.index}` }, THROWN) }),
			});
			const sent = sandbox.requests.map(({ message }) => message);
			expect(new Set(sent).size).toBe(sent.length);
			const answered = rows.filter(({ id, fate }) => fate === 'ok' && sent.includes(`${prefix} ${id}`));
			if (onError === 'stopWorkflow') expectStopped(result, rows, KEEPING.includes(broken?.step) ? 0 : answered.length);
			else expectContinued(result, rows, answered);
		}),
		{ numRuns: RUNS },
	);
}, 3_600_000);

function expectContinued(result: RunResult, rows: Row[], answered: Row[]): void {
	expect(result.run.status).toBe('success');
	const outputs = [...result.items, ...result.errorItems];
	expect(outputs.map(rowOf).sort((a, b) => a - b)).toEqual(rows.map(({ id }) => id));
	expect(
		outputs
			.filter(({ json }) => textOf(json) !== undefined)
			.map(rowOf)
			.sort((a, b) => a - b),
	).toEqual(answered.map(({ id }) => id));
}

function expectStopped(result: RunResult, rows: Row[], answered: number): void {
	const failing = rows.some(({ fate }) => fate !== 'ok');
	expect(result.run.status).toBe(failing ? 'error' : 'success');
	if (!failing) expect(result.items).toHaveLength(rows.length);
	expect(keptOf(result)).toBe(failing ? answered : 0);
}

/** Which row an output item belongs to: by its number where it was answered, else by the index in its error. */
function rowOf({ json, pairedItem }: INodeExecutionData): number {
	const error = json.error as { itemIndex?: number } | undefined;
	return error?.itemIndex ?? (pairedItem as { item: number }).item;
}

/** How many answers the execution keeps for a retry. */
function keptOf({ run }: RunResult): number {
	const context = run.data.executionData?.contextData['node:Agent.ai'] as
		| { agentAiAnswers?: Record<string, { answers: object }> }
		| undefined;
	return Object.values(context?.agentAiAnswers ?? {}).reduce((sum, { answers }) => sum + Object.keys(answers).length, 0);
}
