import { sleep } from 'n8n-workflow';

import type { Clock } from '../../nodes/AgentAi/limiter/clock.ts';

let times = 1;
let realAt = performance.now();
let clockAt = realAt;

const now = () => clockAt + (performance.now() - realAt) * times;

/**
 * From now on the node's clock goes so many times as fast as time: what it waits for in seconds passes the sooner, while servers and
 * the timeouts of requests keep their own time. Only where a file puts this clock in the place of the node's:
 * `jest.mock('../../nodes/AgentAi/client/systemClock.ts', () => jest.requireActual<object>('../support/fastClock.mts'))`.
 */
export function goFaster(factor: number): void {
	[clockAt, realAt] = [now(), performance.now()];
	times = factor;
}

afterEach(() => goFaster(1));

/** The node's clock. */
export const systemClock: Clock = {
	now,
	sleep: async (ms, signal) => await sleep(ms / times, signal).catch(() => undefined),
	pause: async () => await sleep(0),
	random: Math.random,
};
