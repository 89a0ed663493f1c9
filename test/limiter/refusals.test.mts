import { askOnce } from '../../nodes/AgentAi/batch/askOnce.ts';
import { runBatch } from '../../nodes/AgentAi/batch/runBatch.ts';
import type { Attempt, FailureTraits, Settled } from '../../nodes/AgentAi/batch/types.ts';
import { Account } from '../../nodes/AgentAi/limiter/account.ts';
import { Refusals } from '../../nodes/AgentAi/limiter/refusals.ts';
import { VirtualClock } from '../support/virtualClock.mts';

const REFUSED: FailureTraits = { delivery: 'final', shared: { scope: 'group', untilAnswered: true } };
const LOCKED_OUT: FailureTraits = { delivery: 'final', shared: { scope: 'group' } };
const OWN: FailureTraits = { delivery: 'final' };
const OPTIONS = { maxTries: 1, retryUncertain: false, maxLimitWaitMs: 900_000, requestsPerMinute: 0, live: false };

describe('what is known of an instance and its token', () => {
	let clock: VirtualClock;
	let refusals: Refusals<FailureTraits>;

	beforeEach(() => {
		clock = new VirtualClock();
		refusals = new Refusals(clock);
	});

	test('a refusal holds for half a minute, for its own group only', async () => {
		refusals.noteFailure('a', REFUSED);
		expect(refusals.of('a')).toBe(REFUSED);
		expect(refusals.of('b')).toBeUndefined();
		expect(refusals.of(undefined)).toBeUndefined();
		await clock.run(clock.sleep(29_999));
		expect(refusals.of('a')).toBe(REFUSED);
		await clock.run(clock.sleep(1));
		expect(refusals.of('a')).toBeUndefined();
	});

	test('a token that has just worked is not dead, but a lockout is one all the same', () => {
		refusals.noteAnswer('a');
		refusals.noteFailure('a', REFUSED);
		expect(refusals.of('a')).toBeUndefined();
		refusals.noteFailure('a', LOCKED_OUT);
		expect(refusals.of('a')).toBe(LOCKED_OUT);
	});

	test('a token that worked long ago may be dead now', async () => {
		refusals.noteAnswer('a');
		await clock.run(clock.sleep(60_000));
		refusals.noteFailure('a', REFUSED);
		expect(refusals.of('a')).toBe(REFUSED);
	});

	test('an answer ends a refusal', () => {
		refusals.noteFailure('a', REFUSED);
		refusals.noteAnswer('a');
		expect(refusals.of('a')).toBeUndefined();
	});

	test('a failure of one request alone says nothing about the others', () => {
		refusals.noteFailure('a', OWN);
		expect(refusals.of('a')).toBeUndefined();
	});
});

test('forty runs with a refused token, one after another, in batches and by themselves: two are sent a minute', async () => {
	const clock = new VirtualClock();
	const account = new Account(0, clock);
	const refusals = new Refusals<FailureTraits>(clock);
	let sent = 0;
	const attempt = async (): Promise<Attempt<string, FailureTraits>> => {
		sent++;
		await clock.sleep(10);
		return { ok: false, failure: REFUSED };
	};
	const ends: Settled<string, FailureTraits>[] = [];
	await clock.run(
		(async () => {
			for (let run = 0; run < 40; run++) {
				if (run % 2 === 0) ends.push(await askOnce(account, { attempt, options: OPTIONS, group: 'a', refusals }));
				else {
					await runBatch(
						[{ group: 'a' }],
						attempt,
						{ ...OPTIONS, maxConcurrency: 5, stopAfterFailures: 0, stopOnFailure: false },
						{ account, refusals, onSettled: (_job, end) => ends.push(end) },
					);
				}
				await clock.sleep(1_500);
			}
		})(),
	);
	expect(sent).toBe(2);
	expect(ends.filter(({ state }) => state === 'failed')).toHaveLength(2);
	expect(ends.filter(({ state }) => state === 'notSent')).toHaveLength(38);
});
