import { sleep } from 'n8n-workflow';

import { systemClock } from '../client/systemClock';

/** How long a walk over many items may keep n8n from everything else, in ms. */
const LONGEST_BLOCK_MS = 20;

/**
 * Walks over items, with a pause whenever it has taken long: ten thousand items take seconds, in which n8n has webhooks to
 * answer and other workflows to run.
 *
 * @param visit gives false to end the walk
 */
export async function withPauses<T>(elements: Iterable<T>, visit: (element: T) => boolean | void): Promise<void> {
	let pausedAt = systemClock.now();
	for (const element of elements) {
		if (visit(element) === false) return;
		if (systemClock.now() - pausedAt < LONGEST_BLOCK_MS) continue;
		await sleep(0);
		pausedAt = systemClock.now();
	}
}
