import type { Clock } from '../../nodes/AgentAi/limiter/clock.ts';

/** A clock that stands still until everything that can happen has happened, then jumps to the next timer. */
export class VirtualClock implements Clock {
	private time = 0;

	private timers: { at: number; resolve: () => void }[] = [];

	constructor(readonly random: () => number = () => 0.5) {}

	now(): number {
		return this.time;
	}

	sleep(ms: number, signal?: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			const timer = { at: this.time + ms, resolve };
			this.timers.push(timer);
			signal?.addEventListener('abort', () => {
				this.timers = this.timers.filter((other) => other !== timer);
				resolve();
			});
		});
	}

	pause(): Promise<void> {
		return Promise.resolve();
	}

	/**
	 * Runs a promise to its end in virtual time.
	 *
	 * @throws Error when nothing can happen any more and the promise is still open, or after too many steps
	 */
	async run<T>(promise: Promise<T>, maxSteps = 100_000): Promise<T> {
		const outcome: { settled?: boolean } = {};
		const mark = () => {
			outcome.settled = true;
		};
		promise.then(mark, mark);
		for (let step = 0; step < maxSteps; step++) {
			await new Promise(setImmediate);
			if (outcome.settled) return await promise;
			if (this.timers.length === 0) throw new Error('Deadlock: nothing can happen any more');
			const at = Math.min(...this.timers.map((timer) => timer.at));
			this.time = Math.max(this.time, at);
			const due = this.timers.filter((timer) => timer.at <= this.time);
			this.timers = this.timers.filter((timer) => timer.at > this.time);
			for (const { resolve } of due) resolve();
		}
		throw new Error(`Not finished after ${maxSteps} steps`);
	}
}
