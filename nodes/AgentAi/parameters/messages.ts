import { found, InputError } from '../failures/inputError';
import { isObject } from '../failures/json';
import { type TypedJson, typedJson } from './json';

/** A message of a conversation, in the form the chat completion endpoint takes. */
export interface Message {
	role: string;
	/** `null` where an assistant only called tools. */
	content?: string | object[] | null;
}

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool'];
const FORMAT = 'Use the format [{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}]';

/**
 * Reads the earlier messages from JSON text, or from the array that an expression gives.
 *
 * @returns the messages in their order and the text that goes out for them; `undefined` when there are none
 * @throws InputError that names the position and what was found there
 */
export function parseMessages(value: unknown, label: string): TypedJson<Message[]> | undefined {
	const json = typedJson(value, label, FORMAT);
	if (json === undefined) return undefined;
	const { value: list, text } = messagesIn(json);
	if (!Array.isArray(list)) throw new InputError(`${label} must be a list of messages, not ${found(list)}`, FORMAT);
	if (list.length === 0) return undefined;
	return { value: list.map((message, position) => checkMessage(message, position, label)), text };
}

/** A whole request body, as other tools write it, holds its messages under that name. */
function messagesIn(json: TypedJson<unknown>): TypedJson<unknown> {
	const list = isObject(json.value) ? json.value.messages : undefined;
	return Array.isArray(list) ? { value: list, text: JSON.stringify(list) } : json;
}

function checkMessage(message: unknown, position: number, label: string): Message {
	const where = `message ${position + 1} of ${label}`;
	if (!isObject(message)) throw new InputError(`${sentence(where)} must be an object, not ${found(message)}`, FORMAT);
	const { role, content } = message;
	if (typeof role !== 'string' || !ROLES.includes(role)) {
		throw new InputError(`The role of ${where} is ${found(role)}`, `Use one of ${ROLES.join(', ')}`);
	}
	if (typeof content === 'string' || (isNothing(content) && calledTools(message))) return message as unknown as Message;
	if (!Array.isArray(content)) {
		throw new InputError(`The content of ${where} must be text or a list of content parts, not ${found(content)}`, FORMAT);
	}
	content.forEach((part, partPosition) => {
		if (!isObject(part) || typeof part.type !== 'string') {
			throw new InputError(
				`Content part ${partPosition + 1} of ${where} must be an object with a type, not ${found(part)}`,
				'Use the format {"type":"text","text":"hi"}',
			);
		}
	});
	return message as unknown as Message;
}

const isNothing = (content: unknown) => content === null || content === undefined;

/** An assistant that calls tools says nothing itself (OpenAI's chat format). */
const calledTools = ({ role, tool_calls: calls }: Record<string, unknown>) =>
	role === 'assistant' && Array.isArray(calls) && calls.length > 0;

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
