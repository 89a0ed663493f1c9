import { type Benchmark, OURS } from '../figure.mts';
import { inTurns } from '../measure.mts';

export const benchmark: Benchmark = {
	name: 'load',
	title: 'Loading, and size',
	text: 'Time to require both nodes in a process that has n8n loaded, as n8n does at its start, and the size of the packed package.',
	async run({ quick, runs, worker, packedBytes }) {
		const { agentAi } = await inTurns(quick ? 1 : 2 * runs, [OURS], async () => {
			const { wallMs } = (await worker('load.mts', [])) as { wallMs: number };
			return wallMs;
		});
		return [
			{
				name: 'load',
				title: 'Requiring both nodes',
				unit: 'ms',
				digits: 1,
				series: [{ case: 'both nodes', party: OURS, values: agentAi }],
				goals: [{ atMost: 10 }],
			},
			{
				name: 'size',
				title: 'Packed size',
				unit: 'KB',
				digits: 1,
				series: [{ case: 'tarball', party: OURS, values: [packedBytes / 1000] }],
				goals: [{ atMost: 60 }],
			},
		];
	},
};
