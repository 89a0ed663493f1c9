import { type Benchmark, type Figure, type Series } from '../figure.mts';
import type { Job, TimeScale } from '../job.mts';
import { BenchServer } from '../server.mts';

const LIMIT = 20;
const PARTIES = ['agentAi', 'httpRequestBatching', 'bareLoop'] as const;

interface Case {
	name: string;
	windowMs: number;
	/** Times faster that the clocks run. */
	factor: number;
	/** Runs of the workflow at once. */
	parallel: number;
	goals: { used: number; refused: number };
}

const CASES: Case[] = [
	{ name: '3 s', windowMs: 3000, factor: 1, parallel: 1, goals: { used: 95, refused: 1 } },
	{ name: '60 s', windowMs: 60_000, factor: 20, parallel: 1, goals: { used: 95, refused: 1 } },
	{ name: '3 s, ten runs at once', windowMs: 3000, factor: 1, parallel: 10, goals: { used: 90, refused: 5 } },
];

const figure = (name: string, title: string, unit: string, digits: number): Figure => ({ name, title, unit, digits, series: [] });

export const benchmark: Benchmark = {
	name: 'rateLimit',
	title: 'Under a rate limit',
	text: `200 prompts against a server that lets ${LIMIT} requests through in each window and names its limit in the headers that agent.ai documents, in *Continue* mode. Windows of 3 s; of 60 s, with all clocks 20 times faster; and ten runs of 20 prompts at once on one account. *Used* is the share of what the limit allowed between the first and the last request, *lost* the prompts without an answer at the end. HTTP Request's *Batching* is set to just the limit, which its users have to know.`,
	async run({ quick, turns, measure }) {
		const prompts = quick ? 40 : 200;
		const used = { ...figure('rate-used', 'Share of the allowed rate that was used', '%', 1), shown: true };
		const refused = figure('rate-refused', 'Requests that the limit refused', '%', 1);
		const lost = { ...figure('rate-lost', 'Prompts lost', 'prompts', 0), shown: true };
		for (const { name, windowMs, factor, parallel, goals } of quick ? CASES.slice(0, 1) : CASES) {
			const timeScale: TimeScale = { factor, origin: Date.now() };
			const rows = prompts / parallel;
			const results = await turns(PARTIES, async (party) => {
				const server = await BenchServer.start({ limit: { requests: LIMIT, windowMs }, timeScale, latencyMs: () => 20 });
				const job: Job = {
					party,
					baseUrl: server.baseUrl,
					items: rows,
					concurrency: party === 'httpRequestBatching' ? LIMIT : 10,
					intervalMs: windowMs,
					parallel,
					timeScale,
					warmUp: 50,
					onError: 'continueRegularOutput',
				};
				const measured = await measure(job);
				const arrivals = server.served.map(({ arrivedMs }) => arrivedMs * factor);
				const windows = 1 + (Math.max(...arrivals) - Math.min(...arrivals)) / windowMs;
				const figures = {
					used: (100 * arrivals.length) / (LIMIT * windows),
					refused: (100 * server.refused) / (server.refused + arrivals.length),
					lost: measured.lost,
				};
				await server.close();
				return figures;
			});
			for (const party of PARTIES.filter((one) => results[one].length > 0)) {
				const take = (key: 'used' | 'refused' | 'lost'): Series => ({ case: name, party, values: results[party].map((one) => one[key]) });
				used.series.push(take('used'));
				refused.series.push(take('refused'));
				lost.series.push(take('lost'));
			}
			(used.goals ??= []).push({ case: name, atLeast: goals.used });
			(refused.goals ??= []).push({ case: name, atMost: goals.refused });
		}
		lost.goals = [{ atMost: 0 }];
		return [used, refused, lost];
	},
};
