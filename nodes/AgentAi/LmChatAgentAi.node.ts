import type { IDataObject, INodeType, INodeTypeDescription, ISupplyDataFunctions, SupplyData } from 'n8n-workflow';
import { NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';

import { AgentAiClient } from './account/client';
import { loadEnvironment } from './account/environment';
import { OpenClawChatModel } from './chatModel/openClawChatModel';
import { searchAgents } from './lists/agents';
import { searchSessions } from './lists/sessions';
import { chatCompletion, DEFAULT_TIMEOUT_S, modelOption } from './operations/chatCompletion';
import { batchingOptions, CHAT_LIMIT_WAIT_S, limitWaitOption, readBatching } from './parameters/batching';
import { instanceProperties } from './parameters/instance';
import { agentProperty, sessionKeyProperty } from './parameters/pickedParameters';
import { timeoutOption } from './parameters/timeout';
import { nodeError } from './run/nodeError';

/** Of the batching options, those that make sense for one message at a time. */
const RETRY_OPTIONS = ['maxTries', 'requestsPerMinute', 'retryUncertainFailures'];

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
		inputs: [],
		outputs: [NodeConnectionTypes.AiLanguageModel],
		outputNames: ['Model'],
		credentials: [{ name: 'agentAiApi', required: true }],
		properties: [
			{
				displayName: 'An OpenClaw agent works with its own tools: agents without tools and chains can run on it',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			...instanceProperties,
			agentProperty,
			sessionKeyProperty(
				'',
				'With a key, the OpenClaw session remembers earlier turns, and only the instructions and the latest message are sent. Leave empty where a memory is connected. Put a word of your own in front of a key that comes from visitors.',
			),
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					...batchingOptions.filter(({ name }) => RETRY_OPTIONS.includes(name)),
					limitWaitOption(CHAT_LIMIT_WAIT_S),
					modelOption,
					timeoutOption(DEFAULT_TIMEOUT_S, 'Seconds that the agent may take to answer'),
				].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
			},
		],
	};

	methods = { listSearch: { searchAgents, searchSessions } };

	async supplyData(this: ISupplyDataFunctions, itemIndex: number): Promise<SupplyData> {
		const opened = await AgentAiClient.open(this);
		if (!opened.ok) throw nodeError(this.getNode(), opened.failure, itemIndex);
		const client = opened.value;
		const get = (name: string) => this.getNodeParameter(name, itemIndex, '', { extractValue: true });
		const options = this.getNodeParameter('options', itemIndex, {}) as IDataObject;
		const batching = readBatching((name) => options[name], CHAT_LIMIT_WAIT_S);
		if (batching.problem) throw nodeError(this.getNode(), batching.problem, itemIndex);
		const environment = await loadEnvironment(client, chatCompletion.needs, get('instance') !== 'defineBelow');
		const sdk = await loadSdk(this);
		const model = new OpenClawChatModel({
			node: this.getNode(),
			client,
			environment,
			parameters: { get, options, row: {} },
			batching: batching.settings,
			itemIndex,
			signal: this.getExecutionCancelSignal(),
			schemaOf: (tool) => sdk.getParametersJsonSchema(tool as never),
		});
		// the SDK's types come from a copy of n8n-workflow of its own, whose private members differ
		return sdk.supplyModel(this as never, model as never) as SupplyData;
	}
}

/** n8n brings the SDK along from 2.16 on; older hosts must still load the rest of this package. */
async function loadSdk(context: ISupplyDataFunctions) {
	try {
		return await import('@n8n/ai-node-sdk');
	} catch {
		throw new NodeOperationError(context.getNode(), 'This n8n is too old for the OpenClaw Chat Model', {
			description: 'Update n8n to 2.16 or newer, or use the Agent.ai node instead',
		});
	}
}
