import type { ISupplyDataFunctions, StructuredChunk } from 'n8n-workflow';
import { type IDataObject, type IExecuteFunctions, type INodeExecutionData, type INodeType, NodeConnectionTypes } from 'n8n-workflow';

import { LmChatAgentAi } from '../../nodes/AgentAi/LmChatAgentAi.node.ts';
import { runNode } from './engine.mts';

/** What became of one message, whoever sent it. */
export interface Asked {
	/** The answer's text; absent when it failed. */
	text?: string;
	/** What was shown to whoever listens; absent where nobody does. */
	shown?: string;
	/** Message and description of the failure. */
	failed?: string;
	partialText?: string;
	/** Everything that n8n would save or show of the execution. */
	everything: string;
	/** What stands above the output. */
	hints: string[];
}

export interface Question {
	baseUrl: string;
	stream: boolean;
	options?: Record<string, unknown>;
	authToken?: string;
	apiToken?: string;
	instanceIp?: string;
	message?: string;
	/** Further parameters of the chat model. */
	parameters?: IDataObject;
	/** Further fields of the credential. */
	credential?: IDataObject;
}

const credential = ({ baseUrl, authToken, apiToken, instanceIp, credential: more }: Question) => ({
	...more,
	apiToken: apiToken ?? 'wire-api-token',
	baseUrl,
	instanceIp: instanceIp ?? '10.0.0.1',
	authToken: authToken ?? 'wire-gateway-token',
});

/** Asks through the node; with `live`, as behind a chat that shows the answer as it comes. */
async function askNode(question: Question, live: boolean): Promise<Asked> {
	const chunks: StructuredChunk[] = [];
	const result = await runNode({
		credential: credential(question),
		parameters: { message: question.message ?? 'hi', options: { stream: question.stream, maxTries: 1, ...question.options } },
		onError: 'continueRegularOutput',
		...(live ? { onChunk: (chunk) => void chunks.push(chunk) } : {}),
	});
	const json = result.items[0]?.json as {
		error?: { message: string; description: string; partialText?: string };
		openclaw_result?: { response_text?: string };
	};
	const own = chunks.filter(({ metadata }) => metadata.nodeName === 'Agent.ai');
	return {
		...(json.error
			? { failed: `${json.error.message}. ${json.error.description}`, partialText: json.error.partialText }
			: { text: json.openclaw_result?.response_text }),
		...(live ? { shown: own.flatMap(({ type, content }) => (type === 'item' ? [content ?? ''] : [])).join('') } : {}),
		everything: `${result.everything}\n${JSON.stringify(own)}`,
		hints: result.hints,
	};
}

interface Model {
	generate(messages: object[]): Promise<{ message: { content: { text: string }[] } }>;
	stream(messages: object[]): AsyncIterable<{ type: string; delta?: string }>;
}

/** A node that asks the chat model, with what n8n gives any node. The SDK must be one that hands the model through. */
class ModelAsker implements INodeType {
	description = {
		displayName: 'Model Asker',
		name: 'agentAi',
		group: ['transform' as const],
		version: 1,
		description: '',
		defaults: { name: 'Model Asker' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'agentAiApi', required: true }],
		properties: new LmChatAgentAi().description.properties,
	};

	/** n8n calls it with its own `this`. */
	execute!: INodeType['execute'];

	static for(question: Question): ModelAsker {
		const asker = new ModelAsker();
		asker.execute = async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			const supplied = await new LmChatAgentAi().supplyData.call(this as unknown as ISupplyDataFunctions, 0);
			const model = supplied.response as Model;
			const messages = [{ role: 'user', content: [{ type: 'text', text: question.message ?? 'hi' }] }];
			const answer: { text: string; failed?: string } = { text: '' };
			try {
				if (question.stream) for await (const part of model.stream(messages)) answer.text += part.delta ?? '';
				else answer.text = (await model.generate(messages)).message.content.map(({ text }) => text).join('');
			} catch (error) {
				const { message, description } = error as { message: string; description?: string };
				answer.failed = `${message}. ${description ?? ''}`;
			}
			return [[{ json: answer, pairedItem: { item: 0 } }]];
		};
		return asker;
	}
}

/** Asks through the chat model. */
export async function askModel(question: Question): Promise<Asked> {
	const result = await runNode({
		credential: credential(question),
		nodeType: ModelAsker.for(question),
		parameters: { agent_id: 'main', options: { maxTries: 1, ...question.options }, ...question.parameters },
	});
	if (result.error) throw result.error;
	const { text, failed } = result.items[0]?.json as { text: string; failed?: string };
	return {
		...(failed === undefined ? { text } : { failed, ...(text === '' ? {} : { partialText: text }) }),
		shown: text,
		everything: result.everything,
		hints: result.hints,
	};
}

type Asker = (question: Omit<Question, 'stream'>) => Promise<Asked>;

/** Who asks in a workflow: the node and the chat model, each streaming and not. */
export const WORKFLOW_ASKERS: Record<string, Asker> = {
	'node, whole': async (question) => await askNode({ ...question, stream: false }, false),
	'node, streaming': async (question) => await askNode({ ...question, stream: true }, false),
	'chat model, whole': async (question) => await askModel({ ...question, stream: false }),
	'chat model, streaming': async (question) => await askModel({ ...question, stream: true }),
};

/** Who asks in a chat that shows the answer as it comes. */
export const CHAT_ASKERS: Record<string, Asker> = {
	'chat, whole': async (question) => await askNode({ ...question, stream: false }, true),
	'chat, streaming': async (question) => await askNode({ ...question, stream: true }, true),
};
