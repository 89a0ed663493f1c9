/** Longest time that a timer takes, in ms. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * The end of one request in time: from its start to the last byte of its answer. n8n's HTTP helper stops watching the
 * time once the headers are there (measured with n8n-core 2.41.1: a stream that falls silent is awaited for ever), and
 * what it watches is silence, which one byte now and then breaks. Its timers keep no process alive.
 */
export class Deadline {
	/** Whether the time was up before the answer was there. */
	expired = false;

	/** Whether a shorter wait for what could still have come was over. */
	quiet = false;

	private readonly closing = new AbortController();

	private readonly timer: AbortSignal;

	private shorter: AbortSignal | undefined;

	private fail: ((error: Error) => void) | undefined;

	/**
	 * @param ms time for the whole request, in ms
	 * @param stopped closes the connection too
	 */
	constructor(
		readonly ms: number,
		private readonly stopped?: AbortSignal,
	) {
		this.timer = timer(ms, () => {
			this.expired = true;
			this.timeUp();
		});
		if (stopped?.aborted) this.close();
		else stopped?.addEventListener('abort', this.close, { once: true });
	}

	/** Closes the connection of the request when it fires. */
	get signal(): AbortSignal {
		return this.closing.signal;
	}

	/** Waits for one thing of the request. Throws what it throws, or an error of its own once the time is up. */
	async wait<T>(work: Promise<T>): Promise<T> {
		return await new Promise<T>((resolve, reject) => {
			if (this.expired || this.quiet) reject(timeIsUp());
			this.fail = reject;
			work.then(resolve, reject);
		});
	}

	/**
	 * Brings the end nearer, because nothing that is still needed may come; instead of what was said before.
	 *
	 * @param ms from now on; `undefined` takes it back
	 */
	endSoon(ms: number | undefined): void {
		if (this.shorter) this.shorter.onabort = null;
		this.shorter =
			ms === undefined
				? undefined
				: timer(ms, () => {
						this.quiet = true;
						this.timeUp();
					});
	}

	/**
	 * Ends the watch.
	 *
	 * @param close whether the connection is to be closed, because the answer was not read to its end
	 */
	end(close: boolean): void {
		this.timer.onabort = null;
		this.endSoon(undefined);
		this.stopped?.removeEventListener('abort', this.close);
		this.fail = undefined;
		if (close) this.close();
	}

	private timeUp(): void {
		this.fail?.(timeIsUp());
		this.close();
	}

	private readonly close = () => this.closing.abort();
}

const timeIsUp = () => new Error('The time of the request is up');

function timer(ms: number, fire: () => void): AbortSignal {
	const signal = AbortSignal.timeout(Math.min(Math.ceil(ms), LONGEST_MS));
	signal.onabort = fire;
	return signal;
}
