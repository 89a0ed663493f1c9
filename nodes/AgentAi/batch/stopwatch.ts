import type { Clock } from '../limiter/clock';

/** Measures for how long something was the case, all times together. */
export class Stopwatch {
	private since?: number;

	private endedMs = 0;

	constructor(private readonly clock: Clock) {}

	get runs(): boolean {
		return this.since !== undefined;
	}

	/** Up to now, in ms. */
	get ms(): number {
		return this.endedMs + (this.since === undefined ? 0 : this.clock.now() - this.since);
	}

	begin(): void {
		this.since ??= this.clock.now();
	}

	end(): void {
		this.endedMs = this.ms;
		this.since = undefined;
	}
}
