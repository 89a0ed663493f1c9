import type { INodeExecutionData } from 'n8n-workflow';

import { systemClock } from '../client/systemClock';
import { failure, inOneText } from '../failures/failure';
import { FOR_VISITORS, forModel } from '../failures/readers';
import type { Files } from './files';
import { showHints } from './hints';
import type { KeptAnswers } from './keptAnswers';
import { nodeError } from './nodeError';
import {
	batchHint,
	cutHint,
	failuresHint,
	filesHint,
	handOverHint,
	noticeHints,
	retryOnFailHint,
	retryPossible,
	sizeHint,
	stoppedFailure,
	unfitHint,
} from './report';
import type { Results } from './results';
import { hasErrorOutput, type RunContext } from './runContext';

/**
 * Gives the output items of each input item, or throws the error that ends the node. Answers are kept for as long
 * as n8n may run the node again.
 *
 * @throws NodeApiError or NodeOperationError in Stop mode, when an item failed
 */
export async function deliver(
	run: RunContext,
	results: Results,
	kept: KeptAnswers,
	files: Files,
	shown: boolean,
): Promise<INodeExecutionData[]> {
	const { node, items, continues, isTool } = run;
	const first = results.firstFailure();
	if (first && !continues) {
		const keptCount = await kept.keep(results.leftover());
		const stopped = stoppedFailure(first.failure, results, items.length, keptCount, retryPossible(run.context));
		throw nodeError(
			node,
			{
				...stopped,
				// of an error that a tool throws, the agent sees the message alone
				...(isTool ? { message: inOneText(forModel(stopped)) } : {}),
				// in a chat n8n shows the description alone: what its owner must read stands in the message
				...(shown ? { message: inOneText(stopped), description: FOR_VISITORS } : {}),
			},
			first.index,
		);
	}
	const delivered = results.outputItems();
	if (kept.runsAgain(node, delivered[0]?.json)) await kept.keep(results.leftover());
	else kept.clear();
	showHints(run.context, () => hintsOn(run, results, files));
	return delivered;
}

/**
 * The same after n8n has ended the execution: it saves only what comes in the same turn of the event loop.
 *
 * @throws NodeOperationError in Stop mode; the answers are kept
 */
export function deliverCanceled(run: RunContext, results: Results, kept: KeptAnswers, files: Files): INodeExecutionData[] {
	if (!run.continues) {
		void kept.keep(results.leftover(), true);
		throw nodeError(run.node, failure('aborted'), 0);
	}
	showHints(run.context, () => hintsOn(run, results, files));
	return results.outputItems();
}

/** The hints on a run that has given items. */
const hintsOn = (run: RunContext, results: Results, files: Files) => [
	batchHint(results.tally, run.items.length, systemClock.now() - run.begunAt, results.handedOver?.given.length),
	run.items.length > 1 ? failuresHint(results, hasErrorOutput(run)) : undefined,
	filesHint(files.told),
	handOverHint(results),
	cutHint(results),
	unfitHint(results),
	run.isTool ? undefined : sizeHint(results),
	retryOnFailHint(run.node, run.items.length),
	...noticeHints(results),
];
