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
	return whole.ok ? whole : (lastJsonBlock(said) ?? bare);
}

/** From a fence on: a block begins that holds JSON, or would have. Behind the end of one a footnote may begin with a bracket. */
const BEGINS_JSON = /^[`~]{3,}(?:\w*\s*\{|\w*\[|\w+\s*(?:\[|$))/;

/** Whether a text ends inside a block that is no JSON: it may be there to correct the one before. */
export function breaksOff(text: string): boolean {
	const said = withoutThinking(text);
	const fence = [...said.matchAll(/`{3,}|~{3,}/g)].at(-1);
	if (!fence || readJson(said).ok) return false;
	const rest = said.slice(fence.index);
	return BEGINS_JSON.test(rest) && lastJsonBlock(rest) === undefined;
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
/** A fence, and what follows it where that opens a block: a language, or its JSON. */
const FENCE = /(`{3,}|~{3,})([\w{["])?/g;
/** From a fence to the content of its block: behind the language, on the next line or on the same one. */
const TO_CONTENT = /(?:`+|~+)[^\n\r`~{["]*\s*/y;

/**
 * The value of the fenced block that ends last, of those that are JSON from their first to their last character. Fences may stand
 * in its strings too. A block that nobody closed ends with the last brace or bracket.
 */
function lastJsonBlock(text: string): { ok: true; data: unknown } | undefined {
	const fences = [...text.matchAll(FENCE)].slice(-MAX_FENCES);
	const lastBrace = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1;
	let last = { start: 0, end: 0 };
	for (const [place, { 1: ticks = '', 2: next, index }] of fences.entries()) {
		TO_CONTENT.lastIndex = index;
		TO_CONTENT.test(text);
		const start = TO_CONTENT.lastIndex;
		const end = endOfValue(text, start);
		if (end === undefined || end < last.end) continue;
		const behind = fences.find((fence) => fence.index >= end);
		const isWhole = behind
			? behind.index === end && !behind[2] && behind[1]?.startsWith(ticks)
			: text.slice(0, end).trimEnd().length === lastBrace && (next !== undefined || place === 0);
		if (isWhole) last = { start, end };
	}
	const read = readJson(text.slice(last.start, last.end));
	return read.ok ? read : undefined;
}

/** Where a JSON value has ended and what is none begins; the parser says so. `undefined` where there is no value. */
function endOfValue(text: string, start: number): number | undefined {
	if (!/[\d"[{tfn-]/.test(text[start] ?? '')) return undefined;
	const read = readJson(text.slice(start));
	if (read.ok) return text.length;
	const behind = /after JSON at position (\d+)/.exec(read.reason);
	return behind ? start + Number(behind[1]) : undefined;
}
