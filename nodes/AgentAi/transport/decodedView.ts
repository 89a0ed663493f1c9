/** A text as a reader would decode it, and where each of its characters stands in the text itself. */
export interface View {
	/** In lower case, and with a blank for each plus sign, as forms write it. */
	text: string;
	/** Where each character begins in the source, and behind the last its end; absent where it is the same place. */
	at?: Uint32Array;
}

/** How often codes are undone: JSON that stands in JSON, or a URL in a URL, has codes of codes. */
const MAX_ROUNDS = 4;

/** Codes of JSON, of URLs (one character in UTF-8) and of HTML, in lower case. */
const CODE =
	/\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|\\([nrtbf"'/\\])|((?:%[0-7][0-9a-f]|%[c-f][0-9a-f](?:%[89ab][0-9a-f]){1,3}))|&#(\d{1,7});|&#x([0-9a-f]{1,6});|&(amp|lt|gt|quot|apos|sol|plus|equals);/g;
/** The beginning of one at the end of a text. */
const OPEN_CODE =
	/(?:\\(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?|%(?:[0-9a-f]|[c-f][0-9a-f](?:%[89ab][0-9a-f]){0,2}%?[89ab]?)?|&(?:#x?[0-9a-f]{0,6}|[a-z]{0,6}))$/;

const ESCAPED: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", sol: '/', plus: '+', equals: '=' };

/** The text as it stands there, and with its codes undone in place, once and more often; each time only where there are any. */
export function viewsOf(source: string): View[] {
	const views: View[] = [{ text: comparable(source) }];
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const next = decoded(views.at(-1) as View);
		if (!next) break;
		views.push(next);
	}
	return views;
}

/** A text in the form in which texts are compared, of the same length. */
export function comparable(text: string): string {
	const lower = text.toLowerCase();
	// few letters have a small form that is longer
	return (lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())).replaceAll('+', ' ');
}

/** The place in the source of a place in a view. */
export const sourceOf = ({ at }: View, place: number): number => (at ? (at[place] as number) : place);

/** Where codes begin that the end of the text may have cut, from the last to the first: one may be a part of another's code. */
export function openCodesOf({ text }: View): number[] {
	const places: number[] = [];
	let end = text.length;
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const from = Math.max(0, end - 20);
		const open = OPEN_CODE.exec(text.slice(from, end));
		if (!open) break;
		end = from + open.index;
		places.push(end);
	}
	return places;
}

function decoded(view: View): View | undefined {
	const { text } = view;
	if (!/[\\%&]/.test(text)) return undefined;
	const at = new Uint32Array(text.length + 1);
	const parts: string[] = [];
	let length = 0;
	let from = 0;
	const keep = (to: number) => {
		parts.push(text.slice(from, to));
		for (let place = from; place < to; place++) at[length++] = sourceOf(view, place);
	};
	for (const code of text.matchAll(CODE)) {
		const char = characterOf(code);
		if (char === undefined) continue;
		keep(code.index);
		parts.push(comparable(char));
		for (let unit = 0; unit < char.length; unit++) at[length++] = sourceOf(view, code.index);
		from = code.index + code[0].length;
	}
	if (from === 0) return undefined;
	keep(text.length);
	at[length] = sourceOf(view, text.length);
	return { text: parts.join(''), at: at.subarray(0, length + 1) };
}

function characterOf([, unicode, byte, escaped, url, decimal, hex, named]: RegExpExecArray): string | undefined {
	if (escaped !== undefined) return ESCAPED[escaped] ?? escaped;
	if (named !== undefined) return NAMED[named];
	if (url !== undefined) return decodedUrl(url);
	const code = decimal === undefined ? parseInt((unicode ?? byte ?? hex) as string, 16) : Number(decimal);
	return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** A part of a URL with its codes undone, `undefined` where one of them is none. */
export function decodedUrl(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}
