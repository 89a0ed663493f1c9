import { type Benchmark, type Figure, seriesOf } from '../figure.mts';
import { BenchServer } from '../server.mts';

const PARTIES = [
	'agentAi',
	'bareLoop',
	'bareLoopReadAsStream',
	'bareLoopKeepAlive',
	'bareLoopWithoutCredential',
	'nodeHttp',
	'nodeHttpKeepAlive',
	'nothing',
] as const;

export const benchmark: Benchmark = {
	name: 'connections',
	title: 'The floor: n8n’s HTTP helper, and a connection per request',
	text: 'Processor time per item for 2,000 items, 10 at a time, over HTTP and over TLS on loopback (TLS 1.3, an ECDSA certificate). n8n’s helper creates a new agent for each request, which opens and closes a connection. Its only documented option for this, `agentOptions.keepAlive`, doesn’t help: the agent of the next request doesn’t know the connection that the last one kept, and that connection stays open. The loop that reads the answer as a stream shows what it costs to limit an answer’s size and time, because the helper limits neither. Node’s own client shows what would be possible; n8n’s rules don’t allow verified nodes to use it.',
	async run({ quick, turns, measure }) {
		const items = quick ? 100 : 2000;
		const cost: Figure = {
			name: 'connections',
			title: 'Processor time per item, over the bare authenticated loop',
			unit: 'ms',
			digits: 3,
			series: [],
			over: { party: 'bareLoop' },
		};
		const opened: Figure = { name: 'connections-opened', title: 'Connections opened per request', unit: '', digits: 2, series: [] };
		for (const [name, tls] of [
			['HTTP', false],
			['TLS', true],
		] as const) {
			const server = await BenchServer.start({ tls });
			const connections: Record<string, number[]> = {};
			const results = await turns(PARTIES, async (party) => {
				const warmUp = quick ? 50 : 500;
				server.reset();
				const { cpuMs, lost, error } = await measure({
					party,
					baseUrl: server.baseUrl,
					certificate: server.certificate,
					items,
					concurrency: 10,
					warmUp,
				});
				if (party !== 'nothing') {
					if (lost > 0) throw new Error(`${party} lost ${lost} items: ${error ?? ''}`);
					(connections[party] ??= []).push(server.connections / server.requests);
				}
				return cpuMs / items;
			});
			await server.close();
			cost.series.push(...seriesOf(name, results));
			opened.series.push(...seriesOf(name, connections));
		}
		return [cost, opened];
	},
};
