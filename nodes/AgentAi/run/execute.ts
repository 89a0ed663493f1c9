import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { runBatch } from '../batch/runBatch';
import { AgentAiClient } from '../client/client';
import { loadEnvironment } from '../client/environment';
import type { Failure } from '../failures/failure';
import { unexpectedFailure, unwrap } from '../failures/failureError';
import type { ActionResponse } from '../failures/result';
import type { Operation } from '../operations/operation';
import { readBatching } from '../parameters/batching';
import { attemptItem } from './attempt';
import { logDefects } from './defects';
import { deliver, deliverCanceled } from './deliver';
import { Ending } from './ending';
import { Files } from './files';
import { itemsOf } from './items';
import { KeptAnswers, RequestKeys } from './keptAnswers';
import { LiveAnswers } from './liveAnswers';
import { checkItems, type Prepared, prepareItems } from './prepare';
import { createOutageLog, createProgressLog } from './report';
import { Results } from './results';
import { callerOf, hasErrorOutput, readRunContext, type RunContext } from './runContext';
import { downWaitSeconds } from './waits';

/** What one run of the node works with. */
interface Work {
	run: RunContext;
	operation: Operation;
	results: Results;
	kept: KeptAnswers;
	live: LiveAnswers;
	files: Files;
	ending: Ending;
}

/**
 * Runs an operation over all input items as one batch, and gives the output items of each input item, in their order.
 *
 * @throws NodeApiError or NodeOperationError when *On Error* is *Stop Workflow* and an item failed or the execution was
 * stopped; in the Continue modes nothing, because n8n would give the input items on as a success
 */
export async function executeOperation(context: IExecuteFunctions, operation: Operation): Promise<INodeExecutionData[]> {
	const run = readRunContext(context);
	if (run.items.length === 0) return [];
	const form = { operation, isTool: run.isTool, errorOutput: hasErrorOutput(run) };
	const files = new Files(context);
	const results = new Results(run.items.length, (result, index) =>
		itemsOf(result, run.items[index] as INodeExecutionData, index, form, result.result.ok ? files.of(index) : undefined),
	);
	const kept = new KeptAnswers(run.memory, run.runIndex);
	const live = new LiveAnswers(run, operation.textOf);
	const ending = new Ending(run);
	try {
		const ended = await ending.orEnd(async () => await endOf({ run, operation, results, kept, live, files, ending }));
		if (ended) results.failRest((index) => ending.failureOf(index, ended));
		// after a stop n8n saves only what comes in the same turn of the event loop: nothing is awaited any more
		if (ending.isCanceled) return deliverCanceled(run, results, kept, files);
		logDefects(run, results);
		await live.finish(results);
		return await deliver(run, results, kept, files, live.open);
	} finally {
		ending.close();
	}
}

/** Answers the items, as far as they can be; gives what ended that before its end, whatever was thrown included. */
async function endOf(work: Work): Promise<Failure | undefined> {
	try {
		await answerItems(work);
		return undefined;
	} catch (error) {
		return unexpectedFailure(error, (text) => text);
	}
}

/** @throws FailureError when the credential cannot be used */
async function answerItems({ run, operation, results, kept, live, files, ending }: Work): Promise<void> {
	const { context, continues } = run;
	const { signal } = ending;
	const client = unwrap(await AgentAiClient.open(context));
	const get = (name: string) => context.getNodeParameter(name, 0, '');
	const caller = callerOf(context);
	const { settings: batching, problem } = readBatching((name) => get(`options.${name}`), downWaitSeconds(run, live.open));
	const asking = { ...batching, ...caller, signal };
	const environment = await loadEnvironment(client, operation.needs, get('instance') !== 'defineBelow', asking, actionOf(context));
	const keys = new RequestKeys(client.credential);
	const items = await prepareItems({ run, operation, environment, kept, keys, redact: client.redactor([]), problem });
	const logProgress = createProgressLog(run, results);
	const batch = await runBatch<Prepared, ActionResponse>(
		continues ? items : await checkItems(items, (item, failed) => results.refuse(item, failed)),
		async (item) => {
			const stopped = ending.begins(item.index);
			try {
				return await attemptItem(client, operation, item, live, files, stopped);
			} finally {
				ending.ends(item.index);
			}
		},
		{ ...batching, stopOnFailure: !continues, live: live.open || run.isTool, ...caller },
		{
			account: client.account,
			signal,
			onSettled: (item, settled) => {
				results.settle(item, settled);
				logProgress();
			},
			onOutage: createOutageLog(run),
		},
	);
	const { heldMs, sessionMs, outages } = batch;
	Object.assign(results.tally, { heldMs, sessionMs, outages });
}

/** The action of the first row, where the operation has one: it may be newer than the catalogue that is known. */
function actionOf(context: IExecuteFunctions): string | undefined {
	try {
		const action: unknown = context.getNodeParameter('actionName', 0, '', { extractValue: true });
		return typeof action === 'string' && action !== '' ? action : undefined;
	} catch {
		return undefined;
	}
}
