import type { INodeProperties, INodeType, INodeTypeDescription, ISupplyDataFunctions, SupplyData } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { supplyModel } from './chatModel/supplyModel';
import { listSearch } from './methods';
import { DEFAULT_TIMEOUT_S, modelOption } from './operations/chatCompletion';
import { batchingOptions, CHAT_LIMIT_WAIT_S, numberOption } from './parameters/batching';
import { instanceProperties } from './parameters/instance';
import { openClawAgentProperty, sessionKeyProperty } from './parameters/resourceLocators';
import { timeoutOption } from './parameters/timeout';

/** Of the batching options, those that make sense for one message at a time. */
const RETRY_OPTIONS = ['maxTries', 'requestsPerMinute', 'retryUncertainFailures'];

const properties: INodeProperties[] = [
	{
		displayName: 'Works with chains, and with AI Agents that have no tools connected: an OpenClaw agent uses its own tools',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	...instanceProperties,
	openClawAgentProperty,
	sessionKeyProperty(
		'',
		'With a key, the OpenClaw agent remembers the conversation, and only the instructions and the latest message are sent. Leave empty when a memory is connected. Prefix keys that come from visitors, so that they cannot open your own sessions.',
	),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			...batchingOptions.filter(({ name }) => RETRY_OPTIONS.includes(name)),
			{
				...numberOption('maxRateLimitWait', CHAT_LIMIT_WAIT_S),
				description:
					'Maximum time to wait for the rate limit to reset or for a server that is down, in seconds. A request that would wait longer for the limit fails immediately and names the reset time. 0 never waits.',
			},
			modelOption,
			timeoutOption(DEFAULT_TIMEOUT_S, 'How long to wait for the response, in seconds'),
		].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
	},
];

export class LmChatAgentAi implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Agent.ai OpenClaw Chat Model',
		name: 'lmChatAgentAi',
		icon: { light: 'file:agentAi.svg', dark: 'file:agentAi.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["agent_id"]["value"] || $parameter["agent_id"] }}',
		description: 'Run chains and agents of n8n on your OpenClaw agent',
		defaults: { name: 'OpenClaw Chat Model' },
		codex: {
			categories: ['AI'],
			subcategories: { AI: ['Language Models', 'Root Nodes'], 'Language Models': ['Chat Models (Recommended)'] },
			resources: {
				primaryDocumentation: [{ url: 'https://github.com/n8n-nodes-agent-ai/n8n-nodes-agent-ai#chat-model' }],
			},
		},
		builderHint: {
			searchHint: 'The chat model for chains, and for agents without tools: an OpenClaw agent uses its own tools',
			relatedNodes: [
				{ nodeType: '@n8n/n8n-nodes-langchain.chainLlm', relationHint: 'Runs on this model' },
				{ nodeType: 'n8n-nodes-agent-ai.agentAi', relationHint: 'Sends prompts to agents without a chain, in batches' },
			],
		},
		inputs: [],
		outputs: [NodeConnectionTypes.AiLanguageModel],
		outputNames: ['Model'],
		credentials: [{ name: 'agentAiApi', required: true }],
		properties,
	};

	methods = { listSearch };

	async supplyData(this: ISupplyDataFunctions, itemIndex: number): Promise<SupplyData> {
		return await supplyModel(this, itemIndex, properties);
	}
}
