import type { Failure, SharedReason } from '../failures/failure';
import type { Account } from '../limiter/account';
import type { Asker, Block } from '../limiter/obstacles';
import { Stopwatch } from './stopwatch';

/** What answers for less than this, in ms, was not back: a server that restarts still answers what it has taken. */
const BACK_MS = 10_000;

/** A time in which jobs waited for what was down; `from` and `to` on the clock. */
export interface Outage {
	/** How it was found out. */
	failure: Failure;
	from: number;
	to: number;
	/** Jobs that were under way when it went down, and may have been done. */
	lost: number;
}

/** What stands in front of the jobs of a batch, how long all of them together have waited for what is down, and what was lost by that. */
export class DownTime {
	/** When to look at what is held again, on the clock. */
	lookAt = Infinity;

	private readonly outages: Outage[] = [];

	/** The outage that is not over, of which instance or of the account, and since when that had not answered. */
	private current?: { outage: Outage; instance: string | undefined; unansweredSince: number };

	/** Runs while jobs wait for it. */
	private readonly waiting: Stopwatch;

	/** Jobs of which nobody knows whether they were done: when each ended, and where it went. */
	private lost: { at: number; instance: string | undefined }[] = [];

	constructor(
		private readonly maxMs: number,
		private readonly account: Account,
		private readonly asker: Asker,
		private readonly onOutage: (outage: Outage, isOver: boolean) => void = () => {},
	) {
		this.waiting = new Stopwatch(account.clock);
	}

	/** Nothing has ever answered at an address that a person has just typed, perhaps wrongly: it is not waited for. */
	get isUnheard(): boolean {
		return this.asker.asksAtOnce === true && !this.account.obstacles.heard;
	}

	/** What stands in front of a job now, and whether it may wait for that; notes that it does. */
	inFrontOf(instance: string | undefined): { reason: SharedReason; waits: boolean } | undefined {
		const block = this.isUnheard ? undefined : this.account.obstacles.inFrontOf(instance, this.asker);
		if (!block) return undefined;
		const now = this.account.clock.now();
		const askedInMs = block.askedAt === undefined ? {} : { askedInMs: Math.max(0, block.askedAt - now) };
		const reason: SharedReason = { why: 'shared', failure: block.failure, learnedMsAgo: now - block.since, ...askedInMs };
		return { reason, waits: block.until !== undefined && this.mayWait(block, instance) };
	}

	/** Whether a job that has failed waits for what it goes to, which is down; notes that it does. */
	waitsFor(instance: string | undefined): boolean {
		const block = this.isUnheard ? undefined : this.account.obstacles.downFor(instance, this.asker);
		return block !== undefined && this.mayWait(block, instance);
	}

	private mayWait({ failure, since, unansweredSince, until = Infinity }: Block, instance: string | undefined): boolean {
		const now = this.account.clock.now();
		const isDown = failure.shared?.as === 'down';
		const leftMs = this.maxMs - this.waiting.ms;
		if (isDown && leftMs <= 0) {
			this.finish();
			return false;
		}
		this.lookAt = Math.min(this.lookAt, until, isDown ? now + leftMs : Infinity);
		if (isDown && !this.current) {
			this.current = { outage: { failure, from: since, to: now, lost: 0 }, instance, unansweredSince };
			this.waiting.begin();
			this.onOutage(this.current.outage, false);
		}
		return true;
	}

	/** A job that went to the instance has ended, and nobody knows whether it was done. */
	noteLost(instance: string | undefined): void {
		this.lost.push({ at: this.account.clock.now(), instance });
	}

	/** Something has answered: what was waited for is over, unless it was the answer of something else. */
	over(): void {
		if (this.current && !this.account.obstacles.downFor(this.current.instance, this.asker)) this.finish();
	}

	private finish(): void {
		if (!this.current) return;
		const { outage, instance, unansweredSince } = this.current;
		const isOfAll = outage.failure.shared?.scope === 'account';
		outage.to = this.account.clock.now();
		outage.lost = this.lost.filter((job) => job.at >= unansweredSince && (isOfAll || job.instance === instance)).length;
		this.waiting.end();
		this.note(outage);
		this.current = undefined;
		this.lost = [];
		this.onOutage(outage, true);
	}

	private note(outage: Outage): void {
		const last = this.outages.at(-1);
		if (!last || outage.from - last.to >= BACK_MS) return void this.outages.push(outage);
		last.to = outage.to;
		last.lost += outage.lost;
	}

	/** Gives all that was down. */
	end(): Outage[] {
		this.finish();
		return this.outages;
	}
}
