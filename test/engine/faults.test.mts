import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { COSTLY_STEPS, HARMLESS_STEPS, type Step, withBrokenStep } from '../support/brokenNode.mts';
import { type OnError, runNode, type RunResult } from '../support/engine.mts';
import { credentialFor, startSandbox, textOf } from '../support/sandbox.mts';

const ROWS = Array.from({ length: 6 }, (_, row) => ({ prompt: `row ${row}` }));
const BAD = 2;
const MODES: OnError[] = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];

const namesOf = <S extends Step>(steps: Record<S, unknown>) => Object.keys(steps) as S[];

const THROWN: [what: string, thrown: unknown][] = [
	['an error', new Error('planted fault')],
	['a text', 'planted fault'],
	['nothing at all', undefined],
	['an error whose message says canceled', new Error('the request was canceled by a proxy')],
];

async function runBroken(step: Step, thrown: unknown, onError: OnError, items = ROWS): Promise<RunResult & { asked: string[] }> {
	const sandbox = await startSandbox();
	const result = await runNode({
		credential: credentialFor(sandbox),
		// options with an expression are read for each item
		parameters: { message: '={{ $json.prompt }}', options: { maxConcurrency: 2, timeout: '={{ 60 }}' } },
		items,
		onError,
		nodeType: withBrokenStep(step, { index: BAD, message: `row ${BAD}` }, thrown),
	});
	return Object.assign(result, { asked: sandbox.requests.map(({ message }) => message ?? '') });
}

const answered = (items: INodeExecutionData[]) => items.map(({ json }) => textOf(json)).filter((text) => text !== undefined);
const keptIn = ({ run }: RunResult) =>
	Object.keys((run.data.executionData?.contextData['node:Agent.ai']?.agentAiAnswers as IDataObject | undefined) ?? {});

describe.each(namesOf(COSTLY_STEPS))('when something breaks while %s', (step) => {
	describe.each(THROWN)('with %s', (_what, thrown) => {
		test('Stop: the run fails with that item, is not called canceled, and what was answered is kept', async () => {
			const result = await runBroken(step, thrown, 'stopWorkflow');
			expect(result.run.status).toBe('error');
			expect(result.error?.context?.itemIndex).toBe(BAD);
			expect(keptIn(result)).toHaveLength(result.asked.length > 0 ? 1 : 0);
		});

		test.each(MODES.slice(1))('%s: that item is an error, all others are answered', async (onError) => {
			const result = await runBroken(step, thrown, onError);
			expect(result.run.status).toBe('success');
			const outputs = [...result.items, ...result.errorItems];
			expect(outputs).toHaveLength(ROWS.length);
			expect(answered(outputs)).toHaveLength(ROWS.length - 1);
			const errors = outputs.flatMap(({ json }) => (json.error ? [json.error as IDataObject] : []));
			expect(errors).toEqual([expect.objectContaining({ itemIndex: BAD })]);
		});
	});
});

describe.each(namesOf(HARMLESS_STEPS))('when something breaks while %s', (step) => {
	test.each(MODES)('%s: every item is answered and delivered', async (onError) => {
		const result = await runBroken(step, new Error('planted fault'), onError);
		expect(result.run.status).toBe('success');
		expect(answered(result.items)).toEqual(ROWS.map(({ prompt }) => `You said: ${prompt}`));
	});
});

describe('an unexpected error', () => {
	const thrown = () => new TypeError('planted fault, sent with Bearer sandbox-api-token');

	test('is called one, and is logged with its stack and without secrets', async () => {
		const { errorItems, log } = await runBroken('its response is read', thrown(), 'continueErrorOutput');
		expect(errorItems[0]?.json.error).toMatchObject({
			message: 'Unexpected error in the Agent.ai node',
			description: expect.stringMatching(/please report it .*TypeError: planted fault/) as string,
		});
		expect(log).toMatch(
			new RegExp(`unexpected error \\(item ${BAD}\\)\\. Please report it\\.\\nTypeError: planted fault, .*\\n {4}at .+faults\\.test\\.mts`),
		);
		expect(log).not.toContain('sandbox-api-token');
	});

	test('that many items meet is logged once', async () => {
		const rows = Array.from({ length: 4 }, () => ROWS[BAD]!);
		const { log } = await runBroken('its response is read', thrown(), 'continueErrorOutput', rows);
		expect(log.match(/unexpected error/g)).toHaveLength(1);
		expect(log).toContain('(item 0 and 3 more)');
	});
});

describe('what opens the run', () => {
	const CREDENTIALS: [what: string, credential: IDataObject, message: RegExp][] = [
		['a Base URL that is none', { baseUrl: 'not a url' }, /Base URL/],
		['a domain that is not allowed', { allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com' }, /domain/i],
	];

	test.each(CREDENTIALS)('%s gives an error for each row in the Continue modes', async (_what, credential, message) => {
		const sandbox = await startSandbox();
		for (const onError of MODES.slice(1)) {
			const result = await runNode({
				credential: { ...credentialFor(sandbox), ...credential },
				parameters: { message: '={{ $json.prompt }}' },
				items: ROWS,
				onError,
			});
			expect(result.run.status).toBe('success');
			const errors = onError === 'continueErrorOutput' ? result.errorItems : result.items;
			expect(errors.map(({ json }) => (json.error as IDataObject).message)).toEqual(
				ROWS.map(() => expect.stringMatching(message) as string),
			);
			expect(sandbox.requests).toHaveLength(0);
		}
	});

	test.each([
		['out of range', { maxConcurrency: 0 }],
		['an expression that fails for the first row', { maxConcurrency: '={{ $itemIndex === 0 ? $("Nowhere").first().json.x : 3 }}' }],
	])('a batching option %s costs the first row only', async (_what, options) => {
		const sandbox = await startSandbox();
		const { items } = await runNode({
			credential: credentialFor(sandbox),
			parameters: { message: '={{ $json.prompt }}', options },
			items: ROWS,
			onError: 'continueRegularOutput',
		});
		expect(items.map(({ json }) => textOf(json) ?? 'error')).toEqual([
			'error',
			...ROWS.slice(1).map(({ prompt }) => `You said: ${prompt}`),
		]);
	});
});
