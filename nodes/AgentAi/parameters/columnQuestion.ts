import type { IDataObject } from 'n8n-workflow';

import type { ActionRequest, Turn } from '../client/actionRequest';
import { readColumns } from './columns';
import { type Field, listOf, WANTED } from './columnValue';
import type { Message } from './messages';
import type { OutputFields } from './outputFields';

/**
 * The body of a chat request that asks for columns too, and what reads them.
 *
 * @param body of the request for the answer alone
 * @param fails whether an answer that never fits fails its item
 */
export function askingFor(
	{ fields, schema, attempts }: OutputFields,
	body: IDataObject,
	fails: boolean,
): Required<Pick<ActionRequest, 'body' | 'columns'>> {
	const format = formatWords(fields, schema);
	const { message } = body;
	return {
		body: withMessages(body, typeof message === 'string' ? `${message}\n\n${format}` : format, body.messages_json),
		columns: {
			read: (answer, redact) => readColumns(answer, fields, redact),
			attempts,
			fails,
			question: (turns) => questionBody(body, turns, format),
		},
	};
}

/**
 * A session remembers what was said. Without one the whole conversation goes out: the earlier messages as the person typed them, the
 * message, and each answer with what was asked about it.
 */
function questionBody(body: IDataObject, turns: Turn[], format: string): IDataObject {
	const questions = turns.map(({ misfit }) => questionWords(misfit, format));
	const last = questions.at(-1) as string;
	if (body.session_key !== undefined) return withMessages(body, last, undefined);
	const { message, messages_json: typed } = body;
	const said: Message[] = [
		...(typeof message === 'string' ? [{ role: 'user', content: message }] : []),
		...turns.flatMap(({ said: content }, position) => [
			{ role: 'assistant', content },
			...(position < turns.length - 1 ? [{ role: 'user', content: questions[position] as string }] : []),
		]),
	];
	const added = JSON.stringify(said);
	// the text that was typed goes out as it is
	const whole = typeof typed === 'string' ? `${typed.trimEnd().slice(0, -1)},${added.slice(1)}` : added;
	return withMessages(body, last, whole);
}

/** The same body with other messages, in the contract's order of fields; JSON has none that is `undefined`. */
function withMessages(body: IDataObject, message: string, earlier: IDataObject[string]): IDataObject {
	const said = { message, messages_json: earlier };
	return { instance_ip: body.instance_ip, auth_token: body.auth_token, ...said, ...body, ...said };
}

const FORMS = { ...WANTED, date: 'a date as "YYYY-MM-DD"', any: 'any JSON value' };

/**
 * What tells an agent how to answer. It stands behind the person's own message, in words alone: an OpenClaw agent takes no schema
 * from its caller.
 *
 * @param schema the JSON schema where a person gave one, as text
 */
export function formatWords(fields: Field[], schema?: string): string {
	const start = 'Give your final answer as one JSON object, with no other text before or after it.';
	if (schema !== undefined)
		return `${start} It must fit this JSON schema, with null for what you cannot know unless it is required:\n${schema}`;
	return [`${start} It has these keys:`, ...fields.map(lineOf)].join('\n');
}

function lineOf({ name, kind, choices, entries, required, description }: Field): string {
	const form = choices ? `one of ${listOf(choices)}` : entries?.choices ? `a JSON list of any of ${listOf(entries.choices)}` : FORMS[kind];
	const words = description.trim();
	return `- ${JSON.stringify(name)}: ${form}${required ? ' (required)' : ', or null if you cannot know it'}${words === '' ? '' : `. ${words}`}`;
}

/** What asks once more. It forbids tools, because a second turn may act again; the turn before may not be remembered word by word. */
const questionWords = (misfit: string, format: string) =>
	[
		`Your last answer could not be used: ${misfit}.`,
		'Answer once more, corrected and complete, from what you know by now. Use no tools and do nothing else: what you did for the task is done, and nothing may be done a second time.',
		format,
	].join('\n\n');
