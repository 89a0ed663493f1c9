import { type Benchmark, type Figure, ON_ERROR, seriesOf } from '../figure.mts';
import { inTurns } from '../measure.mts';
import { BenchServer } from '../server.mts';

const PARTIES = ['agentAi', 'bareLoop', 'bareLoopReadAsStream', 'httpRequestCredential', 'chainAgentAi', 'chainOpenAi'] as const;
const CASES = (['TLS', 'HTTP'] as const).flatMap((protocol) =>
	(['Stop Workflow', 'Continue'] as const).map((mode) => ({ protocol, mode, name: `${protocol}, ${mode}` })),
);

export const benchmark: Benchmark = {
	name: 'cpu',
	title: 'Processor time per item',
	text: 'Processor time of the whole process per item (including n8n’s engine, garbage collection and the network), for 2,000 items with all ten fields filled in, answered immediately, 10 at a time: over TLS, as agent.ai uses it (TLS 1.3, an ECDSA certificate), and over HTTP on loopback, where nothing else costs anything. The bare loop reads the same ten fields and sends them with n8n’s authenticated helper, which is the least that a node with a credential can do. The second loop reads the answer as a stream, which is needed to limit its size and time. HTTP Request sends the same body. The chains have one field, the prompt.',
	async run({ quick, runs, measure }) {
		const items = quick ? 200 : 2000;
		const figure: Figure = {
			name: 'cpu',
			title: 'Processor time per item',
			unit: 'ms',
			digits: 3,
			over: { party: 'bareLoop' },
			shown: true,
			series: [],
			goals: CASES.filter(({ protocol }) => protocol === 'TLS').map(({ name }) => ({ case: name, atMost: 1.05 })),
		};
		for (const { protocol, mode, name } of quick ? CASES.slice(0, 1) : CASES) {
			const server = await BenchServer.start({ tls: protocol === 'TLS' });
			const results = await inTurns(runs, PARTIES, async (party) => {
				const { cpuMs, lost, error } = await measure({
					party,
					baseUrl: server.baseUrl,
					certificate: server.certificate,
					items,
					concurrency: 10,
					onError: ON_ERROR[mode],
					warmUp: quick ? 100 : 1000,
				});
				if (lost > 0) throw new Error(`${party} lost ${lost} items: ${error ?? ''}`);
				return cpuMs / items;
			});
			await server.close();
			figure.series.push(...seriesOf(name, results));
		}
		return [figure];
	},
};
