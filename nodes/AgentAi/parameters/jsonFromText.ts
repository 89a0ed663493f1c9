import { parsed, readJson } from '../failures/json';

/** JSON in a text, and whether more of it stands behind that does not parse: it may be there to correct what was read. */
type JsonInText = { ok: true; data: unknown; isOvertaken?: boolean } | { ok: false; reason: string };

/**
 * Reads JSON from the text of an agent: the whole text or, with its `<think>` parts passed over, the last fenced block that holds
 * JSON and nothing else; in a text without fences, the one object among its words. However the text is built, it takes time in
 * proportion to its length.
 *
 * @returns the data, or why there is none
 */
export function jsonFromText(text: string): JsonInText {
	const bare = readJson(text);
	if (bare.ok) return bare;
	const said = withoutThinking(text);
	const whole = said === text ? bare : readJson(said);
	if (whole.ok) return whole;
	const read = lastJsonBlock(said) ?? objectInWords(said);
	if (!read) return { ok: false, reason: brokenBlock(said) ?? bare.reason };
	const isOvertaken = BROKEN_JSON.test(said.slice(read.end).replace(/^\s*[`~]+/, ''));
	return { ok: true, data: read.data, ...(isOvertaken ? { isOvertaken } : {}) };
}

/** JSON that begins, with or without a fence. A footnote begins with a bracket too, and code with a brace. */
const BROKEN_JSON = /\{\s*(?:"|$)|[`~]{3,}(?:\w*\s*\[\s*(?:[{["]|$)|\w+\s*(?:\[|$))/;

interface Found {
	data: unknown;
	/** Where it ends in the text. */
	end: number;
}

/** The one object in a text without fences; none that is a part of a list or of another object. */
function objectInWords(text: string): Found | undefined {
	const start = text.indexOf('{');
	const end = text.lastIndexOf('}') + 1;
	if (start < 0 || /`{3}|~{3}/.test(text) || text.includes('{', end) || /(?:[[,{"]|"\s*:)$/.test(text.slice(0, start).trimEnd()))
		return undefined;
	const data = parsed(text.slice(start, end));
	return data === undefined ? undefined : { data, end };
}

/** What the parser says of the last block that was to be JSON. */
function brokenBlock(text: string): string | undefined {
	const fences = [...text.matchAll(/`{3,}|~{3,}/g)];
	const place = fences.findLastIndex(({ index }) => /^[`~]+\w*\s*[{[]/.test(text.slice(index)));
	if (place < 0) return undefined;
	const read = readJson(text.slice(contentOf(text, fences[place]?.index ?? 0), fences[place + 1]?.index));
	return read.ok ? undefined : read.reason;
}

/**
 * The text without what a model writes while it thinks. A tag counts where it begins or ends a line, so that one inside
 * a JSON string stays; a part that is not closed reaches to the end, one that was not opened begins with the text.
 */
export function withoutThinking(text: string): string {
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
function lastJsonBlock(text: string): Found | undefined {
	const fences = [...text.matchAll(FENCE)].slice(-MAX_FENCES);
	const lastBrace = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1;
	let last = { start: 0, end: 0 };
	for (const [place, { 1: ticks = '', 2: next, index }] of fences.entries()) {
		const start = contentOf(text, index);
		const end = endOfValue(text, start);
		if (end === undefined || end < last.end) continue;
		const behind = fences.find((fence) => fence.index >= end);
		const isWhole = behind
			? behind.index === end && !behind[2] && behind[1]?.startsWith(ticks)
			: text.slice(0, end).trimEnd().length === lastBrace && (next !== undefined || place === 0);
		if (isWhole) last = { start, end };
	}
	const read = readJson(text.slice(last.start, last.end));
	return read.ok ? { data: read.data, end: last.end } : undefined;
}

/** Where the content of the block begins whose fence is at `index`. */
function contentOf(text: string, index: number): number {
	TO_CONTENT.lastIndex = index;
	TO_CONTENT.test(text);
	return TO_CONTENT.lastIndex;
}

/** Where a JSON value has ended and what is none begins; the parser says so. `undefined` where there is no value. */
function endOfValue(text: string, start: number): number | undefined {
	if (!/[\d"[{tfn-]/.test(text[start] ?? '')) return undefined;
	const read = readJson(text.slice(start));
	if (read.ok) return text.length;
	const behind = /after JSON at position (\d+)/.exec(read.reason);
	return behind ? start + Number(behind[1]) : undefined;
}
