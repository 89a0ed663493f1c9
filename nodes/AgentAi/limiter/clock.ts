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
