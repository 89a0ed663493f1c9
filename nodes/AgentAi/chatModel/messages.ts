import { InputError } from '../failures/inputError';
import { isObject } from '../failures/json';
import { jsonFromText } from '../parameters/jsonFromText';

/** What n8n's AI SDK hands a chat model, as far as this one reads it (`@n8n/ai-node-sdk` 0.31). */
export interface SdkMessage {
	role: string;
	content: Array<{ type: string; text?: string; result?: unknown }>;
}

/** A conversation as the chat completion action takes it. */
interface ActionMessages {
	/** The latest message of the user. */
	message: string;
	/** All messages before it, oldest first. */
	earlier: Array<{ role: string; content: string }>;
}

/**
 * Turns the messages of a chain or an agent into those of the action.
 *
 * @param remembered whether the OpenClaw session remembers earlier turns by itself: then only the instructions and the
 * latest message are sent, because the history would come twice
 * @param schema the JSON schema that the answer must fit, which is said to the agent as the last instruction
 * @throws InputError for files, which the action cannot take, and when no message of the user is there
 */
export function toActionMessages(messages: SdkMessage[], remembered: boolean, schema?: object): ActionMessages {
	const texts = messages.map(({ role, content }) => ({ role, content: content.map(partText).filter(Boolean).join('\n') }));
	const latest = texts.map(({ role }) => role).lastIndexOf('user');
	const message = texts[latest]?.content ?? '';
	if (message.trim() === '') {
		throw new InputError('There is no user message to send', 'Add a prompt to the chain or agent');
	}
	const earlier = texts.filter((_text, index) => index !== latest).filter(({ content }) => content !== '');
	const sent = remembered ? earlier.filter(({ role }) => role === 'system') : earlier;
	return { message, earlier: schema ? [...sent, { role: 'system', content: formatInstruction(schema) }] : sent };
}

/** @param what the message holds, e.g. `an image` */
export const fileRefused = (what: string) =>
	new InputError(
		`The OpenClaw Chat Model accepts text only, but the message contains ${what}`,
		'Turn off Automatically Passthrough Binary Images in the options of the AI Agent, or remove the file from the messages of the chain. Put its URL or text in the prompt instead',
	);

function partText(part: SdkMessage['content'][number]): string {
	switch (part.type) {
		case 'text':
			return part.text ?? '';
		case 'tool-result':
			return typeof part.result === 'string' ? part.result : JSON.stringify(part.result);
		case 'file':
			throw fileRefused('a file');
		default:
			return '';
	}
}

/** The tool as which n8n's agents hand *Require Specific Output Format* to a model (AI Agent 3.1, n8n 2.41.1). */
const FORMAT_TOOL = 'format_final_json_response';

/** Gives the JSON schema of a tool's input, from whatever schema the tool has; may throw. */
export type SchemaReader = (tool: unknown) => unknown;

/** The schema of the final answer where that is all that the tools are for, `undefined` where there are others. */
export function answerSchema(tools: unknown[], schemaOf: SchemaReader): object | undefined {
	const [tool] = tools;
	if (tools.length !== 1 || !isObject(tool) || tool.name !== FORMAT_TOOL) return undefined;
	const schema = schemaOf(tool);
	return isObject(schema) ? schema : undefined;
}

/** What tells an agent without that tool to answer in the format: n8n's own prompt insists on the tool. */
const formatInstruction = (schema: object) =>
	`You have no tool ${FORMAT_TOOL}. Instead, answer with one JSON value and no other text. It must fit this JSON schema: ${JSON.stringify(schema)}`;

/** The JSON in an answer and nothing around it; a text without any as it is, for n8n's parser to say so. */
export function answerAsJson(text: string): string {
	const read = jsonFromText(text);
	return read.ok ? JSON.stringify(read.data) : text;
}
