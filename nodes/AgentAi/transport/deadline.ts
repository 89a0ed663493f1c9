/** The time of a request is up. Its code is the one that axios gives a timeout. */
export class TimeUpError extends Error {
	readonly code = 'ECONNABORTED';

	constructor() {
		super('The time of the request is up');
		this.name = 'TimeUpError';
	}
}

/**
 * The end of one request in time: from its start to the last byte of its answer. n8n's HTTP helper stops watching the
 * time once the headers are there (measured with n8n-core 2.41.1: a stream that falls silent is awaited for ever), and
 * what it watches is silence, which one byte now and then breaks.
 *
 * Its timers are those of `AbortSignal.timeout`, which keep no process alive.
 */
export class Deadline {
	/** Whether the time was up before the answer was there. */
	expired = false;

	private readonly closing = new AbortController();

	private timer: AbortSignal;

	private fail: (() => void) | undefined;

	/** @param ms time for the whole request, in ms */
	constructor(readonly ms: number) {
		this.timer = this.arm(ms);
	}

	/** Closes the connection of the request when it fires. */
	get signal(): AbortSignal {
		return this.closing.signal;
	}

	/** Brings the end nearer: nothing that is still needed can come. */
	shorten(ms: number): void {
		this.timer.onabort = null;
		this.timer = this.arm(ms);
	}

	/** Waits for one thing of the request. Throws what it throws, or TimeUpError once the time is up. */
	async wait<T>(work: Promise<T>): Promise<T> {
		if (this.expired) throw new TimeUpError();
		// a promise of its own for each wait: racing against one that lives as long as the request keeps every loser alive
		return await new Promise<T>((resolve, reject) => {
			this.fail = () => reject(new TimeUpError());
			work.then(resolve, reject);
		});
	}

	/**
	 * Ends the watch.
	 *
	 * @param close whether the connection is to be closed, because the answer was not read to its end
	 */
	end(close: boolean): void {
		this.timer.onabort = null;
		this.fail = undefined;
		if (close) this.closing.abort();
	}

	private arm(ms: number): AbortSignal {
		const timer = AbortSignal.timeout(Math.ceil(ms));
		timer.onabort = () => {
			this.expired = true;
			this.fail?.();
			this.closing.abort();
		};
		return timer;
	}
}
