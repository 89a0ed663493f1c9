import { Account } from '../../nodes/AgentAi/limiter/account.ts';
import type { LimitReport, WindowReport } from '../../nodes/AgentAi/limiter/limitReport.ts';
import { chance } from '../support/chance.mts';
import { LimitedServer, sendRows, type ServerWindow } from '../support/limitedServer.mts';
import { VirtualClock } from '../support/virtualClock.mts';

/** How many random servers; more are had with RANDOM_RUNS. */
const SERVERS = Number(process.env.RANDOM_RUNS ?? 60);
const FIVE_MINUTES = 300_000;

/** What an answer may say that is not so. */
const LIES: Partial<WindowReport>[] = [
	{ remaining: 0, resetInMs: 86_400_000 },
	{ remaining: 3, resetInMs: 86_400_000, limit: 1000 },
	{ remaining: 0, resetInMs: 60_000_000 },
	{ remaining: 999, resetInMs: 1_000 },
	{ limit: 1000, remaining: 0 },
	{ limit: 2, remaining: 1 },
	// an order that is short enough to be obeyed
	{ remaining: 0, resetInMs: 200_000 },
	{ lengthMs: 3_600_000 },
];

/** A server of one or two windows, whose clock may jump once, and whose answers may lie up to three times in a row. */
function randomServer(seed: number) {
	const random = chance(seed * 7919 + 13);
	for (let skipped = 0; skipped < 5; skipped++) random();
	const pick = <T,>(of: readonly T[]) => of[Math.floor(random() * of.length)] as T;
	const kind = () => pick(['fixed', 'aligned', 'sliding'] as const);
	const [reset, policy] = [pick(['date', 'seconds'] as const), random() < 0.5];
	const [limit, lengthMs] = [pick([10, 20, 60]), pick([10_000, 20_000, 60_000])];
	const windows: ServerWindow[] = [{ limit, lengthMs, kind: kind(), reset, policy }];
	if (random() < 0.33) windows.push({ limit: limit * 6, lengthMs: lengthMs * 10, kind: kind(), reset, policy });
	const lie =
		random() < 0.5 ? { told: pick(LIES), from: 3 + Math.floor(random() * 2 * limit), count: 1 + Math.floor(random() * 3) } : undefined;
	const jump = random() < 0.33 ? { byMs: pick([-60_000, -5_000, -2_000, 5_000, 60_000]), at: lengthMs * (1 + 2 * random()) } : undefined;
	return { random, windows, lie, jump, answerMs: pick([0.01, 0.1, 0.5, 1]) * lengthMs, limit, lengthMs };
}

/** Sends twenty windows' rows to a server; gives how that went. */
async function outcomeAt(seed: number) {
	const { random, windows, lie, jump, answerMs, limit, lengthMs } = randomServer(seed);
	const clock = new VirtualClock(random);
	const server = new LimitedServer(windows);
	const account = new Account(0, clock);
	const rows = Math.max(200, limit * 20);
	const isDate = windows[0]!.reset === 'date';
	let lastLieAt = 0;
	/** What a client makes of the server's dates, whose clock may have jumped. */
	const dated = (report: LimitReport): LimitReport => {
		const skew = jump && clock.now() >= jump.at ? jump.byMs : 0;
		const serverNow = clock.now() + skew;
		const taken = account.serverClock.note(Math.floor(serverNow / 1000) * 1000, clock.now());
		const late = serverNow - taken;
		return { ...report, windows: report.windows?.map((told) => ({ ...told, resetInMs: (told.resetInMs ?? 0) + late })) };
	};
	const spoil = (report: LimitReport, number: number): LimitReport => {
		const told = isDate ? dated(report) : report;
		if (!lie || number < lie.from || number >= lie.from + lie.count) return told;
		lastLieAt = clock.now();
		return { ...told, windows: told.windows?.map((window) => ({ ...window, fixedEnd: true, ...lie.told })) };
	};
	const load = {
		account,
		rows,
		maxConcurrency: Math.max(10, Math.ceil((limit * answerMs * 2) / lengthMs)),
		answerMs: () => answerMs * (0.8 + 0.4 * random()),
		// longer than what is told
		maxLimitWaitMs: 100_000_000,
		spoil,
	};
	const { answered } = await clock.run(sendRows(clock, server, load), 400_000);
	const [first = 0, last = 0] = [server.accepted[0], server.accepted.at(-1)];
	const longestMs = Math.max(...windows.map((window) => window.lengthMs));
	const troubleAt = Math.max(lastLieAt, jump?.at ?? 0);
	const forgottenMs = lie?.told.resetInMs === 200_000 ? FIVE_MINUTES : Math.min(2 * longestMs, FIVE_MINUTES);
	const learnedAt = Math.max(first + 2 * lengthMs + 1.2 * answerMs, troubleAt > 0 ? troubleAt + forgottenMs + lengthMs : 0);
	const perMs = Math.min(...windows.map((window) => window.limit / window.lengthMs));
	const count = Math.floor((last - learnedAt) / longestMs);
	const used = server.accepted.filter((at) => at > learnedAt && at <= learnedAt + count * longestMs).length;
	return {
		rows,
		answered,
		refused: server.refused,
		/** Of what the server allowed after learning; `undefined` where too little of the run is left. */
		used: count * longestMs < 3 * lengthMs ? undefined : used / (count * longestMs * perMs),
	};
}

test(`${SERVERS} random servers, whose clocks jump and whose headers lie: nothing starves, and all but a few keep to the goals`, async () => {
	const missed: object[] = [];
	for (let seed = 1; seed <= SERVERS; seed++) {
		const outcome = await outcomeAt(seed);
		const { rows, answered, refused, used = 1 } = outcome;
		expect({ seed, answered }).toEqual({ seed, answered: rows });
		// five go out before anything is known
		if (refused > 0.05 * rows + 5 || used < 0.85) missed.push({ seed, ...outcome });
	}
	// what names no length and is sliding cannot show its length again after a lie
	if (missed.length > 0.04 * SERVERS) expect(missed).toEqual([]);
}, 600_000);
