import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';

import { listSearch, resourceMapping } from './methods';
import { findOperation, operationProperties, subtitle, unknownOperation } from './operations';
import { executeOperation } from './run/execute';

export class AgentAi implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Agent.ai',
		name: 'agentAi',
		icon: { light: 'file:agentAi.svg', dark: 'file:agentAi.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle,
		description: 'Send prompts to your OpenClaw agent through agent.ai, one or thousands at a time',
		defaults: { name: 'Agent.ai' },
		usableAsTool: true,
		builderHint: {
			searchHint:
				'Runs agent.ai’s own agents, OpenClaw agents and any action of agent.ai over every input item. It keeps to the rate limit and the order by itself: do not put it into a loop or behind a Wait node',
			relatedNodes: [
				{ nodeType: '@n8n/n8n-nodes-langchain.chatTrigger', relationHint: 'Starts a chat whose messages go to an agent' },
				{ nodeType: '@n8n/n8n-nodes-langchain.agent', relationHint: 'Uses this node as a tool' },
				{ nodeType: 'n8n-nodes-agent-ai.lmChatAgentAi', relationHint: 'Runs a chain or an agent on an OpenClaw agent' },
			],
		},
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'agentAiApi', required: true }],
		properties: operationProperties,
	};

	methods = { listSearch, resourceMapping };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0) as string;
		const value = this.getNodeParameter('operation', 0) as string;
		const operation = findOperation(resource, value);
		if (!operation) {
			const { message, description } = unknownOperation(value);
			throw new NodeOperationError(this.getNode(), message, { description });
		}
		return [await executeOperation(this, operation)];
	}
}
