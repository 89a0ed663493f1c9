import { askOnce } from '../../nodes/AgentAi/batch/batches.ts';
import type { Attempt, Settled } from '../../nodes/AgentAi/batch/types.ts';
import { type Failure, failure, type FailureKind } from '../../nodes/AgentAi/failures/failure.ts';
import { Account } from '../../nodes/AgentAi/limiter/account.ts';
import { Obstacles } from '../../nodes/AgentAi/limiter/obstacles.ts';
import { runBatch } from '../support/runBatch.mts';
import { VirtualClock } from '../support/virtualClock.mts';

const A = 'host-a token-1';
const SAME_HOST = 'host-a token-2';
const B = 'host-b token-1';
const OPTIONS = {
	maxTries: 1,
	retryUncertain: false,
	maxLimitWaitMs: 900_000,
	maxDownWaitMs: 900_000,
	requestsPerMinute: 0,
	live: false,
};

let clock: VirtualClock;
let obstacles: Obstacles;

beforeEach(() => {
	clock = new VirtualClock();
	obstacles = new Obstacles(clock);
});

const asker = (more: object = {}) => ({ begunAt: 0, asksAtOnce: false, ...more });
const blocked = (instance?: string, more: object = {}) => obstacles.inFrontOf(instance, asker(more));
const fail = (kind: FailureKind, instance?: string, status?: number) => {
	obstacles.begin(instance, asker())(failure(kind, status === undefined ? {} : { status }));
};
const answer = (instance?: string) => obstacles.begin(instance, asker())('answered');
const pass = async (ms: number) => await clock.run(clock.sleep(ms));

describe('a token that is refused', () => {
	test('before any answer once is enough, after one it takes two in a row', () => {
		fail('gatewayToken', A, 401);
		expect(blocked(A)?.failure.kind).toBe('gatewayToken');
		expect(blocked(A)?.until).toBeUndefined();
		answer(B);
		fail('gatewayToken', B, 401);
		expect(blocked(B)).toBeUndefined();
		answer(B);
		fail('gatewayToken', B, 401);
		expect(blocked(B)).toBeUndefined();
		fail('gatewayToken', B, 401);
		expect(blocked(B)).toBeDefined();
	});

	test('another token of the same instance is tried, until five have been refused within a minute', () => {
		for (let token = 1; token <= 4; token++) fail('gatewayToken', `host-a wrong-${token}`, 401);
		expect(blocked(A)).toBeUndefined();
		fail('gatewayToken', 'host-a wrong-5', 401);
		expect(blocked(A)).toBeDefined();
		expect(blocked(B)).toBeUndefined();
	});

	test('one question when that is 1, 2 and then every 5 minutes old; by hand at once, every 10 s at most', async () => {
		fail('gatewayToken', A, 401);
		await pass(9_999);
		expect(blocked(A, { asksAtOnce: true })).toBeDefined();
		await pass(1);
		expect(blocked(A)).toBeDefined();
		expect(blocked(A, { asksAtOnce: true })).toBeUndefined();
		await pass(50_000);
		expect(blocked(A)).toBeUndefined();
		const end = obstacles.begin(A, asker());
		// the others wait for the answer to the question, for as long as a refusal takes
		expect(blocked(A)?.until).toBe(63_000);
		end(failure('gatewayToken', { status: 401 }));
		expect(blocked(A)).toBeDefined();
		expect(blocked(A)?.until).toBeUndefined();
	});

	test('an agent.ai token: a run that begins later asks once, for all who wait', async () => {
		fail('agentToken', A, 401);
		await pass(5_000);
		expect(blocked(A)).toBeDefined();
		expect(blocked(B)).toBeDefined();
		const later = { begunAt: 5_000 };
		expect(blocked(A, later)).toBeUndefined();
		const end = obstacles.begin(A, asker(later));
		expect(blocked(B, later)?.until).toBeDefined();
		end('answered');
		expect(blocked(A)).toBeUndefined();
	});

	test('an agent.ai token: the later rounds of a loop ask when that is 1, 2 and then every 5 minutes old', async () => {
		const round = { begunAt: -Infinity };
		fail('agentToken', A, 401);
		let asked = 0;
		for (let seconds = 0; seconds < 900; seconds++) {
			await pass(1_000);
			if (blocked(A, round)) continue;
			asked++;
			fail('agentToken', A, 401);
		}
		expect(asked).toBe(4);
	});
});

describe('what is down', () => {
	test('after two that were not delivered, or three that may have run, in a row', () => {
		fail('gatewayRestarting', A, 503);
		expect(blocked(A)).toBeUndefined();
		fail('gatewayRestarting', A, 503);
		expect(blocked(A)?.until).toBe(1_000);
		expect(blocked(SAME_HOST)).toBeDefined();
		expect(blocked(B)).toBeUndefined();
		fail('upstream', B, 502);
		fail('upstream', B, 502);
		expect(blocked(B)).toBeUndefined();
		fail('upstream', B, 502);
		expect(blocked(B)).toBeDefined();
	});

	test('the server is down for all instances, and anything that comes back from it proves it up', () => {
		fail('connectionRefused', A);
		fail('dns', B);
		expect([blocked(A), blocked(B), blocked()].every(Boolean)).toBe(true);
		fail('serverError', A, 500);
		expect([blocked(A), blocked(B), blocked()].some(Boolean)).toBe(false);
	});

	test('a server that is told to end answers what it has taken: only what began since it is down proves it up', async () => {
		const ends = [A, A].map((instance) => obstacles.begin(instance, asker()));
		await pass(100);
		fail('gatewayRestarting', A, 503);
		fail('gatewayRestarting', A, 503);
		ends[0]?.('answered');
		ends[1]?.(failure('badRequest', { status: 400 }));
		expect(blocked(A)).toBeDefined();
		await pass(1_000);
		answer(A);
		expect(blocked(A)).toBeUndefined();
	});

	test('what was refused by the limit has not come to the instance', () => {
		fail('instanceUnreachable', A, 502);
		fail('instanceUnreachable', A, 502);
		fail('rateLimited', A, 429);
		expect(blocked(A)).toBeDefined();
		fail('badRequest', A, 400);
		expect(blocked(A)).toBeUndefined();
	});

	test('one asks after 1, 2 and 4 s, then every 5 s in the first minute, every 30 s later', async () => {
		fail('dns');
		fail('dns');
		const asked: number[] = [];
		while (clock.now() < 150_000) {
			const block = blocked();
			if (block) await pass(block.until! - clock.now());
			else {
				asked.push(clock.now() / 1000);
				fail('dns');
			}
		}
		expect(asked).toEqual([1, 3, 7, 12, 17, 22, 27, 32, 37, 42, 47, 52, 57, 87, 117, 147]);
	});

	test('a question that is not refused within 3 s has been taken, and the others go; a failure stops them again', async () => {
		fail('dns');
		fail('dns');
		await pass(1_000);
		const end = obstacles.begin(undefined, asker());
		expect(blocked()?.until).toBe(4_000);
		await pass(3_000);
		expect(blocked()).toBeUndefined();
		end(failure('dns'));
		expect(blocked()?.until).toBe(5_000);
	});
});

describe('what a failure tells of places of which it does not speak', () => {
	const ends = (...failures: [kind: FailureKind, instance?: string, status?: number][]) => {
		for (const each of failures) fail(...each);
		return blocked(A)?.failure.kind;
	};

	test.each<[string, Parameters<typeof ends>, FailureKind | undefined]>([
		['a time that ran out does not prove the server up', [['dns'], ['dns'], ['timeout', A]], 'dns'],
		[
			'nor its instance',
			[
				['gatewayRestarting', A, 503],
				['gatewayRestarting', A, 503],
				['timeout', A],
			],
			'gatewayRestarting',
		],
		[
			'nor does a server that is down',
			[
				['gatewayRestarting', A, 503],
				['gatewayRestarting', A, 503],
				['dns', A],
			],
			'gatewayRestarting',
		],
		[
			'nor a refusal of agent.ai',
			[
				['gatewayRestarting', A, 503],
				['gatewayRestarting', A, 503],
				['credits', A, 402],
			],
			'credits',
		],
		[
			'whatever comes from an instance proves the account’s token',
			[
				['agentToken', A, 401],
				['gatewayToken', B, 401],
			],
			undefined,
		],
		['a server that is down does not', [['agentToken', A, 401], ['dns']], 'agentToken'],
		[
			'nor another refusal of the account',
			[
				['agentToken', A, 401],
				['badRequest', A, 400],
			],
			'agentToken',
		],
		[
			'what an instance refuses otherwise is no refused token',
			[1, 2, 3, 4, 5].map((token) => ['badRequest', `host-a wrong-${token}`, 400]),
			undefined,
		],
		['without an instance, one that is down is the account’s', [['gatewayRestarting'], ['gatewayRestarting']], 'gatewayRestarting'],
	])('%s', (_what, failures, kind) => expect(ends(...failures)).toBe(kind));

	test('a server has been heard once anything has come back', () => {
		expect(obstacles.heard).toBe(false);
		fail('dns');
		expect(obstacles.heard).toBe(false);
		fail('badRequest', A, 400);
		expect(obstacles.heard).toBe(true);
		obstacles = new Obstacles(clock);
		answer(A);
		fail('dns');
		expect(obstacles.heard).toBe(true);
	});
});

test('what is down is found among what refuses', () => {
	fail('gatewayToken', A, 401);
	expect(obstacles.downFor(A, asker())).toBeUndefined();
	fail('gatewayRestarting', B, 503);
	fail('gatewayRestarting', B, 503);
	fail('agentToken', B, 401);
	expect(obstacles.downFor(B, asker())?.failure.kind).toBe('gatewayRestarting');
});

test('a block tells since when nothing was answered, and when it is asked again by age', async () => {
	fail('gatewayToken', A, 401);
	expect(blocked(A)).toMatchObject({ since: 0, unansweredSince: -Infinity, askedAt: 60_000 });
	await pass(5_000);
	answer(B);
	await pass(5_000);
	fail('gatewayRestarting', B, 503);
	fail('gatewayRestarting', B, 503);
	expect(blocked(B)).toMatchObject({ since: 10_000, unansweredSince: 5_000, askedAt: 11_000 });
	fail('credits', B, 402);
	expect(blocked()).toMatchObject({ since: 10_000, failure: { kind: 'credits' } });
	expect(blocked()).not.toHaveProperty('askedAt');
});

test('a question ends with its own request, and not with another', async () => {
	fail('dns');
	fail('dns');
	await pass(1_000);
	const [end, endOther] = [obstacles.begin(undefined, asker()), obstacles.begin(undefined, asker())];
	endOther(failure('timeout'));
	expect(blocked()?.until).toBe(4_000);
	end(failure('timeout'));
	expect(blocked()?.until).toBe(3_000);
});

test('whoever listens is told of each end, until he leaves', () => {
	let told = 0;
	const leave = obstacles.onChange(() => told++);
	fail('dns');
	answer(A);
	expect(told).toBe(2);
	leave();
	answer(A);
	expect(told).toBe(2);
});

describe('what is forgotten', () => {
	test.each([
		[900_000, true],
		[900_001, false],
	])('a failure of an instance that nobody has asked for %i ms: two in a row %j', async (ms, counts) => {
		fail('gatewayRestarting', A, 503);
		await pass(ms);
		fail('gatewayRestarting', A, 503);
		expect(blocked(A) !== undefined).toBe(counts);
	});

	test.each([
		[60_000, true],
		[60_001, false],
	])('of five refused tokens the first, which is %i ms old: the instance is left alone %j', async (ms, isLeft) => {
		fail('gatewayToken', 'host-a wrong-1', 401);
		await pass(ms);
		for (let token = 2; token <= 5; token++) fail('gatewayToken', `host-a wrong-${token}`, 401);
		expect(blocked(A) !== undefined).toBe(isLeft);
	});
});

const refusing = (): { sent: () => number; attempt: () => Promise<Attempt<string>> } => {
	let sent = 0;
	const refused: Failure = failure('gatewayToken', { status: 401 });
	return {
		sent: () => sent,
		attempt: async () => {
			sent++;
			await clock.sleep(10);
			return { ok: false, failure: refused };
		},
	};
};

test('forty runs with a refused token, one after another, in batches and by themselves: two are sent in the first minute', async () => {
	const account = new Account(0, clock);
	const { attempt, sent } = refusing();
	const ends: Settled<string>[] = [];
	await clock.run(
		(async () => {
			for (let run = 0; run < 40; run++) {
				if (run % 2 === 0) ends.push(await askOnce(account, { instance: A }, attempt, OPTIONS));
				else {
					await runBatch(
						[{ instance: A }],
						attempt,
						{ ...OPTIONS, maxConcurrency: 5, stopAfterFailures: 0, stopOnFailure: false },
						{ account, onSettled: (_job, end) => ends.push(end) },
					);
				}
				await clock.sleep(1_600);
			}
		})(),
	);
	expect(sent()).toBe(2);
	expect(ends.filter(({ state }) => state === 'failed')).toHaveLength(2);
	expect(ends.filter(({ state }) => state === 'notSent')).toHaveLength(38);
});
