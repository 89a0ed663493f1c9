import { isObject } from '../failures/json';
import { fileRefused } from './messages';

/** A message of LangChain, as far as it is read and set here. */
interface LangChainMessage {
	content: unknown;
	lc_kwargs?: { content?: unknown };
}

interface Generation {
	text: string;
	message: LangChainMessage;
}

/** The LangChain model that n8n's AI SDK makes of a chat model (`@n8n/ai-node-sdk` 0.31), as far as it is changed here. */
export interface LangChainModel {
	_generate(messages: LangChainMessage[], ...more: unknown[]): Promise<{ generations: Generation[] }>;
	_streamResponseChunks(messages: LangChainMessage[], ...more: unknown[]): AsyncIterable<Generation>;
	bindTools(...parameters: unknown[]): LangChainModel;
	withStructuredOutput(...parameters: unknown[]): unknown;
}

/**
 * Makes of the SDK's model one that behaves as n8n's own do: its content is one text, because n8n's auto-fixing parsers and
 * Tools Agent 1.x read no list of parts; what the SDK drops without a word (images) or asks for as a tool (structured output) is
 * refused by name.
 *
 * @param refuse makes the error that n8n shows
 */
export function asTextModel(model: LangChainModel, refuse: (error: unknown) => Error): LangChainModel {
	// tests may hand a model through that is none of LangChain
	if (typeof model._generate !== 'function') return model;
	const generate = model._generate.bind(model);
	const stream = model._streamResponseChunks.bind(model);
	const bindTools = model.bindTools.bind(model);
	const check = (messages: LangChainMessage[]) => {
		const file = messages.map(({ content }) => fileIn(content)).find((each) => each !== undefined);
		if (file) throw refuse(fileRefused(file));
	};
	return Object.assign(model, {
		async _generate(messages: LangChainMessage[], ...more: unknown[]) {
			check(messages);
			const result = await generate(messages, ...more);
			for (const generation of result.generations) toText(generation);
			return result;
		},
		async *_streamResponseChunks(messages: LangChainMessage[], ...more: unknown[]) {
			check(messages);
			for await (const generation of stream(messages, ...more)) yield toText(generation);
		},
		bindTools: (...parameters: unknown[]) => asTextModel(bindTools(...parameters), refuse),
		withStructuredOutput: () => {
			throw refuse(undefined);
		},
	});
}

function toText(generation: Generation): Generation {
	const { message, text } = generation;
	message.content = text;
	if (message.lc_kwargs) message.lc_kwargs.content = text;
	return generation;
}

/** What a message holds that is no text, by name. */
function fileIn(content: unknown): string | undefined {
	if (!Array.isArray(content)) return undefined;
	const types = content.flatMap((part) => (isObject(part) && typeof part.type === 'string' ? [part.type] : []));
	if (types.some((type) => type.includes('image'))) return 'an image';
	const other = types.find((type) => ['file', 'audio', 'input_audio', 'video', 'media', 'document'].includes(type));
	return other && (other.includes('audio') ? 'a sound' : 'a file');
}
