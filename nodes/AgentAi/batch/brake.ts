/** So many times as often as there are places a batch has to have sent, before its answer times tell anything. */
const ROUNDS = 2;
/** Places that were taken for a smaller part of the time than this were not the brake. */
const TAKEN = 0.75;

/** Finds out whether a batch was slower than its account's limit only because it has so few places. */
export class Brake {
	private ended = 0;

	private busyMs = 0;

	constructor(
		private readonly places: number,
		private readonly begunAt: number,
	) {}

	/** Notes how long a request took. */
	note(latencyMs: number): void {
		this.ended++;
		this.busyMs += latencyMs;
	}

	/**
	 * How many requests at once would use the whole limit: rate × answer time (Little's law).
	 *
	 * @param perMinute requests a minute that the limit allows, where that is known
	 * @returns `undefined` where the places were not the brake
	 */
	enoughAtOnce(now: number, perMinute: number | undefined): number | undefined {
		const wereTaken = this.busyMs >= TAKEN * this.places * (now - this.begunAt);
		if (perMinute === undefined || this.ended < ROUNDS * this.places || !wereTaken) return undefined;
		const enough = Math.ceil((perMinute * this.busyMs) / this.ended / 60_000);
		return enough > this.places ? enough : undefined;
	}
}
