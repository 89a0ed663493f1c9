/** Enough to recognise an error by; a whole web page or stack trace helps nobody. */
const READABLE_LENGTH = 300;
/** As far as a text is looked at: a page may begin with a long head. */
const LOOKED_AT = 20_000;

/** Elements of web pages. Other words in angle brackets are placeholders, such as `<agentId>`, and stay. */
const ELEMENTS = new Set(
	(
		'!doctype html head body title meta link base noscript template header footer main nav section article ' +
		'aside div span p br hr h1 h2 h3 h4 h5 h6 center font a b i u s em strong small pre code blockquote q ul ol li dl dt dd ' +
		'table thead tbody tfoot tr td th caption form input button label select option textarea img path iframe script style svg'
	).split(' '),
);
/** Comments, what no one reads with its content, and tags. Each is searched for its end once: what has none reaches to the end. */
const TAG =
	/<!--[^]*?(?:-->|$)|<(?:script|style|svg)\b[^]*?(?:<\/(?:script|style|svg)[^>]*>|$)|<\/?(!?[a-z][a-z0-9]{0,9})(?![a-z0-9])[^<>]*>/gi;

/** One readable line of a remote text: tags of web pages, control characters and runs of white space removed, cut at 300 characters. */
export function excerpt(text: string): string {
	const line = text
		.trimStart()
		.slice(0, LOOKED_AT)
		.replace(TAG, (tag: string, name?: string) => (name === undefined || ELEMENTS.has(name.toLowerCase()) ? ' ' : tag))
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.trim();
	return line.length > READABLE_LENGTH ? `${line.slice(0, READABLE_LENGTH).trimEnd()}…` : line;
}

/** Takes the secrets out of a text. */
export type Redact = (text: string) => string;
