import { isObject } from '../transport/interpret';
import { readJson } from '../transport/readJson';
import { InputError } from './inputError';
import { found } from './text';

/** A message of a conversation, in the form the chat completion endpoint takes. */
export interface Message {
	role: string;
	content: string | object[];
}

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool'];
const FORMAT = 'Use the format [{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}]';

/**
 * Reads the earlier messages from JSON text, or from the array that an expression gives.
 *
 * @param value JSON text, an array of messages, or nothing
 * @param label the parameter's name in the panel, for the messages
 * @returns the messages in their order; an empty list when there are none
 * @throws InputError that names the position and what was found there
 */
export function parseMessages(value: unknown, label: string): Message[] {
	if (value === undefined || value === null) return [];
	let parsed: unknown = value;
	if (typeof value === 'string') {
		if (value.trim() === '') return [];
		const read = readJson(value);
		if (!read.ok) throw new InputError(`${label} is not valid JSON: ${read.reason}`, FORMAT);
		parsed = read.data;
	}
	if (!Array.isArray(parsed)) throw new InputError(`${label} must be a list of messages, but ${found(parsed)} was found`, FORMAT);
	return parsed.map((message, position) => checkMessage(message, position, label));
}

function checkMessage(message: unknown, position: number, label: string): Message {
	const where = `message ${position + 1} of ${label}`;
	if (!isObject(message)) throw new InputError(`${sentence(where)} must be an object, but ${found(message)} was found`, FORMAT);
	const { role, content } = message;
	if (typeof role !== 'string' || !ROLES.includes(role)) {
		throw new InputError(`The role of ${where} is ${found(role)}`, `Use one of ${ROLES.join(', ')}`);
	}
	if (typeof content === 'string') return message as unknown as Message;
	if (!Array.isArray(content)) {
		throw new InputError(`The content of ${where} must be text or a list of content parts, but ${found(content)} was found`, FORMAT);
	}
	content.forEach((part, partPosition) => {
		if (!isObject(part) || typeof part.type !== 'string') {
			throw new InputError(
				`Content part ${partPosition + 1} of ${where} must be an object with a type, but ${found(part)} was found`,
				'Use the format {"type":"text","text":"hi"}',
			);
		}
	});
	return message as unknown as Message;
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
