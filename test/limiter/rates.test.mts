import fc from 'fast-check';

import { Account } from '../../nodes/AgentAi/limiter/account.ts';
import { chance } from '../support/chance.mts';
import { LimitedServer, sendRows, type ServerWindow } from '../support/limitedServer.mts';
import { VirtualClock } from '../support/virtualClock.mts';

const LIMIT = 20;
const ROWS = 200;

/** The share of what a server allowed between the second window and the last start that was used. */
function usedShare({ accepted }: LimitedServer, { limit, lengthMs }: ServerWindow, learnedAt: number): number {
	const windows = Math.floor(((accepted.at(-1) ?? 0) - learnedAt) / lengthMs);
	return accepted.filter((at) => at > learnedAt && at <= learnedAt + windows * lengthMs).length / (limit * windows);
}

test('slow agents use nine tenths of what the server allows, however its window counts and is told', async () => {
	for (const kind of ['fixed', 'aligned', 'sliding'] as const) {
		for (const reset of ['date', 'seconds'] as const) {
			for (const policy of [true, false]) {
				for (const lengthMs of [20_000]) {
					for (const part of [0.1, 1, 5]) {
						const what = { kind, reset, policy, lengthMs, part };
						const random = chance(7);
						const clock = new VirtualClock(random);
						const window: ServerWindow = { limit: LIMIT, lengthMs, kind, reset, policy };
						const server = new LimitedServer([window]);
						const { answered } = await clock.run(
							sendRows(clock, server, {
								account: new Account(0, clock),
								rows: 2 * ROWS,
								maxConcurrency: Math.max(10, Math.ceil(LIMIT * part * 1.5)),
								answerMs: () => part * lengthMs * (0.8 + 0.4 * random()),
							}),
						);
						expect({ ...what, answered }).toEqual({ ...what, answered: 2 * ROWS });
						expect({ ...what, refused: server.refused <= 0.02 * 2 * ROWS }).toEqual({ ...what, refused: true });
						const used = usedShare(server, window, (server.accepted[0] ?? 0) + (2 + Math.min(5, part * 1.2)) * lengthMs);
						expect({ ...what, used: used >= 0.9 }).toEqual({ ...what, used: true });
					}
				}
			}
		}
	}
}, 300_000);

test('a sliding window told in whole seconds: own starts that it has let go are not started twice', async () => {
	let refused = 0;
	for (const part of [0.1, 0.5]) {
		for (const seed of [1, 7, 10, 12]) {
			const random = chance(seed);
			const clock = new VirtualClock(random);
			const server = new LimitedServer([{ limit: LIMIT, lengthMs: 20_000, kind: 'sliding', reset: 'seconds', policy: true }]);
			const answerMs = () => part * 20_000 * (0.8 + 0.4 * random());
			await clock.run(sendRows(clock, server, { account: new Account(0, clock), rows: 2 * ROWS, maxConcurrency: 15, answerMs }));
			refused += server.refused;
		}
	}
	expect(refused).toBe(0);
});

test('80 rows that take 10 s each against 20 in 3 s: the last starts within 21 s, hardly any is refused', async () => {
	for (const kind of ['fixed', 'aligned', 'sliding'] as const) {
		const clock = new VirtualClock(chance(7));
		const server = new LimitedServer([{ limit: LIMIT, lengthMs: 3_000, kind, reset: 'date', policy: true }]);
		const sent = sendRows(clock, server, { account: new Account(0, clock), rows: 80, maxConcurrency: 100, answerMs: () => 10_000 });
		const { answered, startedAt } = await clock.run(sent);
		const within = startedAt.at(-1)! - startedAt[0]! <= 21_000;
		expect({ kind, answered, within, refused: server.refused <= 4 }).toEqual({ kind, answered: 80, within: true, refused: true });
	}
});

test('what is left without a time, then 20 answers that name nothing, then the same: not one at a time', async () => {
	const clock = new VirtualClock();
	const server = new LimitedServer([]);
	const report = { windows: [{ name: 'ratelimit', limit: 20, remaining: 15 }] };
	let underWay = 0;
	let begun = 0;
	let mostAtLast = 0;
	const { answered } = await clock.run(
		sendRows(clock, server, {
			account: new Account(0, clock),
			rows: 40,
			maxConcurrency: 10,
			answerMs: () => {
				underWay++;
				if (++begun > 25) mostAtLast = Math.max(mostAtLast, underWay);
				return 200;
			},
			spoil: (_report, number) => {
				underWay--;
				return number > 0 && number <= 20 ? {} : report;
			},
		}),
	);
	expect(answered).toBe(40);
	expect(mostAtLast).toBeGreaterThanOrEqual(4);
});

test('lies in the headers are forgotten within two windows or five minutes, and nothing starves', async () => {
	const lie = fc.constantFrom(
		{ remaining: 0, resetInMs: 86_400_000 },
		{ remaining: 3, resetInMs: 86_400_000, limit: 1000 },
		{ remaining: 0, resetInMs: 60_000_000 },
		{ remaining: 999, resetInMs: 1_000 },
		{ limit: 1000, remaining: 0 },
	);
	await fc.assert(
		fc.asyncProperty(
			lie,
			fc.constantFrom<ServerWindow['kind']>('fixed', 'aligned', 'sliding'),
			fc.constantFrom<ServerWindow['reset']>('date', 'seconds'),
			fc.boolean(),
			fc.integer({ min: 0, max: 10 }),
			fc.integer({ min: 1, max: 3 }),
			async (told, kind, reset, policy, from, count) => {
				const clock = new VirtualClock(() => 0.5);
				const lengthMs = 20_000;
				const server = new LimitedServer([{ limit: LIMIT, lengthMs, kind, reset, policy }]);
				const account = new Account(0, clock);
				let lastLieAt = 0;
				const { answered, endedAt } = await clock.run(
					sendRows(clock, server, {
						account,
						rows: 100,
						maxConcurrency: 10,
						answerMs: () => 200,
						// longer than what is told
						maxLimitWaitMs: 100_000_000,
						spoil: (report, number) => {
							if (number < from || number >= from + count) return report;
							lastLieAt = clock.now();
							return { ...report, windows: report.windows?.map((window) => ({ ...window, fixedEnd: true, ...told })) };
						},
					}),
				);
				expect(answered).toBe(100);
				expect(endedAt).toBeLessThan(lastLieAt + 300_000 + 6 * lengthMs);
				expect(server.refused).toBeLessThanOrEqual(20);
			},
		),
		{ numRuns: 60 },
	);
}, 300_000);
