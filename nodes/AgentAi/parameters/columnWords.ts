import { type Field, listOf } from './columnValue';

/** How an answer may say each kind; the words of a number keep agents from what is asked again. */
const FORMS = {
	text: 'text',
	number: 'a number in digits, without separators, unit or words',
	integer: 'a whole number in digits, without separators, unit or words',
	boolean: 'true or false',
	list: 'a JSON list',
	date: 'a date as "YYYY-MM-DD"',
	object: 'a JSON object',
	any: 'any JSON value',
};

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

/** Most that is said of what was wrong: an answer may miss a thousand fields. */
const MOST_NAMED = 20;

/** What was wrong with an answer, as one sentence without its full stop. */
export function misfitText(misfits: string[]): string {
	const more = misfits.length - MOST_NAMED;
	return [...misfits.slice(0, MOST_NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/**
 * What asks once more, with what was wrong. It forbids tools, because a second turn may act again.
 *
 * @param format what `formatWords` gives: the turn before may not be remembered word by word
 */
export const questionWords = (misfit: string, format: string) =>
	[
		`Your last answer could not be used: ${misfit}.`,
		'Answer once more, corrected and complete, from what you know by now. Use no tools and do nothing else: what you did for the task is done, and nothing may be done a second time.',
		format,
	].join('\n\n');
