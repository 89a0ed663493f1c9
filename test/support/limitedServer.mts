import type { Attempt, Settled } from '../../nodes/AgentAi/batch/types.ts';
import { failure } from '../../nodes/AgentAi/failures/failure.ts';
import type { Account } from '../../nodes/AgentAi/limiter/account.ts';
import type { LimitReport, WindowReport } from '../../nodes/AgentAi/limiter/limitReport.ts';
import { runBatch } from './runBatch.mts';
import type { VirtualClock } from './virtualClock.mts';

export interface ServerWindow {
	limit: number;
	lengthMs: number;
	/** `fixed`: from the first request on; `aligned`: from the full minute, so to say; `sliding`: any such time. */
	kind: 'fixed' | 'aligned' | 'sliding';
	/** How its end is told: as a point in time, as seconds from the request on, or not at all. */
	reset: 'date' | 'seconds' | 'none';
	/** Whether answers name its length. */
	policy: boolean;
}

/** A server that counts each request when it arrives, in one or several windows, and tells what is left. */
export class LimitedServer {
	readonly accepted: number[] = [];

	refused = 0;

	private readonly ends: number[];

	private readonly used: number[];

	constructor(private readonly windows: ServerWindow[]) {
		this.ends = windows.map(() => -1);
		this.used = windows.map(() => 0);
	}

	/** Judges a request at its arrival. What it gives is the answer's report, to be asked for when the answer is there. */
	arrive(now: number): { refused: boolean; report: (answeredAt: number) => LimitReport } {
		this.windows.forEach((window, index) => this.roll(window, index, now));
		const refused = this.windows.some(({ limit }, index) => (this.used[index] ?? 0) >= limit);
		if (refused) this.refused++;
		else {
			this.accepted.push(now);
			this.used.forEach((used, index) => (this.used[index] = used + 1));
		}
		const told = this.windows.map((window, index) => this.told(window, index, now));
		const isUsedUp = told.filter(({ remaining }) => remaining === 0);
		const retryAfterMs = Math.max(0, ...isUsedUp.map(({ resetAt }) => Math.ceil((resetAt - now) / 1000) * 1000));
		return {
			refused,
			report: (answeredAt) => ({
				windows: told.map(({ resetAt, ...window }, index) => ({ ...window, ...this.reset(index, resetAt, now, answeredAt) })),
				...(refused ? { refused, ...(retryAfterMs > 0 ? { retryAfterMs } : {}) } : {}),
			}),
		};
	}

	private roll({ kind, lengthMs }: ServerWindow, index: number, now: number): void {
		if (kind === 'sliding') {
			this.used[index] = this.accepted.filter((at) => at > now - lengthMs).length;
		} else if (now >= (this.ends[index] ?? 0)) {
			this.ends[index] = kind === 'fixed' ? now + lengthMs : (Math.floor(now / lengthMs) + 1) * lengthMs;
			this.used[index] = 0;
		}
	}

	private told(
		{ kind, limit, lengthMs, policy }: ServerWindow,
		index: number,
		now: number,
	): WindowReport & { resetAt: number; remaining: number } {
		const oldest = this.accepted.find((at) => at > now - lengthMs) ?? now;
		const resetAt = kind === 'sliding' ? oldest + lengthMs : (this.ends[index] ?? 0);
		const name = `window ${index}`;
		return { name, limit, remaining: limit - (this.used[index] ?? 0), resetAt, ...(policy ? { lengthMs } : {}) };
	}

	private reset(index: number, resetAt: number, now: number, answeredAt: number): Partial<WindowReport> {
		const reset = this.windows[index]?.reset;
		if (reset === 'date') return { resetInMs: resetAt - answeredAt, fixedEnd: true };
		// the headers say how long it was from the request on
		return reset === 'seconds' ? { resetInMs: Math.ceil((resetAt - now) / 1000) * 1000 } : {};
	}
}

export interface Load {
	account: Account;
	rows: number;
	maxConcurrency: number;
	/** Time from the arrival to the answer, in ms. */
	answerMs: () => number;
	startsAt?: number;
	maxLimitWaitMs?: number;
	/** Changes what an answer says. */
	spoil?: (report: LimitReport, number: number) => LimitReport;
}

const honest = (report: LimitReport): LimitReport => report;

/** Sends the rows of a run to a server in virtual time; a refusal comes after 20 ms. */
export async function sendRows(clock: VirtualClock, server: LimitedServer, load: Load) {
	const { account, rows, answerMs, maxConcurrency, startsAt = 0, spoil = honest } = load;
	await clock.sleep(startsAt);
	const settled: Settled<number>[] = [];
	let number = 0;
	const startedAt: number[] = [];
	const attempt = async (): Promise<Attempt<number>> => {
		await clock.sleep(10);
		const { refused, report } = server.arrive(clock.now());
		const own = number++;
		if (!refused) startedAt.push(clock.now());
		await clock.sleep(refused ? 10 : answerMs());
		const limits = spoil(report(clock.now()), own);
		return refused ? { ok: false, failure: failure('rateLimited'), limits } : { ok: true, value: own, limits };
	};
	await runBatch(
		Array.from({ length: rows }, () => ({})),
		attempt,
		{
			maxConcurrency,
			maxTries: 1,
			retryUncertain: false,
			stopAfterFailures: 0,
			stopOnFailure: false,
			maxLimitWaitMs: load.maxLimitWaitMs ?? 900_000,
			requestsPerMinute: 0,
			live: false,
			maxDownWaitMs: 900_000,
		},
		{ account, onSettled: (_job, end) => settled.push(end) },
	);
	return { settled, answered: settled.filter(({ state }) => state === 'answered').length, startedAt, endedAt: clock.now() };
}
