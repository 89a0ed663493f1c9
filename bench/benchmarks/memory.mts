import { type Benchmark, seriesOf } from '../figure.mts';
import { BenchServer } from '../server.mts';

const PARTIES = ['agentAi', 'bareLoop', 'httpRequestCredential', 'httpRequest', 'loopOverItems'] as const;

export const benchmark: Benchmark = {
	name: 'memory',
	title: 'Peak memory',
	text: 'Peak memory of the process (resident set) in a run of 10,000 items with answers of 2 KB, answered immediately. Much of it is garbage that V8 has not collected yet: n8n’s helper opens a connection for each request, and its objects stay until V8 collects its old generation, which changes the peak of a single run by a tenth.',
	async run({ quick, turns, measure }) {
		const items = quick ? 500 : 10_000;
		const server = await BenchServer.start({ padding: ' lorem ipsum'.repeat(165) });
		const results = await turns(PARTIES, async (party) => {
			const { peakMiB, lost, error } = await measure({ party, baseUrl: server.baseUrl, items, concurrency: 10 });
			if (lost > 0) throw new Error(`${party} lost ${lost} items: ${error ?? ''}`);
			return peakMiB;
		});
		await server.close();
		return [
			{
				name: 'memory',
				title: 'Peak memory, 10,000 items with 2 KB answers',
				unit: 'MiB',
				digits: 0,
				series: seriesOf('10,000 items', results),
				over: { party: 'httpRequestCredential' },
				goals: [{ atMost: 1 }],
				shown: true,
			},
		];
	},
};
