import type { Clock } from './clock';
import type { LimitReport } from './limitReport';
import type { Pace, Ticket } from './pace';

export type { Ticket };

/** Live requests that may go one after another while a batch waits: a batch gets at least one request in four. */
const LIVE_IN_A_ROW = 3;

/** Why a request may not start. */
export interface Denial {
	/** Until the limit lifts, in ms; `undefined` when only an answer under way can tell. */
	resetInMs?: number;
	/** The limit is the one for a whole day. */
	daily: boolean;
}

/** A run, a chat model or a list that wants to start a request. */
export interface Applicant {
	/** Somebody waits in front of a screen. */
	readonly live: boolean;
	/** Most requests that it has under way at once. */
	readonly maxConcurrency: number;
	/** Its own limit on all requests of the account in any 60 s; 0 for none. */
	readonly requestsPerMinute: number;
	/** Longest wait for the server's limits, in ms; 0 never waits. */
	readonly maxLimitWaitMs: number;
	/**
	 * One request may start now.
	 *
	 * @param start notes that it does; not called when there is nothing to start any more
	 */
	acquired(start: () => Ticket): void;
	/** No request may start for longer than `maxLimitWaitMs`. */
	refused(denial: Denial): void;
}

interface Application {
	applicant: Applicant;
	since: number;
}

/**
 * Who of an account starts the next request: whoever waits live before batches, among equals in turns, and nobody while
 * the account has nothing left.
 */
export class Turns {
	/** When anything happened here last. */
	lastActiveAt: number;

	private readonly live: Application[] = [];

	private readonly batches: Application[] = [];

	private liveInARow = 0;

	private pumping = false;

	/** The timer for the next look; it may be early, never late. */
	private timer: { at: number; abort: AbortController } | undefined;

	constructor(
		private readonly pace: Pace,
		private readonly clock: Clock,
	) {
		this.lastActiveAt = clock.now();
	}

	/** Whether nobody waits and nothing is under way. */
	get idle(): boolean {
		return this.live.length === 0 && this.batches.length === 0 && this.pace.idle;
	}

	/** Asks for one start; an applicant has one application at a time. */
	acquire(applicant: Applicant): void {
		const line = this.lineOf(applicant);
		if (line.some((waiting) => waiting.applicant === applicant)) return;
		line.push({ applicant, since: this.clock.now() });
		this.pace.wants(applicant.maxConcurrency);
		this.pump();
	}

	/** Takes an application back. */
	leave(applicant: Applicant): void {
		this.remove(applicant);
		this.schedule();
	}

	/** Notes that a request has ended, with what its answer said about the limits. */
	release(ticket: Ticket, report: LimitReport | undefined): void {
		this.pace.ended(this.clock.now(), ticket, report);
		this.pump();
	}

	private lineOf({ live }: Applicant): Application[] {
		return live ? this.live : this.batches;
	}

	private remove(applicant: Applicant): void {
		const line = this.lineOf(applicant);
		const index = line.findIndex((waiting) => waiting.applicant === applicant);
		if (index !== -1) line.splice(index, 1);
	}

	/** Grants and denies what can be; applications that come meanwhile are seen in the same walk. */
	private pump(): void {
		if (this.pumping) return;
		this.pumping = true;
		try {
			this.lastActiveAt = this.clock.now();
			while (this.step());
		} finally {
			this.pumping = false;
		}
		this.schedule();
	}

	private step(): boolean {
		if (this.live.length + this.batches.length === 0) return false;
		const now = this.clock.now();
		const waitMs = this.pace.waitMs(now);
		if (waitMs > 0) return this.denyOne(now, waitMs);
		const next = this.pick(now);
		if (!next) return false;
		this.liveInARow = next.live && this.batches.length > 0 ? this.liveInARow + 1 : 0;
		this.remove(next);
		next.acquired(() => this.pace.started(this.clock.now()));
		return true;
	}

	private denyOne(now: number, waitMs: number): boolean {
		if (this.pace.learning) return false;
		const tooLong = ({ applicant, since }: Application) => {
			const waited = now - since;
			return Number.isFinite(waitMs) ? waited + waitMs > applicant.maxLimitWaitMs : waited >= applicant.maxLimitWaitMs;
		};
		const application = this.live.find(tooLong) ?? this.batches.find(tooLong);
		if (!application) return false;
		this.remove(application.applicant);
		application.applicant.refused({ ...(Number.isFinite(waitMs) ? { resetInMs: waitMs } : {}), daily: this.pace.isDaily(now) });
		return true;
	}

	private pick(now: number): Applicant | undefined {
		const may = ({ applicant }: Application) => this.pace.ownWaitMs(now, applicant.requestsPerMinute) === 0;
		const batchesFirst = this.batches.length > 0 && this.liveInARow >= LIVE_IN_A_ROW;
		const [first, second] = batchesFirst ? [this.batches, this.live] : [this.live, this.batches];
		return (first.find(may) ?? second.find(may))?.applicant;
	}

	/** Sets the timer for the moment when more may start, or somebody has waited too long. */
	private schedule(): void {
		const at = this.nextLookAt();
		if (at === undefined) {
			this.timer?.abort.abort();
			this.timer = undefined;
			return;
		}
		if (this.timer && this.timer.at <= at) return;
		this.timer?.abort.abort();
		const timer = { at, abort: new AbortController() };
		this.timer = timer;
		void this.clock.sleep(Math.max(0, at - this.clock.now()), timer.abort.signal).then(() => {
			if (this.timer !== timer) return;
			this.timer = undefined;
			this.pump();
		});
	}

	private nextLookAt(): number | undefined {
		const waiting = [...this.live, ...this.batches];
		if (waiting.length === 0) return undefined;
		const now = this.clock.now();
		const waitMs = this.pace.waitMs(now);
		if (Number.isFinite(waitMs) && waitMs > 0) return now + waitMs;
		const times = waiting.map(({ applicant, since }) =>
			waitMs === 0 ? now + this.pace.ownWaitMs(now, applicant.requestsPerMinute) : since + applicant.maxLimitWaitMs,
		);
		// while the first answer is awaited nobody is denied
		return waitMs > 0 && this.pace.learning ? undefined : Math.min(...times);
	}
}
