/** A worker process: runs one job, given as JSON, and prints what was measured as JSON in its last line. */
import { subscribe } from 'node:diagnostics_channel';

import type { INodeExecutionData, INodeType, IRun, IRunExecutionData, StructuredChunk } from 'n8n-workflow';

import type { Job, Measured } from '../job.mts';
import { BlockWatch } from './blockWatch.mts';
import { runWorkflow } from './engine.mts';
import { workflowModule } from './n8n.mts';
import { workflowOf, type WorkflowParts } from './parties.mts';
import { monotonicMs, scaleTime } from './time.mts';

const job = JSON.parse(process.argv[2] ?? '{}') as Job;
const DEFAULT_WARM_UP = 300;

const credentialsOf = (apiToken: string) => ({
	agentAiApi: { apiToken, baseUrl: job.baseUrl, instanceIp: '127.0.0.1', authToken: 'bench-gateway-token' },
	openAiApi: { apiKey: apiToken, url: job.baseUrl },
});
const credentials = credentialsOf('bench-api-token');

const rows = (count: number, word: string): INodeExecutionData[] =>
	Array.from({ length: count }, (_, row) => ({ json: { row, prompt: `${word} ${row}` } }));

/** Wraps the node that is measured, to watch it from its start to its end. */
function watched(parts: WorkflowParts, watch: BlockWatch): WorkflowParts {
	const name = parts.nodes[0]!.type;
	const type = workflowModule.NodeHelpers.getVersionedNodeType(parts.types[name]!, parts.nodes[0]!.typeVersion);
	const { execute } = type as { execute: (this: unknown) => unknown };
	const wrapped = Object.create(type, {
		execute: {
			value: async function (this: unknown) {
				watch.start();
				try {
					return await execute.call(this);
				} finally {
					watch.stop();
				}
			},
		},
	}) as INodeType;
	return { ...parts, types: { ...parts.types, [name]: wrapped } };
}

/** Rows with an answer among what the last node gave out. */
function countAnswered(run: IRun, parts: WorkflowParts): number {
	const output = run.data.resultData.runData[parts.last]?.at(-1)?.data?.main?.[parts.output] ?? [];
	return output.filter(({ json }) => !('error' in json) || json.error === null).length;
}

/** The last of the runs one after another, with those at once with it. */
async function runAll(one: () => Promise<IRun>): Promise<IRun[]> {
	for (let turn = 1; turn < (job.repeat ?? 1); turn++) await atOnce(one);
	return await atOnce(one);
}

const atOnce = async (one: () => Promise<IRun>) => await Promise.all(Array.from({ length: job.parallel ?? 1 }, one));

/** Heap in use, in bytes, once nothing more is let go: timers and sockets that have just ended still hold what they served. */
async function settledHeap(): Promise<number> {
	for (let before = Infinity; ; ) {
		await new Promise((resolve) => setTimeout(resolve, 100));
		globalThis.gc?.();
		const { heapUsed } = process.memoryUsage();
		if (heapUsed > 0.999 * before) return heapUsed;
		before = heapUsed;
	}
}

async function main(): Promise<Measured> {
	if (job.timeScale !== undefined) scaleTime(job.timeScale);
	const parts = workflowOf(job);
	const warmUp = job.warmUp ?? DEFAULT_WARM_UP;
	// another workflow of the same kind on another account: nothing is kept for the measured one, and no limit is learned
	if (warmUp > 0) await runWorkflow(workflowOf(job), { items: rows(warmUp, 'warm'), credentials: credentialsOf('bench-warm-token') });

	const firstPieceDelays = new Map<number, number>();
	const onChunk = ({ type, content, metadata }: StructuredChunk) => {
		const sentAt = type === 'item' ? /@([\d.]+)/.exec(content ?? '')?.[1] : undefined;
		if (sentAt === undefined || firstPieceDelays.has(metadata.itemIndex)) return;
		firstPieceDelays.set(metadata.itemIndex, monotonicMs() - Number(sentAt));
	};
	const options = { credentials, ...(job.stream === true ? { onChunk } : {}) };
	let retryOf: IRunExecutionData | undefined;
	if (job.retry === true) {
		const failed = await runWorkflow(parts, { ...options, items: [...rows(job.items, 'row'), { json: { prompt: 'refused once' } }] });
		retryOf = failed.data;
	}
	const items = rows(job.items, 'row');
	if (job.retry === true) items.push({ json: { prompt: 'refused once' } });

	globalThis.gc?.();
	const watch = new BlockWatch();
	const measuredParts = job.watchBlocks === true ? watched(parts, watch) : parts;
	let firstRequestAt = 0;
	// Node's own client, and the one behind OpenAI's SDK
	for (const channel of ['http.client.request.start', 'undici:request:create']) {
		subscribe(channel, () => {
			firstRequestAt ||= performance.now();
			if (job.untilFirstRequest === true) print({ firstRequestMs: firstRequestAt - startedAt });
		});
	}
	const cpuBefore = process.cpuUsage();
	const startedAt = performance.now();
	let runs = await runAll(async () => await runWorkflow(measuredParts, { ...options, items, ...(retryOf ? { retryOf } : {}) }));
	const wallMs = performance.now() - startedAt;
	const cpu = process.cpuUsage(cpuBefore);
	const peakMiB = process.resourceUsage().maxRSS / 1024;
	const heapWithRuns = await settledHeap();
	const answered = runs.reduce((sum, run) => sum + countAnswered(run, parts), 0);
	const error = runs.map(({ data }) => data.resultData.error?.message).find((message) => message !== undefined);
	const asked = items.length * runs.length;
	runs = [];
	const heldMiB = (heapWithRuns - (await settledHeap())) / 2 ** 20;
	return {
		wallMs,
		cpuMs: (cpu.user + cpu.system) / 1000,
		firstRequestMs: firstRequestAt - startedAt,
		longestBlockMs: watch.longestMs,
		peakMiB,
		heldMiB,
		answered,
		lost: asked - answered,
		firstPieceDelaysMs: [...firstPieceDelays.values()],
		...(error === undefined ? {} : { error }),
	};
}

const print = (measured: Partial<Measured>) => process.stdout.write(`\n${JSON.stringify(measured)}\n`, () => process.exit(0));
print(await main());
