import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { AgentAi } from '../../nodes/AgentAi/AgentAi.node.ts';

/** Our node as n8n's agents call it. */
export function calledAsTool(): INodeType {
	const nodeType: INodeType = new AgentAi();
	nodeType.execute = async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await AgentAi.prototype.execute.call(Object.assign(this, { isToolExecution: () => true }));
	};
	return nodeType;
}
