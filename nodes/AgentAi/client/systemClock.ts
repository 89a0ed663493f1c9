import { sleep } from 'n8n-workflow';

import type { Clock } from '../limiter/clock';

/** Real time and real chance. */
export const systemClock: Clock = {
	now: () => performance.now(),
	// an aborted sleep has done its work
	sleep: async (ms, signal) => await sleep(ms, signal).catch(() => {}),
	pause: async () => await sleep(0),
	random: Math.random,
};
