import type { ExecuteWorkflowData, INodeExecutionData, IWorkflowExecuteAdditionalData } from 'n8n-workflow';

type ExecuteWorkflow = IWorkflowExecuteAdditionalData['executeWorkflow'];

/** One call of another workflow by the node. */
export interface SubCall {
	workflowId: string | undefined;
	items: INodeExecutionData[];
	options: Parameters<ExecuteWorkflow>[2];
}

/** A workflow that the node calls through n8n-core, in the place of n8n's server, which would run it. */
export class SubWorkflow {
	readonly calls: SubCall[] = [];

	/** @param run what comes of a call, by its number from 1 on: parts of the data that n8n gives, a promise of them, or an error that it throws */
	constructor(private readonly run?: (call: SubCall, number: number) => unknown) {}

	readonly execute: ExecuteWorkflow = async ({ id }, _additionalData, options) => {
		const call = { workflowId: id, items: options.inputData ?? [], options };
		const number = this.calls.push(call);
		return {
			executionId: `sub ${number}`,
			data: [[{ json: { from: 'the sub-workflow' } }]],
			...((await this.run?.(call, number)) as Partial<ExecuteWorkflowData> | undefined),
		};
	};

	/** The rows that were handed over, call by call. */
	get rows(): unknown[][] {
		return this.calls.map(({ items }) => items.map(({ json }) => json.itemIndex));
	}
}
