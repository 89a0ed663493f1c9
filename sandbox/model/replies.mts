import { columnsReply } from './columns.mts';

/**
 * The scripted model's own words: it repeats what it was told, as JSON where that was asked for, fills the fields that it is asked for, and shows that it
 * remembers.
 *
 * @param message the latest message, without directives
 * @param earlier what the user said before, oldest first
 */
export function echoReply(message: string, earlier: string[]): string {
	const columns = columnsReply(message, earlier);
	if (columns !== undefined) return columns;
	if (/\bjson\b/i.test(message)) {
		return ['Here it is:', '```json', JSON.stringify({ you_said: message, turn: earlier.length + 1 }), '```'].join('\n');
	}
	const before = earlier.at(-1);
	return before === undefined ? `You said: ${message}` : `You said: ${message} (turn ${earlier.length + 1}; before that: ${before})`;
}

/** The pieces in which a model streams a text: a word and the space behind it. */
export const pieces = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? [];
