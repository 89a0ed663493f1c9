import { type Benchmark, type Figure, seriesOf } from '../figure.mts';
import type { Job, Measured, TimeScale } from '../job.mts';
import type { Bench } from '../measure.mts';
import { BenchServer } from '../server.mts';
import type { Party } from '../worker/parties.mts';

const LIMIT = 20;
const PARTIES = ['agentAi', 'httpRequestBatching'] as const;

interface Case {
	name: string;
	windowMs: number;
	/** Times faster that the clocks run. */
	factor: number;
	/** How long the agent takes, in windows; 20 ms if left out. */
	answerTime?: number;
	/** Runs of the workflow at once in a process. Default 1. */
	parallel?: number;
	/** Processes at once, each with a run of all prompts. Default 1. */
	processes?: number;
	goals: { used: number; refused: number; later?: number };
}

const CASES: Case[] = [
	{ name: '3 s', windowMs: 3000, factor: 1, goals: { used: 95, refused: 1 } },
	{ name: '60 s', windowMs: 60_000, factor: 40, goals: { used: 95, refused: 1 } },
	{ name: '60 s, answers take 6 s', windowMs: 60_000, factor: 40, answerTime: 0.1, goals: { used: 90, refused: 2 } },
	{ name: '60 s, answers take 60 s', windowMs: 60_000, factor: 40, answerTime: 1, goals: { used: 90, refused: 2 } },
	{ name: '60 s, answers take 5 min', windowMs: 60_000, factor: 60, answerTime: 5, goals: { used: 90, refused: 2 } },
	{ name: '3 s, ten runs at once', windowMs: 3000, factor: 1, parallel: 10, goals: { used: 90, refused: 5 } },
	{ name: '60 s, two workers', windowMs: 60_000, factor: 40, processes: 2, goals: { used: 90, refused: 5, later: 1.3 } },
];

/** What one party made of one case. */
interface Result {
	used: number;
	refused: number;
	lost: number;
	/** The longest run of a process over the shortest. */
	later: number;
}

const figure = (name: string, title: string, unit: string, digits: number): Figure => ({ name, title, unit, digits, series: [] });

/** Requests in flight at once that the limit needs, as answers take `answerTime` windows, and half as many again; 100 is the most that the node takes. */
const concurrencyFor = (answerTime: number) => Math.min(100, Math.max(10, Math.ceil(1.5 * LIMIT * answerTime)));

async function measureCase(
	{ windowMs, factor, answerTime = 0, parallel = 1, processes = 1 }: Case,
	party: Party,
	prompts: number,
	measure: Bench['measure'],
): Promise<Result> {
	const timeScale: TimeScale = { factor, origin: Date.now() };
	const latencyMs = Math.max(20, Math.round(answerTime * windowMs));
	const server = await BenchServer.start({ limit: { requests: LIMIT, windowMs }, timeScale, latencyMs: () => latencyMs });
	const job: Job = {
		party,
		baseUrl: server.baseUrl,
		items: prompts / parallel,
		concurrency: party === 'httpRequestBatching' ? LIMIT / processes : concurrencyFor(answerTime),
		intervalMs: windowMs,
		parallel,
		timeScale,
		warmUp: 50,
		onError: 'continueRegularOutput',
	};
	const measured = await Promise.all(Array.from({ length: processes }, async (): Promise<Measured> => await measure(job)));
	const arrivals = server.served.map(({ arrivedMs }) => arrivedMs * factor);
	const windows = 1 + (Math.max(...arrivals) - Math.min(...arrivals)) / windowMs;
	const times = measured.map(({ wallMs }) => wallMs);
	await server.close();
	return {
		used: (100 * arrivals.length) / (LIMIT * windows),
		refused: (100 * server.refused) / (server.refused + arrivals.length),
		lost: measured.reduce((sum, one) => sum + one.lost, 0),
		later: Math.max(...times) / Math.min(...times),
	};
}

export const benchmark: Benchmark = {
	name: 'rateLimit',
	title: 'Under a rate limit',
	text: `200 prompts in *Continue* mode, sent to a server that allows ${LIMIT} requests in each window and reports its limit in the headers that agent.ai documents. Windows of 3 s; windows of 60 s, with all clocks 40 or 60 times faster, for agents that answer immediately or take 0.1, 1 and 5 windows (*Max Concurrency* 10, 30, 100); ten runs of 20 prompts at once with one account; and two processes with 200 prompts each. “Used” is the share of the allowed requests that were sent between the first and the last request, including the time in which the limit is learned. “Lost” counts prompts without an answer at the end. The *Batching* of HTTP Request is set to exactly the limit, or to half of it for each of two workers, numbers that its users have to know.`,
	async run({ quick, turns, measure }) {
		const prompts = quick ? 40 : 200;
		const used = { ...figure('rate-used', 'Share of the allowed rate used', '%', 1), shown: true };
		const refused = figure('rate-refused', 'Requests refused by the limit', '%', 1);
		const lost: Figure = { ...figure('rate-lost', 'Prompts lost', 'prompts', 0), shown: true, goals: [{ atMost: 0 }] };
		const later = figure('rate-later', 'Last worker to finish, compared with the first', '×', 2);
		for (const one of quick ? CASES.slice(0, 1) : CASES) {
			const results = await turns(PARTIES, async (party) => await measureCase(one, party, prompts, measure));
			const take = (key: keyof Result) =>
				seriesOf(one.name, Object.fromEntries(PARTIES.map((party) => [party, results[party].map((result) => result[key])])));
			used.series.push(...take('used'));
			refused.series.push(...take('refused'));
			lost.series.push(...take('lost'));
			if (one.goals.later !== undefined) later.series.push(...take('later'));
			(used.goals ??= []).push({ case: one.name, atLeast: one.goals.used });
			(refused.goals ??= []).push({ case: one.name, atMost: one.goals.refused });
			if (one.goals.later !== undefined) later.goals = [{ atMost: one.goals.later }];
		}
		return [used, refused, lost, ...(later.series.length > 0 ? [later] : [])];
	},
};
