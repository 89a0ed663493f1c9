import { readJson } from '../failures/json';

/**
 * Reads JSON from the text of an agent: the whole text or, with its `<think>` parts passed over, the last fenced block
 * that holds JSON and nothing else. Every step walks over the text once, however it is built.
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

/** Blocks that are tried, from the last on; trying to read what is no JSON is slow. */
const MAX_TRIED = 100;

/** The value of the last fenced block that is JSON from its first to its last character. */
function lastJsonBlock(text: string): { ok: true; data: unknown } | undefined {
	for (const block of fencedBlocks(text).slice(-MAX_TRIED).reverse()) {
		const read = readJson(block);
		if (read.ok) return read;
	}
	return undefined;
}

/** What stands in the fenced blocks, those left out that are no JSON at first sight. */
function fencedBlocks(text: string): string[] {
	const blocks: string[] = [];
	const fence = /(`{3,}|~{3,})[^\n\r`{["]*/g;
	for (let opening = fence.exec(text); opening; opening = fence.exec(text)) {
		const [, ticks = ''] = opening;
		// behind the language: on the next line, or on the same one
		const content = fence.lastIndex;
		const value = valueEnd(text, content);
		const block = value === undefined ? closingFence(text, content, ticks) : blockEnd(text, value, ticks);
		const inside = text.slice(content, block.valueEnd);
		if (value !== undefined || SCALAR.test(inside)) blocks.push(inside);
		fence.lastIndex = Math.max(block.next, fence.lastIndex);
	}
	return blocks;
}

/** A text, a number or a word of JSON alone. */
const SCALAR = /^\s*(?:true|false|null|-?\d[\d.eE+-]*|"[^\n\r]*")\s*$/;

interface Block {
	/** Where the JSON ends. */
	valueEnd: number;
	/** Where the search goes on. */
	next: number;
}

/** The block whose JSON object or list ends at `end`: only a fence or the end of the text may follow. */
function blockEnd(text: string, end: number, ticks: string): Block {
	const after = /\s*/y;
	after.lastIndex = end;
	after.exec(text);
	const rest = text.slice(after.lastIndex, after.lastIndex + ticks.length);
	if (rest === ticks) return { valueEnd: end, next: after.lastIndex + ticks.length };
	const closing = closingFence(text, end, ticks);
	// a block that nobody closed ends with its JSON
	return closing.next === text.length && closing.valueEnd === text.length ? { valueEnd: end, next: text.length } : closing;
}

/** The end of a block by its closing fence, or the end of the text. */
function closingFence(text: string, from: number, ticks: string): Block {
	const at = text.indexOf(ticks, from);
	if (at === -1) return { valueEnd: text.length, next: text.length };
	let next = at + ticks.length;
	while (text[next] === ticks[0]) next++;
	return { valueEnd: at, next };
}

/**
 * The end of the JSON object or list that begins at `start`, white space aside; `undefined` when none does, or when it does not end
 * before something that JSON cannot hold. Strings are passed over, and with them the fences inside.
 */
function valueEnd(text: string, start: number): number | undefined {
	const begin = /\s*[[{]/y;
	begin.lastIndex = start;
	if (!begin.test(text)) return undefined;
	let depth = 1;
	let inString = false;
	for (let at = begin.lastIndex; at < text.length; at++) {
		const character = text[at] as string;
		if (inString) {
			if (character === '\\') at++;
			else if (character === '"') inString = false;
			else if (character === '\n') return undefined;
		} else if (character === '"') inString = true;
		else if (character === '`') return undefined;
		else if (character === '{' || character === '[') depth++;
		else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
	}
	return undefined;
}
