import { failure, notSent, sentences, timeAfter, waitsTooLong } from '../../nodes/AgentAi/failures/failure.ts';
import { thrownFailure } from '../../nodes/AgentAi/failures/failureError.ts';
import type { FailureRow } from '../../nodes/AgentAi/failures/failureRow.ts';
import { type FailureKind, FAILURES } from '../../nodes/AgentAi/failures/failureTable.ts';
import { eachRow } from '../support/eachRow.mts';

const TABLE = Object.entries<FailureRow>(FAILURES).map(([kind, words]) => ({ kind: kind as FailureKind, ...words }));

type Row = (typeof TABLE)[number];
const eachKind = (check: (row: Row) => void) => eachRow(TABLE, ({ kind }) => kind, check);

describe('every failure', () => {
	test('says what happened in one sentence without a full stop', () =>
		eachKind(({ message }) => {
			expect(message).toMatch(/^(n8n|agent\.ai|\p{Lu})[^\n]*[^.!?\s]$/u);
			expect(message.length).toBeLessThan(90);
		}));

	test('names no code that n8n replaces a message for', () => eachKind(({ message }) => expect(message).not.toMatch(/\bE[A-Z]{4,}\b/)));

	test('says what to do, as sentences to which a full stop is added', () =>
		eachKind(({ kind, advice, elsewhere }) => {
			for (const text of [advice, elsewhere?.advice]) if (text !== undefined) expect(text).toMatch(/[^.]$/);
			expect(failure(kind).description).toMatch(/^\p{L}[^]*\.$/u);
			expect(failure(kind).description).not.toMatch(/[{}]|undefined|\.\./);
		}));

	test('never says that nothing was run or sent where something may have', () =>
		eachKind(({ kind, delivery }) => {
			const { description } = failure(kind);
			if (delivery === 'uncertain') expect(description).not.toMatch(/nothing was (run|sent)|nothing reached/i);
			else expect(description).not.toMatch(/may already have done the work/);
		}));

	test('others are refused only where they fail without anything being run', () =>
		eachKind(({ delivery, shared }) => {
			if (shared?.as === 'refused') expect(delivery).toBe('final');
		}));
});

describe('what the other side said', () => {
	test('comes last, in quotation marks, and gets no second full stop', () => {
		expect(failure('toolFailed', { said: 'no such file.' }).description).toBe(
			'Correct the arguments as the response says. The response was: “no such file.”',
		);
	});

	test('a network code stands in the description only, the status as text', () => {
		const { message, description, httpCode } = failure('connectionReset', { code: 'ECONNRESET', status: 502 });
		expect(message).not.toContain('ECONNRESET');
		expect(description).toContain('(ECONNRESET).');
		expect(httpCode).toBe('502');
	});
});

describe('sentences', () => {
	test.each<[(string | false | undefined)[], string]>([
		[['Type the value', 'It works.'], 'Type the value. It works.'],
		[['Really?', undefined, false, '  ', 'Yes!'], 'Really? Yes!'],
		[['He said: “no”', 'Then …'], 'He said: “no”. Then …'],
		[['He said: “no.”', 'Then …'], 'He said: “no.” Then …'],
		[['Then', 'he said: “no”'], 'Then. he said: “no”'],
		[[], ''],
	])('%j', (parts, text) => {
		expect(sentences(...parts)).toBe(text);
	});
});

describe('an item that was not sent', () => {
	const first = failure('gatewayToken', { said: 'Unauthorized' });

	test('because of another’s failure has that failure, and says that it was not sent', () => {
		const { kind, message, description } = notSent({ why: 'shared', failure: first });
		expect({ kind, message }).toEqual({ kind: 'gatewayToken', message: first.message });
		expect(description).toBe(`This item was not sent. ${first.description}`);
	});

	test('because of failures in a row names their number and the last of them', () => {
		const { message, description } = notSent({ why: 'failuresInARow', count: 5, failure: first });
		expect(message).toBe('Not sent, because 5 items had failed in a row');
		expect(description).toMatch(/The last item failed with: The OpenClaw instance did not accept its auth token\.$/);
	});

	test.each([
		[
			'dailyLimit',
			3_600_000,
			/daily request limit.*is used up/,
			/^Run the remaining items again after 20\d\d-.*Z\. This item cost nothing\.$/,
		],
		['dailyLimit', undefined, /daily request limit.*is used up/, /^Run the remaining items again\. This item cost nothing\.$/],
		['limit', 59_001, /won’t reset within Max Wait/, /in 60 seconds\. This item cost nothing/],
		['limit', undefined, /won’t reset within Max Wait/, /does not reset within Max Wait/],
	] as const)('because of the limit (%s, %s) says when to come back', (why, resetInMs, message, description) => {
		const failed = notSent({ why, ...(resetInMs === undefined ? {} : { resetInMs }) });
		expect(failed.message).toMatch(message);
		expect(failed.description).toMatch(description);
	});
});

test('a refused item whose limit resets too late says so before everything else', () => {
	const refused = failure('rateLimited', { said: 'slow down', status: 429 });
	expect(waitsTooLong(refused, 120_000)).toMatchObject({
		kind: 'rateLimited',
		description: expect.stringMatching(/^The limit resets at .*, in 120 seconds.*The response was: “slow down”$/) as string,
		resetsAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
	});
});

test.each([Number.MAX_VALUE, Infinity, 8.64e15])('a wait of %s ms still ends at a date', (ms) => {
	expect(timeAfter(ms)).toBe('+275760-09-13T00:00:00.000Z');
});

test('what n8n says of an expression is kept, with what it finds its own help by', () => {
	const thrown = (fields: object) => thrownFailure({ message: 'Invalid expression', ...fields }, 'unreadable', (text) => text);
	const cases: [object, string][] = [
		[{ description: 'Said', context: { causeDetailed: 'Cause' } }, 'Said.'],
		[{ context: { causeDetailed: 'No item link', messageTemplate: 'No path back' } }, 'No item link.'],
		[{ context: { messageTemplate: 'No path back' } }, 'No path back.'],
		[{ context: { messageTemplate: 'Under ‘%%PARAMETER%%’' } }, 'Check the expressions in the parameters of this item.'],
		[{ context: null }, 'Check the expressions in the parameters of this item.'],
	];
	for (const [fields, description] of cases)
		expect([fields, thrown(fields)]).toMatchObject([fields, { message: 'Invalid expression', description }]);
	expect(thrown({ context: { descriptionKey: 'nodeNotFound', nodeCause: 'A' } }).help).toEqual({
		descriptionKey: 'nodeNotFound',
		nodeCause: 'A',
	});
	expect(thrown({ context: {} }).help).toBeUndefined();
	expect(thrownFailure(null, 'unreadable', (text) => text).message).toBe('The parameters could not be read');
});
