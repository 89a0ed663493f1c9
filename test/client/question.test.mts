import { Question } from '../../nodes/AgentAi/client/environment.ts';
import { failure } from '../../nodes/AgentAi/failures/failure.ts';
import type { Result } from '../../nodes/AgentAi/failures/result.ts';

const one: Result<string> = { ok: true, value: 'one' };
const two: Result<string> = { ok: true, value: 'two' };
const broken: Result<string> = { ok: false, failure: failure('serverError') };

let now = 0;
beforeEach(() => {
	now = 0;
	jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => jest.restoreAllMocks());

/** A question that is answered so, one time after the other. */
function answered(standsIn: boolean, ...answers: Result<string>[]) {
	const ask = jest.fn(async () => await Promise.resolve(answers.shift() ?? broken));
	return { question: new Question(ask, standsIn), ask };
}

test('all who come while it is asked get the same answer', async () => {
	const { question, ask } = answered(false, one, two);
	expect(await Promise.all([question.get(), question.get()])).toEqual([one, one]);
	expect(await question.get()).toEqual(two);
	expect(ask).toHaveBeenCalledTimes(2);
});

test('a failure holds for five seconds, and nothing was run by it', async () => {
	const { question, ask } = answered(false, broken, one);
	const failed = await question.get();
	expect(failed).toMatchObject({ ok: false, failure: { kind: 'serverError', delivery: 'notDelivered' } });
	now = 4_999;
	expect(await question.get()).toBe(failed);
	now = 5_000;
	expect(await question.get()).toEqual(one);
	expect(ask).toHaveBeenCalledTimes(2);
});

test('what was told before stands in, where that is good enough, until it is told again', async () => {
	const { question } = answered(true, one, broken, two);
	await question.get();
	expect(question.isOutdated).toBe(false);
	expect(await question.get()).toEqual(one);
	expect(question.isOutdated).toBe(true);
	now = 5_000;
	expect(await question.get()).toEqual(two);
	expect(question.isOutdated).toBe(false);
	const atItsTurn = answered(false, one, broken).question;
	await atItsTurn.get();
	expect(await atItsTurn.get()).toMatchObject({ ok: false });
	expect(atItsTurn.isOutdated).toBe(false);
});
