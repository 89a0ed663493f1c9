import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { AgentAiClient } from '../account/client';
import { loadEnvironment } from '../account/environment';
import { systemClock } from '../account/systemClock';
import { runBatch } from '../batch/runBatch';
import type { Operation } from '../operations/operation';
import { createPace, readBatching } from '../parameters/batching';
import { thrownFailure } from '../transport/failureError';
import { type Failure, failure } from '../transport/failures';
import type { ActionResponse } from '../transport/result';
import { attemptItem } from './attempt';
import { deliver } from './deliver';
import { KeptAnswers, RequestKeys } from './keptAnswers';
import { LiveAnswers } from './liveAnswers';
import { nodeError } from './nodeError';
import { type Prepared, prepareItems, refuseItems } from './prepare';
import { createProgressLog } from './report';
import { Results } from './results';
import { readRunContext, type RunContext } from './runContext';

/** How long a walk over many items may keep n8n from everything else, in ms. */
const LONGEST_BLOCK_MS = 20;

/**
 * Runs an operation over all input items as one batch, and gives one output item for each input item, in their order.
 *
 * @throws NodeApiError or NodeOperationError when *On Error* is *Stop Workflow* and an item failed, or the execution was
 * stopped
 */
export async function executeOperation(context: IExecuteFunctions, operation: Operation): Promise<INodeExecutionData[]> {
	const run = readRunContext(context);
	if (run.items.length === 0) return [];
	const results = new Results(run.items.length);
	const kept = new KeptAnswers(context.getContext('node'), run.runIndex);
	const live = new LiveAnswers(run, operation.textOf);
	await answerItems(run, operation, results, kept, live);
	await live.finish(results);
	return deliver(run, operation, results, kept, live.open);
}

async function answerItems(run: RunContext, operation: Operation, results: Results, kept: KeptAnswers, live: LiveAnswers): Promise<void> {
	const { context, node, continues } = run;
	const opened = await open(run);
	if (!opened.ok) return refuseItems(run, results, opened.failure);
	const client = opened.value;
	const automatic = context.getNodeParameter('instance', 0, '') !== 'defineBelow';
	const environment = await loadEnvironment(client, operation.needs, automatic);
	const { settings: batching, problem } = readBatching((name) => context.getNodeParameter(`options.${name}`, 0, ''));
	const keys = new RequestKeys(client.credential);
	const redact = client.redactor([]);
	const prepared = prepareItems({ run, operation, environment, kept, keys, redact, problem });
	const jobs = continues ? prepared : await checked(prepared, results);
	if (!jobs) return;
	const logProgress = createProgressLog(run, results);
	const batch = await runBatch<Prepared, ActionResponse, Failure>(
		jobs,
		async (item) => await attemptItem(client, operation, item, live),
		{ ...batching, stopOnFailure: !continues },
		{
			clock: systemClock,
			pace: createPace(client.credential.baseUrl, batching.requestsPerMinute),
			signal: context.getExecutionCancelSignal(),
			onSettled: (item, settled) => {
				results.settle(item, settled);
				logProgress();
			},
		},
	);
	results.tally.heldMs = batch.heldMs;
	if (batch.aborted) {
		kept.keep(results.answers());
		throw nodeError(node, failure('aborted'), 0);
	}
}

/** The client of the node's credential, or what is wrong with the credential. */
async function open({ context }: RunContext) {
	try {
		return { ok: true, value: await AgentAiClient.open(context) } as const;
	} catch (error) {
		return { ok: false, failure: thrownFailure(error, (text) => text) } as const;
	}
}

/**
 * Reads all items before the first is sent: in Stop mode a run that cannot succeed anyway pays for nothing.
 *
 * @returns the items, each let go when it is taken; `undefined` when one of them cannot be sent
 */
async function checked(prepared: Iterable<Prepared>, results: Results): Promise<Iterable<Prepared> | undefined> {
	const ready: (Prepared | undefined)[] = [];
	let refused = false;
	let pausedAt = systemClock.now();
	for (const item of prepared) {
		if (item.known?.ok === false) {
			refused = true;
			results.refuse(item, item.known.failure);
		} else if (!refused) ready.push(item);
		// ten thousand items take seconds, in which n8n has other work to do
		if (systemClock.now() - pausedAt < LONGEST_BLOCK_MS) continue;
		await sleep(0);
		pausedAt = systemClock.now();
	}
	return refused ? undefined : release(ready);
}

function* release(items: (Prepared | undefined)[]): Iterable<Prepared> {
	for (const [index, item] of items.entries()) {
		items[index] = undefined;
		if (item) yield item;
	}
}
