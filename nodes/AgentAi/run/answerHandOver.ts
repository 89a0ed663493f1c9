import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { deepCopy } from 'n8n-workflow';

import { HandOver } from '../batch/handOver';
import { systemClock } from '../client/systemClock';
import { excerpt } from '../failures/excerpt';
import { thrownFailure, unwrap } from '../failures/failureError';
import { readHandOverTo } from '../parameters/batching';
import type { KeptAnswers } from './keptAnswers';
import type { Prepared } from './prepare';
import type { HandedOver, Results } from './results';
import { log, type RunContext } from './runContext';

interface Entry {
	index: number;
	/** Names the answer of this row and whom it was given to. */
	mark: string;
}

/** Gives the answers of a run to another workflow while it goes on: what n8n has of a node that still runs is in memory only. */
class AnswerHandOver implements HandedOver {
	private readonly handOver: HandOver<Entry>;

	constructor(
		private readonly run: RunContext,
		private readonly results: Pick<Results, 'get' | 'itemsOf'>,
		private readonly kept: KeptAnswers,
		private readonly workflowId: string,
		every: number,
	) {
		this.handOver = new HandOver(systemClock, every, async (entries) => await this.give(entries));
	}

	/** How many answers were handed over in this run. */
	get given(): number {
		return this.handOver.given.length;
	}

	/** How many answers were not, and why. */
	get left(): { count: number; problem?: string } {
		return { count: this.handOver.left, problem: this.handOver.problem };
	}

	/** Names what was handed over, for the next try of this run. */
	get marks(): string[] {
		return this.handOver.given.map(({ mark }) => mark);
	}

	/** Takes a row that has ended: its answer is handed over, unless an earlier try of this run has done so. */
	add({ index, key, known }: Prepared): void {
		if (!this.results.get(index)?.result.ok) return;
		const mark = `${this.workflowId} ${index} ${key}`;
		if (!known || !this.kept.wasHandedOver(mark)) this.handOver.add({ index, mark });
	}

	/** Hands over what is left. Never throws. */
	async end(): Promise<void> {
		await this.handOver.end();
	}

	private async give(entries: Entry[]): Promise<string | undefined> {
		const items = entries.flatMap(({ index }) => this.results.itemsOf(index).map((item) => numbered(item, index)));
		try {
			await callWorkflow(this.run.context, this.workflowId, items);
			return undefined;
		} catch (error) {
			const { message, description } = error as { message?: unknown; description?: unknown };
			const reason = excerpt([message, description].filter((part) => typeof part === 'string' && part !== '').join(': '));
			log(this.run, 'warn', `${entries.length === 1 ? '1 answer' : `${entries.length} answers`} could not be handed over: ${reason}`);
			return reason || 'it failed';
		}
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
