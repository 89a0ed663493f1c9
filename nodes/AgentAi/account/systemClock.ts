import { sleep } from 'n8n-workflow';

import type { Clock } from '../batch/types';

/** Real time and real chance, for the batch. */
export const systemClock: Clock = {
	now: () => performance.now(),
	// an aborted sleep has done its work
	sleep: async (ms, signal) => await sleep(ms, signal).catch(() => {}),
	random: Math.random,
};
