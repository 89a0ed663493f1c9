import type { IDataObject, INode } from 'n8n-workflow';

import { askOnce } from '../batch/askOnce';
import type { ActionRequest } from '../client/actionRequest';
import type { AgentAiClient } from '../client/client';
import type { Environment } from '../client/environment';
import { type Failure, failure, inOneText } from '../failures/failure';
import { thrownFailure } from '../failures/failureError';
import type { ActionResponse } from '../failures/result';
import { chatCompletion } from '../operations/chatCompletion';
import type { BatchingSettings } from '../parameters/batching';
import type { ItemParameters } from '../parameters/itemParameters';
import { attempt } from '../run/attempt';
import { nodeError } from '../run/nodeError';
import type { Caller } from '../run/runContext';
import { settledResult } from '../run/settledResult';
import { usageOf } from '../transport/usage';
import type { OnDelta } from '../transport/wireRequest';
import { Channel } from './channel';
import { answerAsJson, answerSchema, type SchemaReader } from './jsonAnswer';
import { type SdkMessage, toActionMessages } from './messages';

/** Token usage as n8n's AI SDK counts it. */
export interface Usage {
	promptTokens: number;
	completionTokens: number;
	totalTokens: number;
}

/** What the model works with: everything that the transport, the retries and the errors of the node work with too. */
export interface ModelContext {
	node: INode;
	client: AgentAiClient;
	environment: Environment;
	parameters: ItemParameters;
	batching: BatchingSettings;
	/** Whose limits hold. */
	caller: Caller;
	itemIndex: number;
	/** Fires when the person stops the execution. */
	signal?: AbortSignal;
	/** Reads the schema of a tool; the AI SDK brings it along. */
	schemaOf: SchemaReader;
	/** The JSON schema that answers must fit, where an agent requires one. */
	answerSchema?: object;
}

/**
 * An OpenClaw agent behind the chat model interface of n8n's AI SDK (`ChatModel` of `@n8n/ai-node-sdk` 0.31), so that
 * Basic LLM Chain, AI Agent and others can run on it.
 */
export class OpenClawChatModel {
	readonly provider = 'agent.ai';

	readonly modelId: string;

	constructor(private readonly context: ModelContext) {
		const { parameters } = context;
		this.modelId = String(parameters.options.model ?? `openclaw:${String(parameters.get('agent_id'))}`);
	}

	/**
	 * Gives the agent's whole answer.
	 *
	 * @throws NodeApiError or NodeOperationError
	 */
	async generate(messages: SdkMessage[]) {
		const answer = await this.ask(messages, false);
		return {
			finishReason: 'stop' as const,
			usage: sdkUsage(answer),
			message: { role: 'assistant' as const, content: [{ type: 'text' as const, text: this.textOf(answer) }] },
		};
	}

	/** Gives the answer in pieces, the moment they arrive. Throws as `generate` does. */
	async *stream(messages: SdkMessage[]) {
		const channel = new Channel<string>();
		// an answer that is checked against a schema makes sense as a whole only
		const live = this.context.answerSchema === undefined;
		const asking = this.ask(messages, live, live ? async (piece) => await channel.send(piece) : undefined);
		// a failure is thrown below, after the pieces that came before it
		const ended = asking.then(
			() => channel.close(),
			() => channel.close(),
		);
		let streamed = false;
		for await (const delta of channel.values()) {
			streamed = true;
			yield { type: 'text-delta' as const, delta };
		}
		await ended;
		const answer = await asking;
		// a server may answer in one piece although it was asked to stream
		if (!streamed) yield { type: 'text-delta' as const, delta: this.textOf(answer) };
		yield { type: 'finish' as const, finishReason: 'stop' as const, usage: sdkUsage(answer) };
	}

	/**
	 * The same model for an agent without tools. *Require Specific Output Format* of n8n's agents comes as a tool too: for that one
	 * the model is told the format in words.
	 *
	 * @throws NodeOperationError for any other tool: the action has no field for tools, and an OpenClaw agent has its own
	 */
	withTools(tools: unknown[]): OpenClawChatModel {
		if (tools.length === 0) return this;
		const schema = answerSchema(tools, this.context.schemaOf);
		if (schema) return new OpenClawChatModel({ ...this.context, answerSchema: schema });
		const failed = failure('badInput', {
			message: 'The OpenClaw Chat Model cannot use n8n’s tools',
			advice:
				'An OpenClaw agent works with its own tools. Remove the tools from this agent, or give another chat model the Agent.ai node as a tool',
		});
		throw this.error(failed);
	}

	private async ask(messages: SdkMessage[], stream: boolean, onDelta?: OnDelta): Promise<ActionResponse> {
		const { client, batching, signal } = this.context;
		const request = await this.prepare(messages, stream);
		const shown = { any: false };
		const showing: OnDelta | undefined =
			onDelta &&
			(async (piece) => {
				shown.any = true;
				await onDelta(piece);
			});
		const end = await askOnce<ActionResponse, Failure>(client.account, {
			attempt: async () => {
				const result = await attempt(client, chatCompletion, request, showing);
				return result.ok ? result : { ...result, passedOn: shown.any };
			},
			options: { ...batching, ...this.context.caller, live: true },
			lane: request.session,
			group: request.instance,
			refusals: client.account.refusals,
			signal,
		});
		const result = settledResult(end);
		if (!result.ok) throw this.error(result.failure);
		return result.value;
	}

	private async prepare(messages: SdkMessage[], stream: boolean): Promise<ActionRequest> {
		const { client, parameters, environment } = this.context;
		const remembered = String(parameters.get('session_key') ?? '').trim() !== '';
		try {
			const { message, earlier } = toActionMessages(messages, remembered, this.context.answerSchema);
			const values: IDataObject = { message, output_variable_name: 'openclaw_result' };
			return await chatCompletion.readRequest(
				{
					get: (name) => values[name] ?? parameters.get(name),
					options: { ...parameters.options, stream, messages_json: earlier },
					row: parameters.row,
				},
				environment,
			);
		} catch (error) {
			throw this.error(thrownFailure(error, 'unreadable', client.redactor([])));
		}
	}

	private textOf(answer: ActionResponse): string {
		const text = chatCompletion.textOf?.(answer) ?? '';
		return this.context.answerSchema ? answerAsJson(text) : text;
	}

	private error(failed: Failure) {
		const { node, itemIndex } = this.context;
		// n8n's agents and chains pass on the message alone, a chat shows the description alone
		const text = inOneText(failed);
		return nodeError(node, { ...failed, message: text, description: text }, itemIndex);
	}
}

/** The token usage as n8n's AI SDK counts it, where the answer carries it. */
function sdkUsage(answer: ActionResponse): Usage | undefined {
	const usage = usageOf(answer);
	if (!usage) return undefined;
	const count = (name: string) => (typeof usage[name] === 'number' ? usage[name] : 0);
	const [promptTokens, completionTokens] = [count('prompt_tokens'), count('completion_tokens')];
	return { promptTokens, completionTokens, totalTokens: count('total_tokens') || promptTokens + completionTokens };
}
