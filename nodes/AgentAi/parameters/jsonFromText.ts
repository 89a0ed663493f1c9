import { readJson } from '../failures/json';

/**
 * Reads JSON from the text of an agent: the whole text or, with its `<think>` parts passed over, the last fenced block
 * that holds JSON and nothing else. However the text is built, it takes time in proportion to its length.
 *
 * @returns the data, or why there is none
 */
export function jsonFromText(text: string): ReturnType<typeof readJson> {
	const bare = readJson(text);
	if (bare.ok) return bare;
	const said = withoutThinking(text);
	const whole = said === text ? bare : readJson(said);
	if (whole.ok) return whole;
	return lastJsonBlock(said) ?? bare;
}

/**
 * The text without what a model writes while it thinks. A tag counts where it begins or ends a line, so that one inside
 * a JSON string stays; a part that is not closed reaches to the end, one that was not opened begins with the text.
 */
function withoutThinking(text: string): string {
	const kept: string[] = [];
	let from = 0;
	let depth = 0;
	for (const { 0: tag, index } of text.matchAll(/<\/?think(?:ing)?>/gi)) {
		const end = index + tag.length;
		if (!tag.startsWith('</')) {
			if (depth === 0 && !beginsLine(text, index) && index !== from) continue;
			if (depth === 0) kept.push(text.slice(from, index));
			depth++;
		} else if (depth > 0 || beginsLine(text, index) || endsLine(text, end)) {
			if (depth === 0) kept.length = 0;
			depth = Math.max(0, depth - 1);
		} else continue;
		from = end;
	}
	if (depth === 0) kept.push(text.slice(from));
	return kept.join('');
}

const beginsLine = (text: string, at: number) => at === 0 || /[\n\r]/.test(text[at - 1] as string);
const endsLine = (text: string, at: number) => at === text.length || /[\n\r]/.test(text[at] as string);

/** So many fences, from the last on, are looked at. */
const MAX_FENCES = 1000;
/** As much is tried, in UTF-16 code units altogether: trying to read what is no JSON is slow. */
const MAX_TRIED = 16 * 1024 * 1024;

/** The first and the last character of a JSON value. */
const ENDS_OF_VALUE = /^(?:\{\}|\[\]|""|[-\d]\d|te|fe|nl)$/;

/**
 * The value of the last fenced block that is JSON from its first to its last character. Fences may stand in its strings too:
 * of the blocks that a fence may close it is the first that is JSON, from the nearest opening on.
 */
function lastJsonBlock(text: string): { ok: true; data: unknown } | undefined {
	// what a language or JSON follows closes nothing
	const fences = [...text.matchAll(/(`{3,}|~{3,})([\w{["])?/g)].slice(-MAX_FENCES).map(({ 1: ticks = '', 2: next, index }) => {
		return { ticks, opens: next !== undefined, end: index, start: contentStart(text, index + ticks.length) };
	});
	const [first, last] = [fences[0], fences.at(-1)];
	if (!first || !last) return undefined;
	// a block that nobody closed ends with its JSON
	const unclosed = { ...first, opens: false, end: Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1 };
	fences.reverse();
	let tried = 0;
	for (const closing of unclosed.end > last.end ? [unclosed, ...fences] : fences) {
		const { end } = closing;
		const final = text.slice(0, end).trimEnd().at(-1) ?? '';
		if (closing.opens || !/[}\]"\del]/.test(final)) continue;
		for (const opening of fences) {
			const mayBe = closing === unclosed ? opening.opens || opening === first : closing.ticks.startsWith(opening.ticks);
			const { start } = opening;
			if (!mayBe || start >= end || !ENDS_OF_VALUE.test(`${text[start] as string}${final}`)) continue;
			const read = readJson(text.slice(start, end));
			if (read.ok) return read;
			tried += end - start;
			if (tried > MAX_TRIED) return undefined;
		}
	}
	return undefined;
}

/** Where the content of a block begins: behind the language, on the next line or on the same one. */
function contentStart(text: string, from: number): number {
	const opening = /[^\n\r`~{["]*\s*/y;
	opening.lastIndex = from;
	opening.test(text);
	return opening.lastIndex;
}
