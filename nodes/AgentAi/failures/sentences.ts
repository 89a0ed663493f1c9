/**
 * Joins parts to whole sentences: each ends with a full stop, unless it ends as a sentence already, or the whole text ends
 * with a quotation.
 */
export function sentences(...parts: (string | false | undefined)[]): string {
	return parts
		.map((part) => (part ? part.trim() : ''))
		.filter((part) => part !== '')
		.map((part, index, { length }) => (/[.!?…]”?$/.test(part) || (part.endsWith('”') && index === length - 1) ? part : `${part}.`))
		.join(' ');
}
