import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Failure } from '../failures/failure';
import { unexpectedFailure } from '../failures/failureError';
import type { Operation } from '../operations/operation';
import { answerItems, readOptions, type Work } from './answerItems';
import { deliver, deliverCanceled } from './deliver';
import { Ending } from './ending';
import { Files } from './files';
import { itemsOf } from './items';
import { KeptAnswers } from './keptAnswers';
import { LiveAnswers } from './liveAnswers';
import { logDefects } from './report';
import { Results } from './results';
import { hasErrorOutput, readRunContext } from './runContext';
import { situationsOf } from './situation';

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
	const live = new LiveAnswers(run, operation.textOf);
	const options = readOptions(run, live);
	const results = new Results(
		run.items.length,
		(result, index) => itemsOf(result, run.items[index] as INodeExecutionData, index, form, result.result.ok ? files.of(index) : undefined),
		situationsOf(run, operation, options.settings, live),
	);
	const kept = new KeptAnswers(run.memory, run.runIndex);
	const ending = new Ending(run);
	try {
		const ended = await ending.orEnd(async () => await endOf({ run, operation, options, results, kept, live, files, ending }));
		if (ended) {
			results.failRest((index) => ending.failureOf(index, ended));
			await handOverRest(results, ending);
		}
		// after its timeout n8n saves only what comes in the same turn of the event loop: nothing is awaited any more
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
		return unexpectedFailure(error);
	} finally {
		await work.results.handedOver?.end();
	}
}

/** Hands over what is left of a run that was ended: all of it after Stop, whose output n8n discards, and what can be before a timeout. */
async function handOverRest({ handedOver }: Results, ending: Ending): Promise<void> {
	if (!handedOver) return;
	const rest = handedOver.end();
	if (!ending.isCanceled) await ending.beforeTimeout(rest);
	else if (!ending.mayBeTimeout) await rest;
}
