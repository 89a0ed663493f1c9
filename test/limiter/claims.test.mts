import { HandOver } from '../../nodes/AgentAi/batch/handOver.ts';
import { retryDelayMs } from '../../nodes/AgentAi/batch/retry.ts';
import { failure } from '../../nodes/AgentAi/failures/failure.ts';
import { type AskingTimes, Belief, DOWN, SAID } from '../../nodes/AgentAi/limiter/belief.ts';
import { Obstacles } from '../../nodes/AgentAi/limiter/obstacles.ts';
import { claims } from '../support/sayings.mts';
import { VirtualClock } from '../support/virtualClock.mts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
/** At which ages something that is believed is asked about, in ms. */
const ages = (times: AskingTimes, count: number) => {
	const belief = new Belief('it is down', 0, times);
	return Array.from({ length: count }, () => {
		const at = belief.nextAskAt;
		belief.ask(at);
		belief.confirm(at);
		return at;
	});
};

test('what a server has said is asked about after one, two, then every five minutes; by hand every ten seconds at most', () => {
	const [first = 0, second = 0, every = 0] = claims(
		/A longer one is asked about with one request when it is (\w+), (\w+), then every (\w+) minutes old, over all runs of the account/,
	);
	expect(claims(/It checks again with a single request after (\d+) and (\d+) minutes, then every (\d+) minutes\./)).toEqual([
		first,
		second,
		every,
	]);
	expect(ages(SAID, 4).map((ms) => ms / MINUTE_MS)).toEqual([first, second, second + every, second + 2 * every]);
	const [atOnce = 0] = claims(/A run that you start by hand checks immediately, at most every (\w+) seconds\./);
	expect(claims(/a manual run and a Retry ask immediately, at most every (\w+) seconds\./)).toEqual([atOnce]);
	const belief = new Belief('it is refused', 0, SAID);
	expect(belief.dueAt(true)).toBe(atOnce * SECOND_MS);
});

test('what is down is asked after 1, 2, 4, then every 5 seconds in the first minute, every 30 seconds later', () => {
	const [one = 0, two = 0, four = 0, early = 0, late = 0] = claims(
		/while one of them checks: after (\d+), (\d+), (\d+), then every (\d+) seconds in the first minute, every (\d+) seconds later\./,
	);
	const asked = ages(DOWN, 20).map((ms) => ms / SECOND_MS);
	const waits = asked.map((at, index) => at - (asked[index - 1] ?? 0));
	expect(waits.slice(0, 4)).toEqual([one, two, four, early]);
	asked.forEach((at, index) => {
		if (index > 3) expect([at, waits[index]]).toEqual([at, at <= 60 ? early : late]);
	});
});

test('two items that reach nobody, or three that a server fails, mean that it is down; a refused token before any answer: once', () => {
	const [unreached = 0, failed = 0] = claims(
		/(Two) items in a row that reach nobody, or (three) that a server fails with a status of its own, mean that the server or the instance is down/,
	);
	claims('A token that is refused twice with no answer between (before any answer: once) stops all requests that use it');
	const failures = (kind: 'connectionRefused' | 'unavailable' | 'agentToken', answeredFirst: boolean) => {
		const obstacles = new Obstacles(new VirtualClock());
		const asker = { asksAtOnce: false, begunAt: 0 };
		if (answeredFirst) obstacles.begin(undefined, asker)('answered');
		for (let count = 1; count <= 10; count++) {
			obstacles.begin(undefined, asker)(failure(kind, { status: kind === 'connectionRefused' ? undefined : 503 }));
			if (obstacles.inFrontOf(undefined, asker)) return count;
		}
		return Infinity;
	};
	expect([failures('connectionRefused', true), failures('unavailable', true)]).toEqual([unreached, failed]);
	expect([failures('agentToken', false), failures('agentToken', true)]).toEqual([1, 2]);
});

test('answers are handed over after a minute, even if there are fewer', async () => {
	claims('After a minute, the answers so far are handed over even if there are fewer.');
	const clock = new VirtualClock();
	const times: number[] = [];
	const handOver = new HandOver<number>(clock, 10, () => {
		times.push(clock.now());
		return Promise.resolve(undefined);
	});
	handOver.add(1);
	await clock.run(clock.sleep(2 * MINUTE_MS));
	expect(times).toEqual([MINUTE_MS]);
});

test('waits between tries double up to 30 seconds', () => {
	expect([1, 2, 3, 6, 20].map((tries) => retryDelayMs(tries, 1) / SECOND_MS)).toEqual([1, 2, 4, 30, 30]);
});
