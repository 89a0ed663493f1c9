import type { IContextObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { systemClock } from '../client/systemClock';

/** What is the same for all items of one run of the node. */
export interface RunContext {
	context: IExecuteFunctions;
	node: INode;
	items: INodeExecutionData[];
	/** *On Error* is one of the two *Continue* modes: then the node throws nothing, and every row gives an item. */
	continues: boolean;
	/** An agent called the node as its tool. */
	isTool: boolean;
	/** The node's run within the execution, counted from 0: a loop runs it many times. */
	runIndex: number;
	/** What n8n remembers of the node within the execution, over its runs and retries. */
	memory: IContextObject;
	/** On the clock of the process. */
	begunAt: number;
}

/** Who asks, as the limits of an account tell users apart: the node, over all its runs, and whether a person may have mended something. */
export const callerOf = (context: Pick<IExecuteFunctions, 'getMode' | 'getNode' | 'getWorkflow'>) => ({
	node: `${context.getWorkflow().id} ${context.getNode().id}`,
	asksAtOnce: ['manual', 'retry'].includes(context.getMode()),
});

/** Reads what n8n says of this run. */
export function readRunContext(context: IExecuteFunctions): RunContext {
	const node = context.getNode();
	return {
		context,
		node,
		begunAt: systemClock.now(),
		items: context.getInputData(),
		continues: context.continueOnFail(),
		isTool: isToolRun(context, node),
		runIndex: orElse(0, () => Number(context.evaluateExpression('{{ $runIndex }}', 0)) || 0),
		memory: orElse({}, () => context.getContext('node')),
	};
}

/** What is not needed to answer the items costs none of them when n8n cannot give it. */
function orElse<T>(otherwise: T, read: () => T): T {
	try {
		return read();
	} catch {
		return otherwise;
	}
}

/** n8n's newer agents run their tools as ordinary nodes, for which `isToolExecution` is false: the type tells (n8n 2.41). */
const isToolRun = (context: IExecuteFunctions, node: INode) =>
	node.type.endsWith('Tool') || (typeof context.isToolExecution === 'function' && context.isToolExecution());

/** Failed items go to an output of their own. */
export const hasErrorOutput = ({ node }: RunContext) => node.onError === 'continueErrorOutput';

/** What a batch waits for what is down, in seconds, unless a person says otherwise. */
const BATCH_S = 900;
/** The same where a person or a caller waits, and for a single row: a thousand webhooks shall not hold an execution each. */
const SOMEBODY_WAITS_S = 60;

/** Kinds of executions in which a person or a caller waits for the end. */
const SOMEBODY_WAITS: string[] = ['manual', 'webhook', 'chat', 'evaluation'];

/** How long a run waits for what is down, in seconds. */
export function downWaitSeconds({ context, items, isTool }: RunContext, isLive: boolean): number {
	const isWaitedFor = items.length === 1 || isTool || isLive || SOMEBODY_WAITS.includes(context.getMode());
	return isWaitedFor ? SOMEBODY_WAITS_S : BATCH_S;
}

/** Writes a line about a run into n8n's log, under the node's name. Never throws: a log that cannot be written costs no answer. */
export function log({ context, node }: Pick<RunContext, 'context' | 'node'>, level: 'info' | 'warn' | 'error', text: string): void {
	try {
		context.logger[level](`${node.name}: ${text}`);
	} catch {
		// see above
	}
}
