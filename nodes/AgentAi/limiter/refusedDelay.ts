/** First upper bound of the wait after a refusal without a usable time; agent.ai's window is a minute long. */
const BASE_MS = 2_000;
const CAP_MS = 60_000;

/**
 * Wait after a refusal that named no usable time: grows with the number of refusals in a row (2 s … 60 s), with jitter in
 * its upper half only, because waiting too little costs another refusal.
 *
 * @param refusalsInARow 1 or more
 * @param random a number from 0 up to 1
 */
export function refusedDelayMs(refusalsInARow: number, random: number): number {
	const bound = Math.min(CAP_MS, BASE_MS * 2 ** (refusalsInARow - 1));
	return Math.round(bound / 2 + (random * bound) / 2);
}
