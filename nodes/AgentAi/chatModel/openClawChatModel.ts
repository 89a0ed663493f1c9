import type { IDataObject, INode } from 'n8n-workflow';

import { askOnce } from '../batch/batches';
import { resultOf } from '../batch/types';
import type { ActionRequest } from '../client/actionRequest';
import type { AgentAiClient } from '../client/client';
import type { Environment } from '../client/environment';
import type { Situation } from '../failures/advice';
import { type Failure, failure, inOneText, inSituation } from '../failures/failure';
import { thrownFailure } from '../failures/failureError';
import { InputError } from '../failures/inputError';
import { FOR_VISITORS } from '../failures/readers';
import type { ActionResponse } from '../failures/result';
import { chatCompletion } from '../operations/chatCompletion';
import type { BatchingSettings } from '../parameters/batching';
import type { ItemParameters } from '../parameters/itemParameters';
import { attempt } from '../run/attempt';
import { nodeError } from '../run/nodeError';
import type { callerOf } from '../run/runContext';
import { cutBy, tokensIn } from '../transport/answer';
import type { OnDelta } from '../transport/wireRequest';
import { answerAsJson, answerSchema, type SchemaReader, type SdkMessage, toActionMessages } from './messages';

/** What a chain or an agent asks of one call (`ChatModelConfig` of the SDK). */
interface CallConfig {
	/** Ends the call. */
	signal?: AbortSignal;
	/** Longest time, in ms. */
	timeout?: number;
	/** The answer ends before the first of these. */
	stop?: string[];
}

/** What the model works with: everything that the transport, the retries and the errors of the node work with too. */
interface ModelContext {
	node: INode;
	client: AgentAiClient;
	environment: Environment;
	parameters: ItemParameters;
	batching: BatchingSettings;
	/** What is true where its failures are read. */
	situation: Situation;
	/** Whose limits hold. */
	caller: ReturnType<typeof callerOf>;
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
	async generate(messages: SdkMessage[], config: CallConfig = {}) {
		const answer = await this.ask(messages, config);
		return {
			finishReason: finishReason(answer),
			usage: tokensIn(answer),
			message: { role: 'assistant' as const, content: [{ type: 'text' as const, text: this.textOf(answer, config) }] },
		};
	}

	/** Gives the answer in pieces, the moment they arrive. Throws as `generate` does. */
	async *stream(messages: SdkMessage[], config: CallConfig = {}) {
		// a slow reader holds the answer back, and one that leaves ends the request
		const { readable, writable } = new TransformStream<string, string>(undefined, undefined, { highWaterMark: 0 });
		const writer = writable.getWriter();
		// an answer that is checked against a schema, or cut at a word, makes sense as a whole only
		const live = this.context.answerSchema === undefined && !config.stop?.length;
		const asking = this.ask(messages, config, live ? async (delta) => await writer.write(delta) : undefined);
		// a failure is thrown below, after the pieces that came before it
		const ended = asking.then(
			async () => await writer.close(),
			async () => await writer.close(),
		);
		ended.catch(() => {});
		let streamed = false;
		for await (const delta of readable) {
			streamed = true;
			yield { type: 'text-delta' as const, delta };
		}
		const answer = await asking;
		// a server may answer in one piece although it was asked to stream
		if (!streamed) yield { type: 'text-delta' as const, delta: this.textOf(answer, config) };
		yield { type: 'finish' as const, finishReason: finishReason(answer), usage: tokensIn(answer) };
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
				'An OpenClaw agent uses its own tools. Remove the tools from this agent, or use another chat model with the Agent.ai node as a tool',
		});
		throw this.error(failed);
	}

	/**
	 * The error for what a chain or an agent asks for and cannot have.
	 *
	 * @param error why; without one it is structured output
	 */
	refusal(error: unknown = STRUCTURED_OUTPUT) {
		return this.error(thrownFailure(error, 'unreadable', this.context.client.redactor([])));
	}

	private async ask(messages: SdkMessage[], config: CallConfig, onDelta?: OnDelta): Promise<ActionResponse> {
		const { client, batching } = this.context;
		const signal = signalOf(this.context.signal, config);
		const request = await this.prepare(messages, onDelta !== undefined);
		const shown = { any: false };
		const showing: OnDelta | undefined =
			onDelta &&
			(async (piece) => {
				shown.any = true;
				await onDelta(piece);
			});
		const attemptOnce = async () => {
			const result = await attempt(client, chatCompletion, request, { onDelta: showing, signal });
			return result.ok ? result : { ...result, passedOn: shown.any };
		};
		const options = { ...batching, ...this.context.caller, live: true };
		const job = { lane: request.session, instance: request.instance };
		const settled = await askOnce<ActionResponse>(client.account, job, attemptOnce, options, signal);
		const result = resultOf(settled);
		if (result.ok) return result.value;
		// n8n calls a run canceled whose error says so: only a person cancels it
		const left = signal?.aborted && !this.context.signal?.aborted;
		if (left) {
			const advice = 'Its own time limit was reached, or it no longer needs the answer';
			throw this.error(failure('aborted', { message: 'The chain or agent stopped waiting for the answer', advice }));
		}
		const { tries, uncertain } = settled;
		throw this.error(inSituation(result.failure, { ...this.context.situation, tries, uncertain, shown: shown.any }));
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

	private textOf(answer: ActionResponse, { stop = [] }: CallConfig): string {
		const whole = chatCompletion.textOf?.(answer) ?? '';
		const ends = stop.map((word) => (word === '' ? -1 : whole.indexOf(word))).filter((end) => end !== -1);
		const text = whole.slice(0, Math.min(whole.length, ...ends));
		return this.context.answerSchema ? answerAsJson(text) : text;
	}

	private error(failed: Failure) {
		const { node, itemIndex } = this.context;
		// n8n's agents and chains pass on the message alone; a chat shows its visitors the description alone
		return nodeError(node, { ...failed, message: inOneText(failed), description: FOR_VISITORS }, itemIndex);
	}
}

const STRUCTURED_OUTPUT = new InputError(
	'The OpenClaw Chat Model does not support this node’s way of requesting structured output',
	'Connect another chat model to this node, or use a Basic LLM Chain with a Structured Output Parser',
);

/** Ends a call with the execution, and when its caller leaves or has waited long enough. */
function signalOf(stopped: AbortSignal | undefined, { signal, timeout }: CallConfig): AbortSignal | undefined {
	const signals = [stopped, signal, timeout ? AbortSignal.timeout(timeout) : undefined].filter((each) => each !== undefined);
	return signals.length < 2 ? signals[0] : AbortSignal.any(signals);
}

function finishReason(answer: ActionResponse) {
	const cut = cutBy(answer);
	return cut === 'its length' ? ('length' as const) : cut ? ('content-filter' as const) : ('stop' as const);
}
