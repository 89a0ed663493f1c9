import type { IExecuteFunctions, INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';

import { inOneText } from '../failures/failure';
import { unexpectedFailure } from '../failures/failureError';
import { FOR_VISITORS, forModel } from '../failures/readers';
import type { Operation } from '../operations/operation';
import type { Files } from './files';
import { itemsOf } from './items';
import type { KeptAnswers } from './keptAnswers';
import { nodeError } from './nodeError';
import { batchHint, cutHint, failuresHint, filesHint, noticeHints, retryOnFailHint, stoppedFailure } from './report';
import type { ItemResult, Results } from './results';
import type { RunContext } from './runContext';
import { withPauses } from './withPauses';

/**
 * Builds the output items of each input item, or throws the error that ends the node. Answers are kept for as long
 * as n8n may run the node again.
 *
 * @param shown whether a chat or a webhook listens
 * @throws NodeApiError or NodeOperationError in Stop mode, when an item failed
 */
export async function deliver(
	run: RunContext,
	operation: Operation,
	results: Results,
	kept: KeptAnswers,
	files: Files,
	shown: boolean,
): Promise<INodeExecutionData[]> {
	const { context, node, items, continues, isTool } = run;
	const delivered = continues || !results.firstFailure() ? await buildItems(run, operation, results, files) : [];
	const first = results.firstFailure();
	if (first && !continues) {
		const isKept = await kept.keep(results.answers());
		const stopped = stoppedFailure(first.failure, results, items.length, isKept);
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
	if (kept.runsAgain(node, delivered[0]?.json)) await kept.keep(results.answers());
	else kept.clear();
	showHints(context, [
		batchHint(results.tally, items.length),
		items.length > 1 ? failuresHint(results, hasErrorOutput(run)) : undefined,
		filesHint(files.told),
		cutHint(results, items.length),
		retryOnFailHint(node, items.length),
		...noticeHints(results),
	]);
	return delivered;
}

/** The items of every result; one that cannot be built is that item's failure. */
async function buildItems(run: RunContext, operation: Operation, results: Results, files: Files): Promise<INodeExecutionData[]> {
	const form = { operation, isTool: run.isTool, errorOutput: hasErrorOutput(run) };
	const built: INodeExecutionData[] = [];
	await withPauses(run.items.entries(), ([index, item]) => {
		// every item has a result by now
		const result = results.get(index) as ItemResult;
		try {
			built.push(...itemsOf(result, item, index, form, files.of(index)));
		} catch (error) {
			const failed = unexpectedFailure(error, (text) => text);
			built.push(...itemsOf(results.overrule(index, failed), item, index, form, undefined));
		}
	});
	return built;
}

const hasErrorOutput = ({ node }: RunContext) => node.onError === 'continueErrorOutput';

/** Hints are absent from older n8n, and never worth an answer. */
function showHints(context: IExecuteFunctions, hints: (NodeExecutionHint | undefined)[]): void {
	if (typeof context.addExecutionHints !== 'function') return;
	try {
		context.addExecutionHints(...hints.filter((hint) => hint !== undefined));
	} catch (error) {
		context.logger.warn(`The hints could not be shown: ${(error as Error).message}`);
	}
}
