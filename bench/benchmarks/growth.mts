import { type Benchmark, type Figure, OURS } from '../figure.mts';
import { inTurns } from '../measure.mts';
import { BenchServer } from '../server.mts';

const PARTIES = ['agentAi', 'bareLoop'] as const;
/** Small sizes are repeated, so that there is something to measure. */
const SIZES = [
	{ items: 100, repeat: 40 },
	{ items: 1000, repeat: 4 },
	{ items: 10_000, repeat: 1 },
	{ items: 100_000, repeat: 1 },
];
/** The largest takes minutes. */
const RUNS_OF_LARGEST = 1;
const TIME_BASE = '1,000';
/** A run holds some 14 KiB besides its items, which shows in the smallest: nothing larger is to hold more for an item. */
const HEAP_BASE = '100';

export const benchmark: Benchmark = {
	name: 'growth',
	title: 'Growth with the number of items',
	text: `Processor time and heap per item in runs of 100 to 100,000 items, answered immediately, 10 at a time, compared with runs of ${TIME_BASE} and ${HEAP_BASE} items. Runs of 100 and 1,000 items are repeated until there are 4,000 items. The heap is what the results of a run, including the answers, keep in use. ${RUNS_OF_LARGEST} run has 100,000 items.`,
	async run({ quick, runs, measure }) {
		const shared = { digits: 3, sizes: true };
		const time: Figure = {
			...shared,
			series: [],
			over: { case: TIME_BASE },
			name: 'growth-time',
			title: 'Processor time per item, by size of the run',
			unit: 'ms',
			shown: true,
		};
		const heap: Figure = {
			...shared,
			series: [],
			over: { case: HEAP_BASE },
			name: 'growth-heap',
			title: 'Heap in use per item, by size of the run',
			unit: 'KiB',
		};
		const server = await BenchServer.start();
		for (const { items, repeat } of quick ? SIZES.slice(0, 2).map(({ items: n }) => ({ items: n, repeat: 1 })) : SIZES) {
			const name = items.toLocaleString('en');
			const turns = items >= 100_000 ? Math.min(runs, RUNS_OF_LARGEST) : runs;
			const results = await inTurns(turns, PARTIES, async (party) => {
				const measured = await measure({ party, baseUrl: server.baseUrl, items, repeat, concurrency: 10, warmUp: quick ? 100 : 2000 });
				if (measured.lost > 0) throw new Error(`${party} lost ${measured.lost} of ${items} items: ${measured.error ?? ''}`);
				return { ms: measured.cpuMs / items / repeat, kib: (measured.heldMiB * 1024) / items };
			});
			for (const party of PARTIES) {
				time.series.push({ case: name, party, values: results[party].map(({ ms }) => ms) });
				heap.series.push({ case: name, party, values: results[party].map(({ kib }) => kib) });
			}
			if (name !== TIME_BASE) (time.goals ??= []).push({ case: name, atMost: 1.1 });
			if (name !== HEAP_BASE) (heap.goals ??= []).push({ case: name, atMost: 1.1 });
		}
		await server.close();
		return [time, heap].map((figure) => ({
			...figure,
			series: figure.series.sort((a, b) => Number(b.party === OURS) - Number(a.party === OURS)),
		}));
	},
};
