import { failure, type FailureKind } from '../../nodes/AgentAi/failures/failure.ts';
import { DEFAULT_SETTINGS } from '../../nodes/AgentAi/run/prepare.ts';
import { batchHint, failuresHint, stoppedFailure } from '../../nodes/AgentAi/run/report.ts';
import { Results, type Tally } from '../../nodes/AgentAi/run/results.ts';

const QUIET: Tally = {
	answered: 0,
	failed: 0,
	notSent: 0,
	retried: 0,
	repaired: 0,
	reused: 0,
	saved: 0,
	requests: 0,
	tokens: 0,
	heldMs: 0,
	sessionMs: 0,
	outages: [],
};

/** Results of a run whose items failed so; `undefined` for an item that is not settled. */
function resultsOf(kinds: (FailureKind | undefined)[]): Results {
	const results = new Results(kinds.length);
	kinds.forEach((kind, index) => {
		if (kind) results.refuse({ index, settings: DEFAULT_SETTINGS }, failure(kind));
	});
	return results;
}

function withAnswers(answered: number, kinds: FailureKind[]): Results {
	const results = resultsOf(kinds);
	results.tally.answered = answered;
	return results;
}

describe('the hint that counts', () => {
	test('a run of one item needs none', () => {
		expect(batchHint({ ...QUIET, answered: 1 }, 1, 0)).toBeUndefined();
	});

	test('names what was answered, kept, repeated and waited, and what it waited for', () => {
		const tally = { ...QUIET, answered: 5, failed: 1, notSent: 2, retried: 1, repaired: 3, reused: 2, heldMs: 61_000, sessionMs: 180_000 };
		expect(batchHint(tally, 10, 0)).toEqual({
			message:
				'10 items: 7 answered, 1 failed, 2 not sent; 2 kept from an earlier try; 1 sent more than once; 3 asked once more, because the answer did not fit Output Fields; waited 61 s for the rate limit; waited 3 min for other runs of the same session',
			type: 'warning',
			location: 'outputPane',
		});
	});

	test('says where Max Concurrency slowed the batch', () => {
		expect(batchHint({ ...QUIET, answered: 30, enoughAtOnce: 14 }, 30, 0)?.message).toBe(
			'30 items: 30 answered, 0 failed; Max Concurrency slowed the batch: 14 at once would use the whole rate limit',
		);
	});

	test('sums requests, tokens and time, and says what was saved', () => {
		const tally = { ...QUIET, answered: 9, failed: 1, saved: 4, requests: 6, tokens: 1_234 };
		expect(batchHint(tally, 10, 180_000)?.message).toBe(
			'10 items: 9 answered, 1 failed; 4 requests saved, because the same one had been sent; 6 requests, 1234 tokens, 3 min',
		);
	});

	test('a run in which nothing happened but answers says only that', () => {
		expect(batchHint({ ...QUIET, answered: 3, heldMs: 20 }, 3, 0)).toMatchObject({
			message: '3 items: 3 answered, 0 failed',
			type: 'info',
		});
	});
});

describe('the hint that says what failed', () => {
	test('nothing failed: there is none', () => {
		expect(failuresHint(resultsOf([undefined, undefined]), false)).toBeUndefined();
	});

	test('names each kind with its items, the most frequent first', () => {
		const results = resultsOf(['timeout', 'dns', 'dns', 'dns', 'dns', 'dns', 'dns']);
		expect(failuresHint(results, false)?.message).toBe(
			'Failed, items counted from 0: 6 × The host of the Base URL was not found (items 1, 2, 3, 4, 5 …); 1 × No response within the time limit (item 0). They are the items with a field “error”: filter by it to send only these again.',
		);
	});

	test('one failure is spoken of as one', () => {
		expect(failuresHint(resultsOf([undefined, 'timeout']), true)?.message).toBe(
			'Failed, items counted from 0: 1 × No response within the time limit (item 1). It is on the error output: send only this one again from there.',
		);
	});

	test('names five kinds at most', () => {
		const kinds = ['timeout', 'dns', 'tls', 'html', 'credits', 'forbidden', 'redirect'] as const;
		expect(failuresHint(resultsOf([...kinds]), false)?.message).toContain('; and 2 more kinds.');
	});
});

describe('the error that ends a run', () => {
	test('of one item is its own', () => {
		const first = failure('dns');
		expect(stoppedFailure(first, resultsOf(['dns']), 1, 1)).toBe(first);
	});

	test('of many says what the run came to, and what Retry does', () => {
		const { message, description } = stoppedFailure(failure('badRequest'), withAnswers(1, ['badRequest']), 5, 1);
		expect(message).toBe('agent.ai could not accept the request (1 of 5 items answered, 1 failed, 3 not sent)');
		expect(description).toMatch(/The answer is kept: Retry of this execution sends only what has no answer yet\.$/);
	});

	test('says how many items Retry sends again, where not all answers could be kept', () => {
		const { description } = stoppedFailure(failure('badRequest'), withAnswers(5, ['badRequest']), 8, 2);
		expect(description).toContain('2 of 5 answers are kept, the others are too large');
		expect(description).toMatch(/Retry of this execution sends what has no answer yet, and 3 items again\.$/);
	});

	test.each<[string, string, number, Parameters<typeof stoppedFailure>[4], (FailureKind | undefined)[]]>([
		['with kept answers', 'Retry includes this item, which may run a second time', 2, undefined, ['timeout']],
		['without', 'Retry includes this item, which may run a second time', 0, undefined, ['timeout']],
		['where n8n saves no failed executions', 'A new run includes this item', 0, { saved: false }, ['timeout']],
		['behind another', 'Retry includes item 2, which may run a second time', 0, undefined, ['dns', 'dns', 'timeout']],
		['several', 'Retry includes items 0, 2, which may run a second time', 0, undefined, ['timeout', 'dns', 'timeout']],
	])('names what may have run and would be sent again: %s', (_when, text, kept, retry, kinds) => {
		const results = kept > 0 ? withAnswers(kept, ['timeout']) : resultsOf(kinds);
		const first = failure(kinds[0]!);
		expect(stoppedFailure(first, results, 5, kept, retry).description).toContain(text);
	});

	test('names every item that failed, not the first alone', () => {
		const { message, description } = stoppedFailure(failure('dns'), resultsOf(['dns', undefined, 'timeout', 'dns']), 4, 0);
		expect(message).toMatch(/3 failed, 1 not sent/);
		expect(description).toContain('items counted from 0: 2 × The host of the Base URL was not found (items 0, 3); 1 × No response');
	});

	test('in a sub-workflow names the execution to retry, and what retrying the other costs', () => {
		const { description } = stoppedFailure(failure('badRequest'), withAnswers(1, ['badRequest']), 5, 1, { saved: true, called: '77' });
		expect(description).toContain('The answer is kept: Retry of execution 77 sends only what has no answer yet');
		expect(description).toContain('Retry of the execution that called it sends all items again');
	});

	test('in the editor it says what Execute step does', () => {
		const stopped = (retry: object) =>
			stoppedFailure(failure('badRequest'), withAnswers(1, ['badRequest']), 5, 1, { saved: true, ...retry }).description;
		expect(stopped({ inEditor: true })).toContain('sends only what has no answer yet. Execute step sends all items again');
		expect(stopped({})).not.toContain('Execute step');
	});

	test('promises no Retry where n8n does not save failed executions', () => {
		const { description } = stoppedFailure(failure('timeout'), withAnswers(1, ['timeout']), 5, 1, { saved: false });
		expect(description).toContain('it offers no Retry and a new run sends all items again');
		expect(description).not.toMatch(/Retry of this execution|Retry includes/);
	});

	test('promises nothing where no answer is kept', () => {
		expect(stoppedFailure(failure('timeout'), resultsOf(['timeout']), 5, 0).description).not.toMatch(/Retry of this execution/);
	});
});
