import { type Benchmark, type Figure, ON_ERROR, seriesOf } from '../figure.mts';
import type { Job } from '../job.mts';
import { BenchServer } from '../server.mts';
import type { Party } from '../worker/parties.mts';

const CONCURRENCY = 10;
const MEDIAN_MS = 100;
const SIGMAS = [0.8, 1.2];
const PARTIES = ['agentAi', 'bareLoop', 'chainAgentAi', 'chainOpenAi', 'loopOverItems', 'httpRequestBatching', 'httpRequest'] as const;
/** The mode that the node alone takes otherwise is measured beside the least that a node can do. */
const MODES: { name: keyof typeof ON_ERROR; parties: readonly Party[] }[] = [
	{ name: 'Continue', parties: PARTIES },
	{ name: 'Stop Workflow', parties: ['agentAi', 'bareLoop'] },
];

/** Reproducible chance, so that all parties meet the same latencies (mulberry32). */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Lognormal latencies in whole ms: most answers are quick, a few are very slow, as those of agents are. */
function lognormal(count: number, sigma: number): number[] {
	const random = randomFrom(1);
	const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
	return Array.from({ length: count }, () => Math.round(MEDIAN_MS * Math.exp(sigma * normal())));
}

/** When the last of the latencies ends if each starts, in order, the moment one of the places is free. */
function idealFinish(latencies: readonly number[]): number {
	const places = new Array<number>(CONCURRENCY).fill(0);
	for (const latency of latencies) {
		const first = places.indexOf(Math.min(...places));
		places[first] = (places[first] ?? 0) + latency;
	}
	return Math.max(...places);
}

export const benchmark: Benchmark = {
	name: 'schedule',
	title: 'Finishing time',
	text: `400 prompts with lognormal latencies (median ${MEDIAN_MS} ms), ${CONCURRENCY} at once. The finishing time is compared with the ideal schedule, in which each prompt starts, in order, as soon as one of ${CONCURRENCY} places is free, and takes as long as the server took for it in that run. In *Stop Workflow* the Agent.ai node reads all items before it sends the first, so that invalid input costs nothing. HTTP Request sends everything at once, whatever is set, so its time cannot be compared. Its *Batching* only spaces out the starts, here by the mean latency, which nobody knows in advance. The second table shows how many requests were in flight at once.`,
	async run({ quick, turns, measure }) {
		const items = quick ? 40 : 400;
		const over: Figure = {
			name: 'schedule',
			title: 'Finishing time over the ideal schedule',
			unit: '× ideal',
			digits: 3,
			series: [],
			goals: [{ atMost: 1.03 }],
			shown: true,
		};
		const inFlight: Figure = { name: 'in-flight', title: 'Most requests in flight at once', unit: 'requests', digits: 0, series: [] };
		for (const sigma of SIGMAS) {
			const latencies = lognormal(items, sigma);
			const mean = Math.round(latencies.reduce((sum, latency) => sum + latency, 0) / items);
			const server = await BenchServer.start({ latencyMs: (row) => latencies[row] ?? 0 });
			for (const { name, parties } of MODES) {
				const flights: Partial<Record<Party, number[]>> = {};
				const results = await turns(parties, async (party) => {
					server.reset();
					const job: Job = {
						party,
						baseUrl: server.baseUrl,
						items,
						concurrency: CONCURRENCY,
						intervalMs: mean,
						warmUp: 100,
						onError: ON_ERROR[name],
					};
					const { wallMs, lost, error } = await measure(job);
					if (lost > 0) throw new Error(`${party} lost ${lost} prompts: ${error ?? ''}`);
					(flights[party] ??= []).push(server.maxInFlight);
					const took = [...server.served].sort((a, b) => a.row - b.row).map(({ arrivedMs, leftMs }) => leftMs - arrivedMs);
					return wallMs / idealFinish(took);
				});
				const comparable = Object.fromEntries(Object.entries(results).filter(([party]) => party !== 'httpRequest'));
				over.series.push(...seriesOf(`σ ${sigma}, ${name}`, comparable));
				inFlight.series.push(...seriesOf(`σ ${sigma}, ${name}`, flights));
			}
			await server.close();
		}
		return [over, inFlight];
	},
};
