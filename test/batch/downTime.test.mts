import { DownTime, type Outage } from '../../nodes/AgentAi/batch/downTime.ts';
import { failure } from '../../nodes/AgentAi/failures/failure.ts';
import { Account } from '../../nodes/AgentAi/limiter/account.ts';
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
		for (let count = 0; count < lost; count++) downTime.noteLost();
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
