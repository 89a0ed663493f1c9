import { NOTHING_SPENT } from '../../nodes/AgentAi/batch/types.ts';
import { failure } from '../../nodes/AgentAi/failures/failure.ts';
import { DEFAULT_SETTINGS, type Prepared } from '../../nodes/AgentAi/run/prepare.ts';
import { Results } from '../../nodes/AgentAi/run/results.ts';

const ANSWER = { status: 200, response: { response_text: 'hi' } };
const item = (index: number, more: Partial<Prepared> = {}): Prepared => ({ index, settings: DEFAULT_SETTINGS, ...more });

test('items settle in any order, and each end is counted once', () => {
	const results = new Results(4);
	results.settle(item(2), { state: 'answered', value: ANSWER, ...NOTHING_SPENT, tries: 3 });
	results.settle(item(0, { known: { ok: true, value: ANSWER } }), { state: 'answered', value: ANSWER, ...NOTHING_SPENT });
	results.settle(item(1), { state: 'failed', failure: failure('timeout'), ...NOTHING_SPENT, tries: 1 });
	expect(results.done).toBe(3);
	results.settle(item(3), { state: 'notSent', reason: { why: 'stopped', failure: failure('timeout') }, ...NOTHING_SPENT });
	expect(results.tally).toMatchObject({ answered: 1, reused: 1, failed: 1, notSent: 1, retried: 1, heldMs: 0, sessionMs: 0, outages: [] });
	expect([0, 1, 2, 3].map((index) => results.get(index)?.result.ok)).toEqual([true, false, true, false]);
});

test('the failure that ends the run is an item’s own before one that was merely not sent', () => {
	const results = new Results(3);
	results.settle(item(0), { state: 'notSent', reason: { why: 'stopped', failure: failure('dns') }, ...NOTHING_SPENT });
	results.settle(item(2), { state: 'failed', failure: failure('dns'), ...NOTHING_SPENT });
	expect(results.firstFailure()).toEqual({ index: 2, failure: failure('dns') });
	expect(results.failures().map(({ index, unsent }) => [index, unsent])).toEqual([
		[0, true],
		[2, false],
	]);
});

test('answers are kept by their keys, in input order', () => {
	const results = new Results(3);
	results.settle(item(2, { key: 'c' }), { state: 'answered', value: ANSWER, ...NOTHING_SPENT });
	results.settle(item(1, { key: 'b' }), { state: 'failed', failure: failure('dns'), ...NOTHING_SPENT });
	results.settle(item(0, { key: 'a' }), { state: 'answered', value: ANSWER, ...NOTHING_SPENT });
	expect(results.leftover().answers.map(([key]) => key)).toEqual(['a', 'c']);
});

test('an answer that cannot be delivered becomes a failure', () => {
	const results = new Results(1);
	results.settle(item(0), { state: 'answered', value: ANSWER, ...NOTHING_SPENT });
	expect(results.overrule(0, failure('unexpected')).result.ok).toBe(false);
	expect(results.tally).toMatchObject({ answered: 0, failed: 1 });
});

test('what is left when a run breaks off fails with its reason', () => {
	const results = new Results(2);
	results.settle(item(1), { state: 'answered', value: ANSWER, ...NOTHING_SPENT });
	results.failRest(() => failure('unexpected'));
	expect(results.failures().map(({ index }) => index)).toEqual([0]);
	expect(results.done).toBe(2);
});
