import { Account, Accounts } from '../../nodes/AgentAi/limiter/account.ts';
import type { LimitReport } from '../../nodes/AgentAi/limiter/limitReport.ts';
import { VirtualClock } from '../support/virtualClock.mts';
import { takePlace, takeTurn } from '../support/waits.mts';

const BATCH = { live: false, requestsPerMinute: 0, maxLimitWaitMs: 900_000, maxDownWaitMs: 900_000 };
const LIVE = { ...BATCH, live: true };
const LIMIT = { name: 'ratelimit', limit: 20, resetInMs: 60_000 };

/** An account whose server has said that so many requests are left for a minute. */
async function withLeft(remaining: number) {
	const clock = new VirtualClock(() => 0);
	const account = new Account(0, clock);
	const first = await takeTurn(account.turns, BATCH);
	if (first && 'ticket' in first) account.turns.release(first.ticket, { windows: [{ ...LIMIT, remaining }] });
	return { clock, account };
}

describe('turns', () => {
	test('nobody starts while the account has nothing left, and all start when the window ends', async () => {
		const { clock, account } = await withLeft(0);
		const waits = [BATCH, BATCH, LIVE].map(async (who) => {
			await takeTurn(account.turns, who);
			return clock.now();
		});
		expect(await clock.run(Promise.all(waits))).toEqual([60_000, 60_000, 60_000]);
	});

	test('whoever waits live goes first, and a batch gets one start in four', async () => {
		const { clock, account } = await withLeft(0);
		const order: string[] = [];
		const waits = [...Array<typeof BATCH>(4).fill(BATCH), ...Array<typeof LIVE>(8).fill(LIVE)].map(async (who) => {
			await takeTurn(account.turns, who);
			order.push(who.live ? 'live' : 'batch');
		});
		await clock.run(Promise.all(waits));
		expect(order.slice(0, 8)).toEqual(['live', 'live', 'live', 'batch', 'live', 'live', 'live', 'batch']);
	});

	test('a wait beyond what one may wait is denied at once, with the time; others wait on', async () => {
		const { clock, account } = await withLeft(0);
		const [never, short, long] = await clock.run(
			Promise.all([0, 59_000, 60_000].map(async (maxLimitWaitMs) => await takeTurn(account.turns, { ...BATCH, maxLimitWaitMs }))),
		);
		expect(never).toEqual({ denied: { by: 'limit', resetInMs: 60_000 } });
		expect(short).toEqual({ denied: { by: 'limit', resetInMs: 60_000 } });
		expect(long).toHaveProperty('ticket');
	});

	test('a server that is not available is waited for as long as one that is down, and not as a limit', async () => {
		const clock = new VirtualClock(() => 0);
		const account = new Account(0, clock);
		const first = await takeTurn(account.turns, BATCH);
		if (first && 'ticket' in first) account.turns.release(first.ticket, { retryAfterMs: 120_000 });
		const [short, long] = await clock.run(
			Promise.all([60_000, 120_000].map(async (maxDownWaitMs) => await takeTurn(account.turns, { ...BATCH, maxDownWaitMs }))),
		);
		expect(short).toEqual({ denied: { by: 'unavailable', resetInMs: 120_000 } });
		expect(long).toHaveProperty('ticket');
	});

	describe('own caution is no limit that denies anybody', () => {
		/** Whether each of these who may not wait starts, and when; each is answered after 700 ms. */
		async function atOnce(account: Account, clock: VirtualClock, applicants: (typeof BATCH)[], report: LimitReport = {}) {
			const begunAt = clock.now();
			const ends = applicants.map(async (who) => {
				const turn = await takeTurn(account.turns, who);
				if (!turn || 'denied' in turn) return turn?.denied;
				const startedAt = clock.now() - begunAt;
				await clock.sleep(700);
				account.turns.release(turn.ticket, report);
				return startedAt;
			});
			return await clock.run(Promise.all(ends));
		}
		const never = { ...BATCH, maxLimitWaitMs: 0 };

		test('before anything is known', async () => {
			const clock = new VirtualClock();
			expect(await atOnce(new Account(0, clock), clock, Array<typeof never>(7).fill(never))).toEqual([0, 0, 0, 0, 0, 700, 700]);
		});

		test('after a refusal, while one finds out whether there is room again', async () => {
			const clock = new VirtualClock(() => 0);
			const account = new Account(0, clock);
			const first = await takeTurn(account.turns, BATCH);
			if (first && 'ticket' in first) account.turns.release(first.ticket, { refused: true, retryAfterMs: 5_000 });
			expect(await atOnce(account, clock, [never])).toEqual([{ by: 'limit', resetInMs: 5_000 }]);
			await clock.run(clock.sleep(5_000));
			expect(await atOnce(account, clock, [never, never])).toEqual([0, 700]);
		});

		test.each([
			['a minute', 60_000],
			['a day', 86_400_000],
		])('in a window of %s that has just begun, until its first answer is back', async (_what, lengthMs) => {
			const window = { name: 'ratelimit', limit: 3, lengthMs };
			for (const [remaining, second] of [
				[2, 700],
				[0, expect.objectContaining({ by: lengthMs === 60_000 ? 'limit' : 'dailyLimit' })],
			] as [number, unknown][]) {
				const clock = new VirtualClock();
				const account = new Account(0, clock);
				for (const left of [2, 1, 0]) {
					const turn = await takeTurn(account.turns, BATCH);
					if (turn && 'ticket' in turn)
						account.turns.release(turn.ticket, { windows: [{ ...window, remaining: left, resetInMs: 10_000 }] });
				}
				expect(await atOnce(account, clock, [never])).toMatchObject([{ resetInMs: 10_000 }]);
				await clock.run(clock.sleep(10_000));
				const named = { windows: [{ ...window, remaining, resetInMs: lengthMs + 400 }] };
				expect(await atOnce(account, clock, [never, never], named)).toEqual([0, second]);
			}
		});

		test('but a limit of the node’s own is one', async () => {
			const clock = new VirtualClock();
			const limited = { ...never, requestsPerMinute: 5 };
			expect((await atOnce(new Account(0, clock), clock, [...Array<typeof never>(5).fill(never), limited])).at(-1)).toBe(700);
			const own = { ...never, requestsPerMinute: 1, node: 'mine' };
			expect((await atOnce(new Account(0, clock), clock, [own, ...Array<typeof never>(4).fill(never), own])).at(-1)).toEqual({
				by: 'ownLimit',
				resetInMs: 60_000,
			});
		});
	});

	test('Requests per Minute counts what its node has started in all its runs, and nobody else', async () => {
		const clock = new VirtualClock();
		const account = new Account(0, clock);
		await takeTurn(account.turns, BATCH);
		const mine = { ...LIVE, requestsPerMinute: 2, node: 'mine' };
		const starts = Promise.all(
			[mine, { ...mine, live: false }, mine, { ...mine, node: 'another' }, BATCH].map(async (who) => {
				await takeTurn(account.turns, who);
				return clock.now();
			}),
		);
		expect(await clock.run(starts)).toEqual([0, 0, 60_000, 0, 0]);
	});

	test('what would wait longer for Requests per Minute than it may is refused at once, with the time', async () => {
		const { turns } = new Account(0, new VirtualClock());
		const who = { ...BATCH, requestsPerMinute: 1, node: 'mine', maxLimitWaitMs: 3_000 };
		expect(await takeTurn(turns, who)).toHaveProperty('ticket');
		expect(await takeTurn(turns, who)).toEqual({ denied: { by: 'ownLimit', resetInMs: 60_000 } });
	});

	test('of forty runs at once, one asks whether a long wait still holds, and the others hear of its answer', async () => {
		for (const bought of [false, true]) {
			const clock = new VirtualClock(() => 0);
			const { turns } = new Account(0, clock);
			const refused = { refused: true, retryAfterMs: 36_000_000 };
			const first = await takeTurn(turns, BATCH);
			if (first && 'ticket' in first) turns.release(first.ticket, refused);
			await clock.run(clock.sleep(66_000));
			let asked = 0;
			const runs = Array.from({ length: 40 }, async () => {
				const turn = await takeTurn(turns, BATCH);
				if (!turn || 'denied' in turn) return turn?.denied.by;
				asked++;
				await clock.sleep(500);
				turns.release(turn.ticket, bought ? {} : refused);
				return 'sent';
			});
			const ends = await clock.run(Promise.all(runs));
			expect(asked).toBe(bought ? 40 : 1);
			expect(ends.filter((end) => end === 'limit')).toHaveLength(bought ? 0 : 39);
		}
	});

	test('one who is stopped while it waits leaves at once, and no timer is left', async () => {
		const { clock, account } = await withLeft(0);
		const stop = new AbortController();
		const waiting = takeTurn(account.turns, BATCH, stop.signal);
		stop.abort();
		expect(await waiting).toBeUndefined();
		expect(account.turns.idle).toBe(true);
		await expect(clock.run(new Promise(() => undefined))).rejects.toThrow('Deadlock');
	});

	test('a fresh account on agent.ai’s hosts starts no more than the documented requests a minute, all runs together', async () => {
		const clock = new VirtualClock();
		const account = new Account(20, clock);
		const starts: number[] = [];
		const runs = Array.from({ length: 45 }, async () => {
			const turn = await takeTurn(account.turns, BATCH);
			starts.push(clock.now());
			// a server that never tells its limits
			if (turn && 'ticket' in turn) account.turns.release(turn.ticket, {});
		});
		await clock.run(Promise.all(runs));
		for (const at of starts) expect(starts.filter((other) => other > at - 60_000 && other <= at).length).toBeLessThanOrEqual(20);
	});
});

test('a place in a line that is stopped lets the next go', async () => {
	const account = new Account(0, new VirtualClock());
	const first = await takePlace(account.sessionLocks, 'session');
	const stop = new AbortController();
	const second = takePlace(account.sessionLocks, 'session', stop.signal);
	const third = takePlace(account.sessionLocks, 'session');
	stop.abort();
	expect(await second).toBeUndefined();
	first?.leave();
	expect((await third)?.first).toBe(true);
});

describe('the accounts of a process', () => {
	test('are one for each name, and what is learned survives a run', () => {
		const accounts = new Accounts(new VirtualClock());
		expect(accounts.get('a', 0)).toBe(accounts.get('a', 0));
		expect(accounts.get('b', 0)).not.toBe(accounts.get('a', 0));
	});

	test('are forgotten when nobody has used them for a while, however many there were', async () => {
		const clock = new VirtualClock();
		const accounts = new Accounts(clock);
		for (let customer = 0; customer < 5_000; customer++) accounts.get(String(customer), 0);
		const busy = accounts.get('busy', 0);
		await takeTurn(busy.turns, BATCH);
		await clock.run(clock.sleep(20 * 60_000));
		expect(accounts.get('busy', 0)).toBe(busy);
		expect(accounts.size).toBe(1);
	});
});
