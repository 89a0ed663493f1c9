import { type Benchmark, type Figure, seriesOf } from '../figure.mts';
import { inTurns } from '../measure.mts';

const PARTIES = ['agentAi', 'eventsourceParser'] as const;
const CASES = ['words', 'paragraphs'];
/** 100 MB take less than a tenth of a second, of which chance is a larger part than of minutes. */
const RUNS = 25;

export const benchmark: Benchmark = {
	name: 'sse',
	title: 'Reading server-sent events',
	text:
		'Speed of reading 100 MB of server-sent events that arrive in chunks of 1 KB, from bytes to events, in MB per second of processor time: events of one word, as the gateway sends them, and events of about 8 KB. Compared with [eventsource-parser](https://github.com/rexxars/eventsource-parser), which n8n and the SDKs of OpenAI’s competitors use. ' +
		`${RUNS} runs each, because 100 MB take less than a tenth of a second. There is no goal: an agent sends some KB per second, and a reader that anyone can follow is worth more.`,
	async run({ quick, worker }) {
		const figure: Figure = {
			name: 'sse',
			title: 'Speed of reading server-sent events',
			unit: 'MB/s',
			digits: 0,
			series: [],
			over: { party: 'eventsourceParser' },
			shown: true,
		};
		for (const name of CASES) {
			const results = await inTurns(quick ? 1 : RUNS, PARTIES, async (party) => {
				const { mbPerSecond } = (await worker('sse.mts', [party, name, quick ? '5' : '100'], ['--import', 'tsx'])) as {
					mbPerSecond: number;
				};
				return mbPerSecond;
			});
			figure.series.push(...seriesOf(name, results));
		}
		return [figure];
	},
};
