import { type Benchmark, type Figure, ON_ERROR, OURS, type Series, seriesOf } from '../figure.mts';
import { inTurns } from '../measure.mts';
import { BenchServer } from '../server.mts';

const PARTIES = [
	'agentAi',
	'bareLoop',
	'bareLoopReadAsStream',
	'httpRequestCredential',
	'httpRequest',
	'loopOverItems',
	'chainAgentAi',
	'chainOpenAi',
] as const;
const MODES = [
	{ name: 'Stop Workflow', goal: 1.1 },
	{ name: 'Continue', goal: 1.05 },
] as const;

export const benchmark: Benchmark = {
	name: 'cpu',
	title: 'Processor time for each item',
	text: 'Processor time of the whole process (n8n’s engine, garbage collection and the network included) for each of 4,000 items with all ten fields filled in, answered at once, 10 at a time. The bare loop reads the same ten fields and sends them with n8n’s authenticated helper: less a node with a credential cannot do. The second loop reads the answer as a stream, without which neither its size nor its time can be bounded. HTTP Request sends the same body. The chains have one field, the prompt.',
	async run({ quick, runs, measure }) {
		const items = quick ? 200 : 4000;
		const server = await BenchServer.start();
		const base: Omit<Figure, 'name' | 'title' | 'over'> = { unit: 'ms', digits: 3, series: [] };
		const loop: Figure = { ...base, name: 'cpu', title: 'Processor time an item', over: { party: 'bareLoop' }, shown: true, goals: [] };
		const http: Figure = {
			...base,
			series: [],
			name: 'cpu-http',
			title: 'Processor time an item, over HTTP Request',
			over: { party: 'httpRequestCredential' },
		};
		http.goals = [{ atMost: 1 }];
		for (const { name, goal } of quick ? MODES.slice(0, 1) : MODES) {
			const results = await inTurns(runs, PARTIES, async (party) => {
				const { cpuMs, lost, error } = await measure({
					party,
					baseUrl: server.baseUrl,
					items,
					concurrency: 10,
					onError: ON_ERROR[name],
					warmUp: quick ? 100 : 1000,
				});
				if (lost > 0) throw new Error(`${party} lost ${lost} items: ${error ?? ''}`);
				return cpuMs / items;
			});
			const series: Series[] = seriesOf(name, results);
			loop.series.push(...series);
			loop.goals?.push({ case: name, atMost: goal });
			http.series.push(...series.filter(({ party }) => party === OURS || party === 'httpRequestCredential'));
		}
		await server.close();
		return [loop, http];
	},
};
