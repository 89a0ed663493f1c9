import { type Benchmark, median, seriesOf } from '../figure.mts';
import { BenchServer } from '../server.mts';

const PARTIES = ['agentAi', 'bareStream'] as const;

export const benchmark: Benchmark = {
	name: 'chat',
	title: 'The first words in a chat',
	text: 'Time from the server’s sending of the first piece of a streamed answer to its handing over to n8n’s chat; the median of 100 answers, one after another. The bare reader hands over each chunk of bytes as it comes from n8n’s helper, without looking into it.',
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
				title: 'First piece to the chat after the server sent it',
				unit: 'ms',
				digits: 2,
				series: seriesOf('first piece', results),
				goals: [{ atMost: 2 }],
			},
		];
	},
};
