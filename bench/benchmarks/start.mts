import { type Benchmark, seriesOf } from '../figure.mts';
import { BenchServer } from '../server.mts';

const PARTIES = ['agentAi', 'bareLoop', 'httpRequestCredential', 'loopOverItems', 'chainOpenAi'] as const;

export const benchmark: Benchmark = {
	name: 'start',
	title: 'The first request',
	text: 'Time from the start of the workflow to the first request, with 10,000 items, in *Stop* mode.',
	async run({ quick, turns, measure }) {
		const items = quick ? 500 : 10_000;
		const server = await BenchServer.start();
		const results = await turns(PARTIES, async (party) => {
			const job = { party, baseUrl: server.baseUrl, items, concurrency: 10, untilFirstRequest: true };
			return (await measure(job)).firstRequestMs;
		});
		await server.close();
		return [
			{
				name: 'start',
				title: 'First request after the start, 10,000 items',
				unit: 'ms',
				digits: 1,
				series: seriesOf('10,000 items', results),
				goals: [{ atMost: 100 }],
				shown: true,
			},
		];
	},
};
