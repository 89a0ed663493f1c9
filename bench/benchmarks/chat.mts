import { type Benchmark, median, seriesOf } from '../figure.mts';
import { BenchServer } from '../server.mts';

const PARTIES = ['agentAi', 'bareStream'] as const;

export const benchmark: Benchmark = {
	name: 'chat',
	title: 'First words in a chat',
	text: 'Time from when the server sends the first chunk of a streamed answer to when n8n’s chat gets it; the median of 100 answers, one after another. The bare reader passes on each chunk of bytes as n8n’s helper gives it, without reading it.',
	async run({ quick, turns, measure }) {
		const server = await BenchServer.start({ pieces: 5 });
		const results = await turns(PARTIES, async (party) => {
			const job = { party, baseUrl: server.baseUrl, items: quick ? 10 : 100, concurrency: 1, stream: true, warmUp: 100 };
			return median((await measure(job)).firstPieceDelaysMs);
		});
		await server.close();
		return [
			{
				name: 'chat',
				title: 'Delay of the first chunk to the chat',
				unit: 'ms',
				digits: 2,
				series: seriesOf('first piece', results),
				goals: [{ atMost: 2 }],
			},
		];
	},
};
