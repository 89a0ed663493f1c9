import type * as Beliefs from '../../nodes/AgentAi/limiter/belief.ts';
import { type OnError, retryData, type RunOptions } from '../support/engine.mts';
import { needs } from '../support/features.mts';
import { errors, rows, run, Site, texts } from '../support/site.mts';

// what is down is asked five times as often as in earnest, and comes back the sooner
jest.mock('../../nodes/AgentAi/limiter/belief.ts', () => {
	const actual = jest.requireActual<typeof Beliefs>('../../nodes/AgentAi/limiter/belief.ts');
	const { agesMs, everyMs, leastMs } = actual.DOWN;
	return { ...actual, DOWN: { agesMs: agesMs.map((age) => age / 5), everyMs: everyMs / 5, leastMs: leastMs / 5 } };
});

describe('n8n ends the execution', () => {
	const canceledAtFifth = async (onError: OnError, more: Partial<RunOptions> = {}) => {
		const site = await Site.start();
		let execution: { cancel(): void } | undefined;
		site.judge = (_message, { number }) => {
			if (number !== 5) return undefined;
			setTimeout(() => execution?.cancel(), 20);
			return 'silent';
		};
		const options = { maxConcurrency: 1 };
		return { site, result: await run(site, 8, { onError, options, onStart: (begun) => (execution = begun), ...more }) };
	};

	test('Continue: the answers stand in their places, each other row has an error', async () => {
		const { result } = await canceledAtFifth('continueRegularOutput');
		expect(result.run.status).toBe('canceled');
		expect(texts(result).slice(0, 4)).toEqual(['re: row 0', 're: row 1', 're: row 2', 're: row 3']);
		expect(errors(result).map(({ itemIndex }) => itemIndex)).toEqual([4, 5, 6, 7]);
		expect(errors(result)[0]?.description).toMatch(/was running/);
		expect(errors(result)[1]?.description).not.toMatch(/was running/);
		// only the one under way may have been done
		expect(errors(result).map(({ sendAgain }) => sendAgain)).toEqual([undefined, true, true, true]);
		expect(result.hints[0]).toContain('8 items: 4 answered, 1 failed, 3 not sent');
	});

	test('error output: four on each, with their rows', async () => {
		const { result } = await canceledAtFifth('continueErrorOutput');
		expect(result.items).toHaveLength(4);
		expect(result.errorItems.map(({ json }) => json.prompt)).toEqual(['row 4', 'row 5', 'row 6', 'row 7']);
	});

	test('Stop: what was answered is kept', async () => {
		const { result } = await canceledAtFifth('stopWorkflow');
		expect(result.run.status).toBe('canceled');
		expect(JSON.stringify(result.run.data.executionData?.contextData)).toContain('re: row 3');
	});

	test('10,000 rows: all of them have an item, in the same turn', async () => {
		const { result } = await canceledAtFifth('continueRegularOutput', { items: rows(10_000) });
		expect(result.items).toHaveLength(10_000);
		expect(errors(result)).toHaveLength(9_996);
	}, 20_000);

	needs('workflowSettings')(
		'where the workflow’s timeout can be read, the node ends before it: an error that Retry goes on from',
		async () => {
			const ended = async (onError: OnError) => {
				const site = await Site.start();
				site.judge = (message) => (message === 'row 3' ? 'silent' : undefined);
				return await run(site, 8, { options: { maxConcurrency: 1 }, executionTimeout: 4, onError });
			};
			const [result, stopped] = await Promise.all([ended('continueRegularOutput'), ended('stopWorkflow')]);
			expect(result.run.status).toBe('success');
			expect(texts(result).slice(0, 3)).toEqual(['re: row 0', 're: row 1', 're: row 2']);
			expect(errors(result).map(({ message }) => message)).toEqual(Array(5).fill('The workflow is about to time out'));
			expect(stopped.run.status).toBe('error');
			expect(JSON.stringify(stopped.run.data.executionData?.contextData)).toContain('re: row 2');
		},
		20_000,
	);
});

test('Stop: the error names the row that may have been done, and that Retry sends it again; Retry sends it and what was not sent', async () => {
	const site = await Site.start();
	site.judge = (message) => (message === 'row 3' ? 'reset' : undefined);
	const options = { options: { maxConcurrency: 1 }, onError: 'stopWorkflow' as const };
	const stopped = await run(site, 8, options);
	expect(stopped.error?.context).toMatchObject({ itemIndex: 3 });
	expect(stopped.error?.description).toContain('Retry includes this item, which may run a second time');

	site.judge = () => undefined;
	const retried = await run(site, 8, { ...options, retryOf: retryData(stopped.run.data) });
	expect(texts(retried)).toEqual(rows(8).map(({ prompt }) => `re: ${prompt}`));
	const asked = (message: string) => site.asked.filter((other) => other === message).length;
	expect(rows(8).map(({ prompt }) => asked(prompt))).toEqual([1, 1, 1, 2, 1, 1, 1, 1]);
});

test('an operation that this version does not have gives an error for each row in the Continue modes', async () => {
	const site = await Site.start();
	for (const onError of ['continueRegularOutput', 'continueErrorOutput'] as const) {
		const result = await run(site, 3, { onError, parameters: { resource: 'openclaw', operation: 'sendFile' } });
		expect(result.run.status).toBe('success');
		expect(errors(result).map(({ message }) => message)).toEqual(
			Array(3).fill('This version of the Agent.ai node has no operation “sendFile”'),
		);
	}
	expect(site.asked).toEqual([]);
});
