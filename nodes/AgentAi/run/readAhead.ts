import { systemClock } from '../client/systemClock';

/** How many elements are read at once, and for how long at most, in ms: what was read and not yet sent is in memory. */
const MOST_AHEAD = 100;
const LONGEST_BLOCK_MS = 10;

/**
 * The same elements, read some ahead of their use. Reading rows and sending them by turns costs each item a tenth more
 * processor time than reading some in a row, n8n's own part included (measured, n8n 2.41.1).
 */
export function* readAhead<T>(elements: Iterable<T>): Iterable<T> {
	const iterator = elements[Symbol.iterator]();
	for (let exhausted = false; !exhausted; ) {
		const ahead: T[] = [];
		const untilMs = systemClock.now() + LONGEST_BLOCK_MS;
		do {
			const next = iterator.next();
			if (next.done === true) exhausted = true;
			else ahead.push(next.value);
		} while (!exhausted && ahead.length < MOST_AHEAD && systemClock.now() < untilMs);
		yield* ahead;
	}
}
