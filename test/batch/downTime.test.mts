import { DownTime, type Outage } from '../../nodes/AgentAi/batch/downTime.ts';
import { failure } from '../../nodes/AgentAi/failures/failure.ts';
import { Account } from '../../nodes/AgentAi/limiter/account.ts';
import { runBatch } from '../support/runBatch.mts';
import { VirtualClock } from '../support/virtualClock.mts';

const A = 'host-a token';
const ASKER = { begunAt: 0 };

/** Goes down at some times and comes back at others, and gives what was down. */
async function downs(...times: { down: number; back: number; lost?: number }[]): Promise<Omit<Outage, 'failure'>[]> {
	const clock = new VirtualClock();
	const account = new Account(0, clock);
	const downTime = new DownTime(900_000, account, ASKER);
	const until = async (at: number) => await clock.run(clock.sleep(at - clock.now()));
	for (const { down, back, lost = 0 } of times) {
		await until(down);
		for (let count = 0; count < 2; count++) account.obstacles.begin(A, ASKER)(failure('gatewayRestarting', { status: 503 }));
		expect(downTime.waitsFor(A)).toBe(true);
		for (let count = 0; count < lost; count++) downTime.noteLost(A);
		await until(back);
		account.obstacles.begin(A, ASKER)('answered');
		downTime.over();
	}
	return downTime.end().map(({ from, to, lost }) => ({ from, to, lost }));
}

test('what goes down again within seconds was not back: one restart is one time', async () => {
	expect(await downs({ down: 1_000, back: 20_000, lost: 2 }, { down: 29_000, back: 40_000, lost: 1 })).toEqual([
		{ from: 1_000, to: 40_000, lost: 3 },
	]);
});

test('what was back for longer has been down twice', async () => {
	expect(await downs({ down: 1_000, back: 20_000, lost: 2 }, { down: 30_000, back: 40_000 })).toEqual([
		{ from: 1_000, to: 20_000, lost: 2 },
		{ from: 30_000, to: 40_000, lost: 0 },
	]);
});

describe('several instances in one run', () => {
	interface Trouble {
		maxDownWaitMs?: number;
		/** The instance whose requests may have run, and fail. */
		uncertain?: string;
	}

	/** Sends 60 rows in turns to the instances, some of which are down until so many ms; gives what was logged and lost. */
	async function sent(instances: string[], downUntil: Record<string, number>, { maxDownWaitMs = 900_000, uncertain }: Trouble = {}) {
		const clock = new VirtualClock();
		const log: string[] = [];
		const { outages } = await clock.run(
			runBatch(
				Array.from({ length: 60 }, (_, row) => ({ instance: instances[row % instances.length]! })),
				async ({ instance }) => {
					await clock.sleep(1_000);
					if (instance === uncertain) return { ok: false, failure: failure('timeout') };
					const isDown = clock.now() < (downUntil[instance] ?? 0);
					return isDown ? { ok: false, failure: failure('gatewayRestarting', { status: 503 }) } : { ok: true, value: '' };
				},
				{
					maxConcurrency: 4,
					maxTries: 4,
					retryUncertain: false,
					stopAfterFailures: 0,
					stopOnFailure: false,
					maxLimitWaitMs: 900_000,
					maxDownWaitMs,
					requestsPerMinute: 0,
					live: false,
				},
				{
					account: new Account(0, clock),
					onSettled: () => undefined,
					onOutage: (_outage, isOver) => log.push(isOver ? `back at ${clock.now() / 1_000} s` : 'waiting'),
				},
			),
		);
		return { log, lost: outages.map(({ lost }) => lost) };
	}

	const logged = async (...run: Parameters<typeof sent>) => (await sent(...run)).log;

	test('the answers of one do not end the outage of another', async () => {
		const [waiting, back, ...more] = await logged([A, 'host-b token'], { [A]: 20_000 });
		expect([waiting, more]).toEqual(['waiting', []]);
		expect(back).toMatch(/^back at 2\d s$/);
	});

	test('the outages of two are told one after the other', async () => {
		const log = await logged([A, 'host-b token', 'host-c token'], { [A]: 10_000, 'host-b token': 30_000 });
		expect(log.map((line) => line.split(' ')[0])).toEqual(['waiting', 'back', 'waiting', 'back']);
	});

	test('an outage that is given up is over then, while the others go on', async () => {
		const log = await logged([A, 'host-b token'], { [A]: Infinity }, { maxDownWaitMs: 5_000 });
		expect(log).toEqual(['waiting', expect.stringMatching(/^back at [67] s$/)]);
	});

	test('what is lost at one is not counted to the outage of another', async () => {
		const { lost } = await sent([A, 'host-b token'], { [A]: 20_000 }, { uncertain: 'host-b token' });
		expect(lost).toEqual([0]);
	});

	test('the outage of the only one ends with its answer', async () => {
		expect(await logged([A], { [A]: 10_000 })).toHaveLength(2);
	});
});
