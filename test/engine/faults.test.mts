import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { AgentAi } from '../../nodes/AgentAi/AgentAi.node.ts';
import { type OnError, runNode, type RunResult } from '../support/engine.mts';
import { credentialFor, startSandbox, textOf } from '../support/sandbox.mts';

const ROWS = Array.from({ length: 6 }, (_, row) => ({ prompt: `row ${row}` }));
const BAD = 2;
const MODES: OnError[] = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];

type Context = Record<string, unknown> & { helpers: Record<string, unknown> };
type Call = (...args: unknown[]) => unknown;

/** The steps of an item's way on which n8n's own functions are called, each with what breaks there. */
const STEPS: [step: string, breakStep: (context: Context, fail: () => never) => Partial<Context>][] = [
	[
		'its parameters are read',
		({ getNodeParameter }, fail) => ({
			getNodeParameter: (...args: unknown[]) => (args[0] === 'message' && args[1] === BAD ? fail() : (getNodeParameter as Call)(...args)),
		}),
	],
	[
		'its request is sent',
		({ helpers }, fail) => ({
			helpers: {
				...helpers,
				httpRequestWithAuthentication(this: unknown, ...args: unknown[]) {
					const { body } = args[1] as { body?: { message?: string } };
					if (body?.message === `row ${BAD}`) fail();
					return (helpers.httpRequestWithAuthentication as Call).apply(this, args);
				},
			},
		}),
	],
];

/** Steps whose failure costs no item anything. */
const HARMLESS: typeof STEPS = [
	['the log is written', ({ logger }, fail) => ({ logger: { ...(logger as object), info: fail, warn: () => undefined } })],
	['the hints are shown', (_context, fail) => ({ addExecutionHints: fail })],
	[
		'answers are kept',
		(_context, fail) => ({ getContext: () => new Proxy({}, { set: fail, deleteProperty: fail, get: () => undefined }) }),
	],
	[
		'an answer is shown in a chat',
		({ sendChunk }, fail) => ({
			isStreaming: () => true,
			sendChunk: (...args: unknown[]) => (args[1] === BAD ? fail() : (sendChunk as Call | undefined)?.(...args)),
		}),
	],
];

const THROWN: [what: string, thrown: unknown][] = [
	['an error', new Error('planted fault')],
	['a text', 'planted fault'],
	['nothing at all', undefined],
	['an error whose message says canceled', new Error('the request was canceled by a proxy')],
];

/** Our node, in a context in which one step is broken. */
function withBrokenStep(breakStep: (typeof STEPS)[number][1], thrown: unknown): AgentAi {
	const node = new AgentAi();
	const fail = (): never => {
		throw thrown;
	};
	node.execute = async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const original = this as unknown as Context;
		const broken = breakStep(bound(original), fail);
		const context = new Proxy(original, {
			get: (target, name) => {
				if (typeof name === 'string' && name in broken) return broken[name];
				const value: unknown = Reflect.get(target, name);
				return typeof value === 'function' ? (value as Call).bind(target) : value;
			},
		});
		return await AgentAi.prototype.execute.call(context as unknown as IExecuteFunctions);
	};
	return node;
}

/** The functions of a context, usable without it. */
const bound = (context: Context): Context =>
	new Proxy(context, {
		get: (target, name) => {
			const value: unknown = Reflect.get(target, name);
			return typeof value === 'function' ? (value as Call).bind(target) : value;
		},
	});

async function runBroken(
	breakStep: (typeof STEPS)[number][1],
	thrown: unknown,
	onError: OnError,
): Promise<RunResult & { asked: string[] }> {
	const sandbox = await startSandbox();
	const result = await runNode({
		credential: credentialFor(sandbox),
		parameters: { message: '={{ $json.prompt }}', options: { maxConcurrency: 2 } },
		items: ROWS,
		onError,
		nodeType: withBrokenStep(breakStep, thrown),
	});
	return Object.assign(result, { asked: sandbox.requests.map(({ message }) => message ?? '') });
}

const answered = (items: INodeExecutionData[]) => items.map(({ json }) => textOf(json)).filter((text) => text !== undefined);
const keptIn = ({ run }: RunResult) =>
	Object.keys((run.data.executionData?.contextData['node:Agent.ai']?.agentAiAnswers as IDataObject | undefined) ?? {});

describe.each(STEPS)('when something breaks while %s', (_step, breakStep) => {
	describe.each(THROWN)('with %s', (_what, thrown) => {
		test('Stop: the run fails with that item, is not called canceled, and what was answered is kept', async () => {
			const result = await runBroken(breakStep, thrown, 'stopWorkflow');
			expect(result.run.status).toBe('error');
			expect(result.error?.context?.itemIndex).toBe(BAD);
			expect(keptIn(result)).toHaveLength(result.asked.length > 0 ? 1 : 0);
		});

		test.each(MODES.slice(1))('%s: that item is an error, all others are answered', async (onError) => {
			const result = await runBroken(breakStep, thrown, onError);
			expect(result.run.status).toBe('success');
			const outputs = [...result.items, ...result.errorItems];
			expect(outputs).toHaveLength(ROWS.length);
			expect(answered(outputs)).toHaveLength(ROWS.length - 1);
			const errors = outputs.flatMap(({ json }) => (json.error ? [json.error as IDataObject] : []));
			expect(errors).toEqual([expect.objectContaining({ itemIndex: BAD })]);
		});
	});
});

describe.each(HARMLESS)('when something breaks while %s', (_step, breakStep) => {
	test.each(MODES)('%s: every item is answered and delivered', async (onError) => {
		const result = await runBroken(breakStep, new Error('planted fault'), onError);
		expect(result.run.status).toBe('success');
		expect(answered(result.items)).toEqual(ROWS.map(({ prompt }) => `You said: ${prompt}`));
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
