/** Enough to recognise an error by; a whole web page or stack trace helps nobody. */
const READABLE_LENGTH = 300;
/** As far as a text is looked at: a page may begin with a long head. */
const LOOKED_AT = 20_000;

/** Elements of web pages. Other words in angle brackets are placeholders, such as `<agentId>`, and stay. */
const ELEMENTS = new Set(
	(
		'!doctype html head body title meta link base script style noscript template header footer main nav section article ' +
		'aside div span p br hr h1 h2 h3 h4 h5 h6 center font a b i u s em strong small pre code blockquote q ul ol li dl dt dd ' +
		'table thead tbody tfoot tr td th caption form input button label select option textarea img svg path iframe'
	).split(' '),
);
/** Elements whose content is not for reading. */
const UNREADABLE = new Set(['script', 'style', 'svg']);

/**
 * One readable line of a remote text: tags of web pages, control characters and runs of white space removed, cut at 300
 * characters. Takes linear time, whatever the text holds.
 */
export function excerpt(text: string): string {
	const looked = text.trimStart().slice(0, LOOKED_AT);
	let line = '';
	let blank = false;
	for (let index = 0; index < looked.length && line.length <= READABLE_LENGTH; index++) {
		const end = looked[index] === '<' ? tagEnd(looked, index) : undefined;
		const char = looked[index] as string;
		if (end !== undefined) index = end;
		if (end !== undefined || isBlank(char)) {
			blank = true;
			continue;
		}
		if (blank && line !== '') line += ' ';
		blank = false;
		line += char;
	}
	return line.length > READABLE_LENGTH ? `${line.slice(0, READABLE_LENGTH).trimEnd()}…` : line;
}

/** White space and control characters. */
function isBlank(char: string): boolean {
	const code = char.charCodeAt(0);
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || char.trim() === '';
}

/** The index of the last character of the tag, comment or unreadable element that begins here; `undefined` for none. */
function tagEnd(text: string, start: number): number | undefined {
	if (text.startsWith('<!--', start)) return found(text.indexOf('-->', start), 2);
	let from = start + 1;
	if (text[from] === '/') from++;
	let to = from;
	// no element has a longer name
	while (to < text.length && to - from <= 10 && isNameChar(text[to] as string)) to++;
	const name = text.slice(from, to).toLowerCase();
	if (!ELEMENTS.has(name)) return undefined;
	if (text[from - 1] !== '/' && UNREADABLE.has(name)) {
		const close = text.indexOf(`</${name}`, to);
		if (close === -1) return text.length;
		return found(text.indexOf('>', close), 0);
	}
	return found(text.indexOf('>', to), 0);
}

const found = (index: number, more: number) => (index === -1 ? undefined : index + more);

const isNameChar = (char: string) =>
	(char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || (char >= '0' && char <= '9') || char === '!';

/** Takes the secrets out of a text. */
export type Redact = (text: string) => string;
