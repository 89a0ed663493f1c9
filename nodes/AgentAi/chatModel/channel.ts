/**
 * Hands values from a producer that is called back to a consumer that iterates. `send` resolves when its value has been
 * taken, so that a slow consumer holds the producer back. Breaking off the iteration makes `send` reject.
 */
export class Channel<T> {
	private waiting: Array<{ value: T; taken: () => void; dropped: (error: Error) => void }> = [];

	private closed = false;

	private broken = false;

	private wake: () => void = () => {};

	async send(value: T): Promise<void> {
		await new Promise<void>((taken, dropped) => {
			if (this.broken) dropped(new Error('Nobody reads the answer any more'));
			else {
				this.waiting.push({ value, taken, dropped });
				this.wake();
			}
		});
	}

	/** Ends the iteration once everything sent has been taken. */
	close(): void {
		this.closed = true;
		this.wake();
	}

	async *values(): AsyncGenerator<T> {
		try {
			for (;;) {
				const next = this.waiting.shift();
				if (next) {
					try {
						yield next.value;
					} finally {
						next.taken();
					}
				} else if (this.closed) return;
				else {
					await new Promise<void>((resolve) => {
						this.wake = resolve;
					});
				}
			}
		} finally {
			this.broken = true;
			for (const { dropped } of this.waiting.splice(0)) dropped(new Error('Nobody reads the answer any more'));
		}
	}
}
