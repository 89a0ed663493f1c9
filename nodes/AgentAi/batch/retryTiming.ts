/** First upper bound of a wait between two tries, in ms; it doubles with every try. */
const BASE_MS = 1_000;
/** Longest wait between two tries that no server asked for, in ms. */
const CAP_MS = 30_000;

/**
 * Wait before the next try of a request that was not delivered or may be repeated: "full jitter", a random time up to
 * a bound that doubles with every try (1 s, 2 s, 4 s … 30 s).
 *
 * @param tries how many tries there have been, 1 or more
 * @param random a number from 0 up to 1
 */
export function retryDelayMs(tries: number, random: number): number {
	return Math.round(random * Math.min(CAP_MS, BASE_MS * 2 ** (tries - 1)));
}
