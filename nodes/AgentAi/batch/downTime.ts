import type { Failure } from '../failures/failure';
import type { Clock } from '../limiter/clock';
import type { Block } from '../limiter/obstacles';

/** A time in which jobs waited for what was down; `from` and `to` on the clock. */
export interface Outage {
	/** How it was found out. */
	failure: Failure;
	from: number;
	to: number;
	/** Jobs that were under way when it went down, and may have been done. */
	lost: number;
}

/** How long a batch has waited for what is down, all its jobs together, and what it has lost by that. */
export class DownTime {
	/** When to look at what is held again, on the clock. */
	lookAt = Infinity;

	private readonly outages: Outage[] = [];

	/** The outage that is not over, and since when jobs have waited for it. */
	private current?: { outage: Outage; waitingSince: number };

	private spentMs = 0;

	/** When jobs ended of which nobody knows whether they were done. */
	private lostAt: number[] = [];

	/** @param maxMs longest time in all, in ms */
	constructor(
		private readonly maxMs: number,
		private readonly clock: Clock,
		private readonly onOutage: (outage: Outage, isOver: boolean) => void = () => {},
	) {}

	/** Whether a job may wait for what stands in front of it; notes that it does. */
	mayWait({ failure, since, unansweredSince, until = Infinity }: Block): boolean {
		const now = this.clock.now();
		const isDown = failure.shared?.as === 'down';
		const leftMs = this.maxMs - this.spentMs - (this.current ? now - this.current.waitingSince : 0);
		if (isDown && leftMs <= 0) return false;
		this.lookAt = Math.min(this.lookAt, until, isDown ? now + leftMs : Infinity);
		if (isDown && !this.current) {
			const lost = this.lostAt.filter((at) => at >= unansweredSince).length;
			this.current = { outage: { failure, from: since, to: now, lost }, waitingSince: now };
			this.onOutage(this.current.outage, false);
		}
		return true;
	}

	/** All that was held is looked at. */
	restart(): void {
		this.lookAt = Infinity;
	}

	/** A job has ended of which nobody knows whether it was done. */
	noteLost(): void {
		this.lostAt.push(this.clock.now());
		if (this.current) this.current.outage.lost++;
	}

	/** What was down has answered, and nothing waits any more. */
	over(): void {
		if (!this.current) return;
		const { outage, waitingSince } = this.current;
		outage.to = this.clock.now();
		this.spentMs += outage.to - waitingSince;
		this.outages.push(outage);
		this.current = undefined;
		this.lostAt = [];
		this.onOutage(outage, true);
	}

	/** Gives all that was down. */
	end(): Outage[] {
		this.over();
		return this.outages;
	}
}
