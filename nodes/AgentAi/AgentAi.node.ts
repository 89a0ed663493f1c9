import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { listSearch, resourceMapping } from './methods';
import { findOperation, operationProperties, refusingOperation, subtitle } from './operations';
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
				'Runs OpenClaw agents, agent.ai’s own agents and any agent.ai action for every input item. It respects the rate limit and keeps the order: no loop or Wait node is needed',
			relatedNodes: [
				{ nodeType: '@n8n/n8n-nodes-langchain.chatTrigger', relationHint: 'Sends the messages of a chat to an agent' },
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
		const name = (parameter: string) => String(this.getNodeParameter(parameter, 0, ''));
		const [resource, value] = [name('resource'), name('operation')];
		return [await executeOperation(this, findOperation(resource, value) ?? refusingOperation(resource, value))];
	}
}
