/** Time and chance, passed in so that tests can drive them. */
export interface Clock {
	/** Milliseconds since some fixed point; never goes back. */
	now(): number;
	/** Resolves after `ms`, or at once when the signal fires; never rejects. */
	sleep(ms: number, signal: AbortSignal): Promise<void>;
	/** Lets everything else that is ready run first. */
	pause(): Promise<void>;
	/** A number from 0 up to, but not including, 1. */
	random(): number;
}

/** How long a walk over many elements may keep the process from everything else, in ms. */
const LONGEST_BLOCK_MS = 20;

/** The pauses of a long walk: n8n has webhooks to answer and other workflows to run meanwhile. */
export class Pauses {
	private pausedAt: number;

	constructor(private readonly clock: Clock) {
		this.pausedAt = clock.now();
	}

	/** Whether it is time for one. */
	get due(): boolean {
		return this.clock.now() - this.pausedAt >= LONGEST_BLOCK_MS;
	}

	async take(): Promise<void> {
		await this.clock.pause();
		this.restart();
	}

	/** Something else was waited for. */
	restart(): void {
		this.pausedAt = this.clock.now();
	}
}

/**
 * Walks over elements, with a pause whenever it has taken long.
 *
 * @param visit gives false to end the walk
 */
export async function withPauses<T>(clock: Clock, elements: Iterable<T>, visit: (element: T) => boolean | void): Promise<void> {
	const pauses = new Pauses(clock);
	for (const element of elements) {
		if (visit(element) === false) return;
		if (pauses.due) await pauses.take();
	}
}
