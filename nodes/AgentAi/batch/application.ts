import type { Account } from '../limiter/account';
import type { Applicant, Denial } from '../limiter/turns';
import type { Ticket } from '../limiter/window';
import type { BatchOptions } from './types';

/** What a batch does with the answer to its application. */
export interface Granted {
	/**
	 * One request may start now.
	 *
	 * @param start notes that it does; not called when there is nothing to start any more
	 */
	acquired(start: () => Ticket): void;
	/** The limit resets too late for this batch. */
	refused(denial: Denial): void;
}

/** A batch's application for the next start of its account, one at a time, and how long the limit has held it. */
export class Application implements Applicant {
	readonly live: boolean;

	readonly node?: string;

	readonly asksAtOnce?: boolean;

	readonly requestsPerMinute: number;

	readonly maxLimitWaitMs: number;

	/** Time in which work was ready and there was room for it, but the account's limit held it back, in ms. */
	heldMs = 0;

	/** Since when a start has been asked for; `undefined` while none is. */
	private since?: number;

	constructor(
		private readonly account: Account,
		options: BatchOptions,
		private readonly batch: Granted,
	) {
		this.live = options.live;
		this.node = options.node;
		this.asksAtOnce = options.asksAtOnce;
		this.requestsPerMinute = options.requestsPerMinute;
		this.maxLimitWaitMs = options.maxLimitWaitMs;
	}

	get isOpen(): boolean {
		return this.since !== undefined;
	}

	open(): void {
		this.since = this.account.clock.now();
		this.account.turns.acquire(this);
	}

	/** Takes it back. */
	leave(): void {
		if (!this.isOpen) return;
		this.close();
		this.account.turns.leave(this);
	}

	acquired(start: () => Ticket): void {
		this.close();
		this.batch.acquired(start);
	}

	refused(denial: Denial): void {
		this.close();
		this.batch.refused(denial);
	}

	private close(): void {
		if (this.since !== undefined) this.heldMs += this.account.clock.now() - this.since;
		this.since = undefined;
	}
}
