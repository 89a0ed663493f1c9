/**
 * Finds the longest time that the main thread computed without letting the event loop turn. Counted in processor time
 * of this thread, so that a busy machine does not show; the loop is kept turning, so that waiting does not count.
 */
export class BlockWatch {
	longestMs = 0;
	private running = false;
	private last = process.threadCpuUsage();

	start(): void {
		this.running = true;
		this.last = process.threadCpuUsage();
		this.turn();
	}

	stop(): void {
		this.look();
		this.running = false;
	}

	private turn(): void {
		if (!this.running) return;
		this.look();
		setImmediate(() => this.turn());
	}

	private look(): void {
		const now = process.threadCpuUsage();
		const spentMs = (now.user - this.last.user + now.system - this.last.system) / 1000;
		this.last = now;
		this.longestMs = Math.max(this.longestMs, spentMs);
	}
}
