import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { deepCopy } from 'n8n-workflow';

import { HandOver } from '../batch/handOver';
import { systemClock } from '../client/systemClock';
import { excerpt } from '../failures/excerpt';
import { thrownFailure, unwrap } from '../failures/failureError';
import { readHandOverTo } from '../parameters/batching';
import type { KeptAnswers } from './keptAnswers';
import type { Prepared } from './prepare';
import type { HandedAnswer, Results } from './results';
import { log, type RunContext } from './runContext';

/** Gives the answers of a run to another workflow while it goes on: what n8n has of a node that still runs is in memory only. */
class AnswerHandOver extends HandOver<HandedAnswer> {
	constructor(
		run: RunContext,
		private readonly results: Pick<Results, 'get' | 'itemsOf'>,
		private readonly kept: KeptAnswers,
		private readonly workflowId: string,
		every: number,
	) {
		super(systemClock, every, async (answers) => await give(run, results, workflowId, answers));
	}

	/** Takes an item that has ended: its answer is handed over, unless an earlier try of this run has done so. */
	takeEnded({ index, key, known }: Prepared): void {
		if (!this.results.get(index)?.result.ok) return;
		const mark = `${this.workflowId} ${index} ${key}`;
		if (!known || !this.kept.wasHandedOver(mark)) this.add({ index, mark });
	}
}

/** Hands answers over; gives the reason where that failed. */
async function give(
	run: RunContext,
	results: Pick<Results, 'itemsOf'>,
	workflowId: string,
	answers: HandedAnswer[],
): Promise<string | undefined> {
	const items = answers.flatMap(({ index }) => results.itemsOf(index).map((item) => numbered(item, index)));
	try {
		await callWorkflow(run.context, workflowId, items);
		return undefined;
	} catch (error) {
		const { message, description } = error as { message?: unknown; description?: unknown };
		const reason = excerpt([message, description].filter((part) => typeof part === 'string' && part !== '').join(': '));
		log(run, 'warn', `${answers.length === 1 ? '1 answer' : `${answers.length} answers`} could not be handed over: ${reason}`);
		return reason || 'it failed';
	}
}

/**
 * Where the answers of a run are handed over; `undefined` for a run without.
 *
 * @throws FailureError when that cannot be read, or would be this workflow itself
 */
export function handOverOf(run: RunContext, results: Results, kept: KeptAnswers, every: number): AnswerHandOver | undefined {
	try {
		const { context } = run;
		const target = readHandOverTo(context.getNodeParameter('options.handOverTo', 0, ''), context.getWorkflow().id);
		return target === undefined ? undefined : new AnswerHandOver(run, results, kept, target, every);
	} catch (error) {
		return unwrap({ ok: false, failure: thrownFailure(error, 'unreadable', (text) => text) });
	}
}

/** A copy of the item, which the other workflow may change, with the number of its row: n8n numbers anew what a workflow is given. */
const numbered = ({ json, ...rest }: INodeExecutionData, index: number): INodeExecutionData =>
	deepCopy({ json: { ...json, itemIndex: index }, ...rest });

/**
 * Runs a workflow with items, and waits for its end or until it waits. n8n would then have the calling execution wait as well, and
 * replace the items of this node by those of the other workflow (measured, n8n 1.123 to 2.41.1): what does so is put out of reach.
 *
 * @throws what the workflow failed with
 */
async function callWorkflow(context: IExecuteFunctions, id: string, items: INodeExecutionData[]): Promise<void> {
	const calledOn = Object.create(context) as IExecuteFunctions;
	calledOn.putExecutionToWait = async () => await Promise.resolve();
	calledOn.setMetadata = () => {};
	const [executionId, workflowId] = [context.getExecutionId(), context.getWorkflow().id];
	await calledOn.executeWorkflow({ id }, items, undefined, {
		...(executionId && workflowId ? { parentExecution: { executionId, workflowId, shouldResume: false } } : {}),
		// in a manual run the other workflow need not be published
		executionMode: context.getMode(),
	});
}
