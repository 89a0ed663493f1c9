import type { INodeExecutionData } from 'n8n-workflow';

import type { Operation } from '../operations/operation';
import { inOneText } from '../transport/failures';
import { itemOf } from './items';
import type { KeptAnswers } from './keptAnswers';
import { nodeError } from './nodeError';
import { batchHint, retryOnFailHint, stoppedFailure } from './report';
import type { ItemResult, Results } from './results';
import type { RunContext } from './runContext';

/**
 * Builds the output items, one for each input item, or throws the error that ends the node. Answers are kept for as long
 * as n8n may run the node again.
 *
 * @param shown whether a chat or a webhook listens
 * @throws NodeApiError or NodeOperationError in Stop mode, when an item failed
 */
export function deliver(run: RunContext, operation: Operation, results: Results, kept: KeptAnswers, shown: boolean): INodeExecutionData[] {
	const { context, node, items, continues, isTool } = run;
	const first = results.firstFailure();
	if (first && !continues) {
		kept.keep(results.answers());
		const stopped = stoppedFailure(first.failure, results.tally, items.length);
		throw nodeError(
			node,
			{
				...stopped,
				// of an error that a tool throws, the agent sees the message alone; in a chat n8n shows the description alone
				...(isTool ? { message: inOneText(stopped) } : {}),
				...(shown ? { description: inOneText(stopped) } : {}),
			},
			first.index,
		);
	}
	const form = { textOf: operation.textOf, isTool, errorOutput: node.onError === 'continueErrorOutput' };
	// every item has a result by now: in Stop mode the node has failed before this
	const delivered = items.map((item, index) => itemOf(results.get(index) as ItemResult, item, index, form));
	if (runsAgain(run, delivered)) kept.keep(results.answers());
	else kept.clear();
	const hints = [batchHint(results.tally, items.length), retryOnFailHint(node, items.length)];
	context.addExecutionHints(...hints.filter((hint) => hint !== undefined));
	return delivered;
}

/** *Retry On Fail* runs a node again whose first item holds an `error`, whatever the error mode (measured, n8n 2.41.1). */
function runsAgain({ node }: RunContext, [first]: INodeExecutionData[]): boolean {
	const error = first?.json.error;
	return node.retryOnFail === true && error !== undefined && error !== null && error !== false;
}
