import { type Benchmark, type Figure, ON_ERROR, seriesOf } from '../figure.mts';
import { BenchServer } from '../server.mts';

const PARTIES = ['agentAi', 'bareLoop', 'httpRequestCredential', 'loopOverItems', 'chainOpenAi'] as const;

export const benchmark: Benchmark = {
	name: 'start',
	title: 'Time to the first request',
	text: 'Time from the start of the workflow to the first request, with 10,000 items. In *Stop Workflow* the Agent.ai node reads all items before it sends the first, so that invalid input costs nothing.',
	async run({ quick, turns, measure }) {
		const items = quick ? 500 : 10_000;
		const server = await BenchServer.start();
		const figure: Figure = {
			name: 'start',
			title: 'Time to the first request, 10,000 items',
			unit: 'ms',
			digits: 1,
			series: [],
			goals: [{ atMost: 100 }],
			shown: true,
		};
		for (const [name, onError] of Object.entries(ON_ERROR)) {
			const results = await turns(PARTIES, async (party) => {
				const job = { party, baseUrl: server.baseUrl, items, concurrency: 10, untilFirstRequest: true, onError };
				return (await measure(job)).firstRequestMs;
			});
			figure.series.push(...seriesOf(name, results));
		}
		await server.close();
		return [figure];
	},
};
