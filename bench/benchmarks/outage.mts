import { setTimeout as sleep } from 'node:timers/promises';

import { type Benchmark, type Figure, ON_ERROR, OURS, seriesOf } from '../figure.mts';
import type { Job, TimeScale } from '../job.mts';
import { BenchServer } from '../server.mts';
import type { Party } from '../worker/parties.mts';

const PARTIES = ['agentAi', 'loopOverItems', 'httpRequestBatching'] as const;
const CONCURRENCY = 10;
/** Times faster that the clocks run. */
const FACTOR = 5;
const AWAY_MS = 30_000;
const LATENCY_MS = 1000;

/** What one party made of an outage in the middle of its run. */
interface Result {
	lost: number;
	twice: number;
	/** From its end to the next request, in seconds; nothing where none came. */
	returned: number[];
}

async function measureOne(
	party: Party,
	onError: Job['onError'],
	items: number,
	measure: (job: Job) => Promise<{ lost: number }>,
): Promise<Result> {
	const timeScale: TimeScale = { factor: FACTOR, origin: Date.now() };
	const server = await BenchServer.start({ timeScale, latencyMs: () => LATENCY_MS });
	const retryOnFail = party !== OURS;
	const job: Job = {
		party,
		baseUrl: server.baseUrl,
		items,
		concurrency: CONCURRENCY,
		intervalMs: LATENCY_MS,
		timeScale,
		warmUp: 50,
		onError,
		retryOnFail,
	};
	const measuring = measure(job);
	while (server.served.length < items / 4) await Promise.race([sleep(5), measuring]);
	await server.goAway(AWAY_MS / FACTOR);
	const backAt = performance.now();
	const { lost } = await measuring;
	const next = Math.min(...server.served.map(({ arrivedMs }) => arrivedMs).filter((at) => at > backAt));
	await server.close();
	return {
		lost,
		twice: server.served.length - new Set(server.served.map(({ row }) => row)).size,
		returned: Number.isFinite(next) ? [((next - backAt) * FACTOR) / 1000] : [],
	};
}

const figure = (name: string, title: string, unit: string, digits: number, atMost: number): Figure => ({
	name,
	title,
	unit,
	digits,
	series: [],
	goals: [{ atMost }],
});

export const benchmark: Benchmark = {
	name: 'outage',
	title: 'A server that is down for 30 seconds',
	text: `200 prompts whose answers take ${LATENCY_MS / 1000} s, ${CONCURRENCY} at once. When a quarter is answered, the server refuses connections for ${AWAY_MS / 1000} s; requests already running are answered. All clocks run ${FACTOR} times faster. HTTP Request uses *Retry On Fail* with the highest values that n8n accepts: 5 tries, with 5 s in between. “Lost” counts prompts without an answer at the end, and “answered twice” those that the server answered, and charged for, more than once. A workflow that fails counts as having lost all of its answers. The node fails in *Stop Workflow* if a request was just reaching the server as it went down, because the server may have carried it out; Retry then sends only the rest.`,
	async run({ quick, turns, measure }) {
		const items = quick ? 40 : 200;
		const lost = { ...figure('outage-lost', 'Prompts lost to an outage of 30 s', 'prompts', 0, 0), shown: true };
		const twice = figure('outage-twice', 'Prompts answered twice', 'prompts', 0, 0);
		const returned = figure('outage-return', 'Time from the end of the outage to the next request', 's', 1, 5);
		for (const [name, onError] of Object.entries(ON_ERROR)) {
			const results = await turns(PARTIES, async (party) => await measureOne(party, onError, items, measure));
			const take = (values: (result: Result) => number[]) =>
				seriesOf(name, Object.fromEntries(Object.entries(results).map(([party, each]) => [party, each.flatMap(values)])));
			lost.series.push(...take((result) => [result.lost]));
			twice.series.push(...take((result) => [result.twice]));
			returned.series.push(...take((result) => result.returned));
		}
		return [lost, twice, returned];
	},
};
