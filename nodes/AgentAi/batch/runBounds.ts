import type { Failure, NotSentReason } from '../failures/failure';
import type { BatchOptions } from './types';

/** A batch among those of one run. */
export interface Member {
	/** Looks for work: a place is free. */
	wake(): void;
	/** Starts nothing more. */
	halt(reason: NotSentReason): void;
}

/** What the batches of one run share, one for each account that its rows belong to: the places, the requests that may be sent, and what ends all of them. */
export class RunBounds {
	/** Jobs that failed one after another, in order of finishing. */
	failuresInARow = 0;

	private readonly members = new Set<Member>();

	private underWay = 0;

	/** Why nothing more is sent. */
	halted?: NotSentReason;

	constructor(
		private readonly options: BatchOptions,
		private readonly spent = { requests: 0 },
	) {}

	/** Whether one more attempt may begin. */
	get free(): boolean {
		return this.underWay < this.options.maxConcurrency;
	}

	/** Gives what takes the member out again. */
	join(member: Member): () => void {
		this.members.add(member);
		if (this.halted) member.halt(this.halted);
		return () => this.members.delete(member);
	}

	/** Notes that an attempt begins, with its first request. */
	begin(): void {
		this.underWay++;
		this.spend();
	}

	/** Takes one of the requests that may be sent: the last ends the run. Whether there was one. */
	spend(): boolean {
		const { maxRequests = 0 } = this.options;
		if (maxRequests > 0 && this.spent.requests === maxRequests) return false;
		if (++this.spent.requests === maxRequests) this.halt({ why: 'maxRequests', count: maxRequests });
		return true;
	}

	/** Frees the place of a member. The others look first, so that places go round. */
	end(by: Member): void {
		this.underWay--;
		for (const member of this.members) if (member !== by) member.wake();
	}

	/** Notes that a job has failed, which may end the run. */
	failed(failure: Failure): void {
		const { stopOnFailure, stopAfterFailures } = this.options;
		const count = ++this.failuresInARow;
		if (stopOnFailure) this.halt({ why: 'stopped', failure });
		if (stopAfterFailures > 0 && count >= stopAfterFailures) this.halt({ why: 'failuresInARow', count, failure });
	}

	/** Ends all batches of the run. */
	halt(reason: NotSentReason): void {
		this.halted ??= reason;
		for (const member of this.members) member.halt(this.halted);
	}
}
