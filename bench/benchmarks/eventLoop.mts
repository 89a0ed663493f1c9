import { type Benchmark, type Figure, seriesOf } from '../figure.mts';
import type { Job } from '../job.mts';
import { BenchServer, type ServerOptions } from '../server.mts';
import type { Party } from '../worker/parties.mts';

interface Case {
	name: string;
	server?: ServerOptions;
	job?: Partial<Job>;
	parties: Party[];
}

const refuseAll = (status: number, error: string): ServerOptions => ({ refuse: () => ({ status, error }) });
const refuseOnce: ServerOptions = {
	refuse: (prompt) => (prompt === 'refused once' ? { status: 400, error: 'Not this one.' } : undefined),
};
const continues: Partial<Job> = { onError: 'continueRegularOutput' };

const CASES: Case[] = [
	{ name: 'plain', parties: ['agentAi', 'httpRequestCredential'] },
	{ name: 'one session', job: { parameters: { session_key: 'one' } }, parties: ['agentAi'] },
	{ name: 'credits gone', server: refuseAll(402, 'Not enough credits.'), job: continues, parties: ['agentAi'] },
	{
		name: 'all refused',
		server: refuseAll(400, 'Not like this.'),
		job: continues,
		parties: ['agentAi'],
	},
	{ name: 'all kept', server: refuseOnce, job: { retry: true }, parties: ['agentAi'] },
];

export const benchmark: Benchmark = {
	name: 'eventLoop',
	title: 'Longest block of n8n',
	text: 'The longest time for which the node kept n8n from doing anything else, as processor time of the main thread (including its garbage collection), with 10,000 items: plain items; items of one session, which run one after another; an account without credits; a server that refuses every item; and a retry for which all answers were kept.',
	async run({ quick, turns, measure }) {
		const items = quick ? 300 : 10_000;
		const figure: Figure = {
			name: 'event-loop',
			title: 'Longest block of the event loop, 10,000 items',
			unit: 'ms',
			digits: 1,
			series: [],
			goals: [{ atMost: 50 }],
			shown: true,
		};
		for (const { name, server: options, job, parties } of CASES) {
			const server = await BenchServer.start(options);
			const results = await turns(parties, async (party) => {
				const measured = await measure({ party, baseUrl: server.baseUrl, items, concurrency: 10, watchBlocks: true, ...job });
				return measured.longestBlockMs;
			});
			await server.close();
			figure.series.push(...seriesOf(name, results));
		}
		return [figure];
	},
};
