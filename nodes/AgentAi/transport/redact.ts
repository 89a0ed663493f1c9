import type { Redact } from '../failures/redaction';

/** Shorter strings are not secrets that a service issues, and replacing them would destroy ordinary words. */
const SHORTEST_SECRET = 6;
/** What stands in the place of a secret. */
export const HIDDEN = '[hidden]';

/** Takes secrets out of texts, whole or arriving in pieces; both give the same. */
export interface Redactor extends Redact {
	/** The same for a text that arrives in deltas. */
	deltas(): DeltaRedactor;
	/** One that hides more secrets. */
	with(secrets: string[]): Redactor;
}

/** Takes secrets out of a text that arrives in pieces, also those that are split over several. */
export interface DeltaRedactor {
	/** Takes a piece and gives what can be shown: all but the longest end that may begin a secret. */
	push(piece: string): string;
	/**
	 * Gives what was held back.
	 *
	 * @param complete whether the text has come to its end; of one that broke off, the beginning of a secret is hidden too
	 */
	end(complete: boolean): string;
}

/**
 * Makes a function that replaces every occurrence of the given secrets, however JSON or a URL has escaped them. Of
 * secrets that overlap, the one that begins first is replaced, and of those the longest.
 *
 * @param secrets tokens to hide; empty ones and ones below 6 characters are ignored
 */
export function createRedactor(secrets: Array<string | undefined>): Redactor {
	const found = new Set<string>();
	for (const secret of secrets) {
		const trimmed = secret?.trim() ?? '';
		if (trimmed.length >= SHORTEST_SECRET) for (const spelling of spellings(trimmed)) found.add(spelling);
	}
	// longest first: a secret that contains another must not leave its rest behind
	const ordered = [...found].sort((a, b) => b.length - a.length);
	const pattern = new RegExp(ordered.map((spelling) => spelling.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
	const [coded, plain] = [ordered.filter((each) => each.includes('\\')), ordered.filter((each) => !each.includes('\\'))];
	const occurs = (text: string) => (spelling: string) => text.includes(spelling);
	// most texts hold no backslash, and are searched for a few spellings only
	const holdsSecret = (text: string) => plain.some(occurs(text)) || (text.includes('\\') && coded.some(occurs(text)));
	const hide: Redact = (text) => (holdsSecret(text) ? text.replace(pattern, HIDDEN) : text);
	/** The text, read without codes where only so a secret shows. */
	const read = (text: string) => {
		const decoded = withoutCodes(text);
		return decoded !== text && holdsSecret(decoded) ? decoded : text;
	};
	const redact: Redact = (text) => hide(read(text));
	return Object.assign(redact, {
		deltas: () => (ordered.length === 0 ? PASS_ON : new SpellingPieces(ordered, pattern, read, redact)),
		with: (more: string[]) => (more.length === 0 ? (redact as Redactor) : createRedactor([...secrets, ...more])),
	});
}

/**
 * Takes the secrets out of a text that may have been cut off, with the beginning of one at its end, also where JSON closes
 * a piece of text behind it.
 */
export function redactCut(text: string, redact: Redactor): string {
	const closing = /["}\]\s]{0,20}$/.exec(text.slice(-20))?.[0] ?? '';
	const pieces = redact.deltas();
	return pieces.push(text.slice(0, text.length - closing.length)) + pieces.end(false) + closing;
}

/**
 * A text with the letters and signs that JSON may write as codes, which nobody needs to: only who has to find something reads it
 * so. Quotation marks and backslashes stay escaped, so that JSON stays JSON.
 */
const withoutCodes = (text: string): string =>
	text.includes('\\u00')
		? text.replace(/\\{1,4}u00([2-7][0-9a-f])/gi, (code, hex: string) =>
				['22', '5c'].includes(hex.toLowerCase()) ? code : String.fromCharCode(parseInt(hex, 16)),
			)
		: text;

/** How a secret may be written: as it is, and as URLs, forms and JSON (also JSON inside of JSON) escape it. */
function spellings(secret: string): string[] {
	const url = encodeURIComponent(secret);
	const strictUrl = url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
	const json = JSON.stringify(secret).slice(1, -1);
	const ascii = json.replace(/[^\x20-\x7e]/g, codeOf);
	const urls = [url, strictUrl, strictUrl.replaceAll('%20', '+')];
	const jsons = [json, ascii, ...signsAsCodes(json)].flatMap((each) => [each, each.replaceAll('/', '\\/')]);
	return [
		secret,
		...urls,
		...urls.map((each) => each.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
		...jsons,
		...jsons.map((each) => JSON.stringify(each).slice(1, -1)),
	];
}

/** JSON writers that are careful with web pages write some signs as codes, or all of them. */
const signsAsCodes = (json: string): string[] =>
	[/[<>&='+]/g, /[^A-Za-z0-9"\\]/g].flatMap((signs) => {
		const small = json.replace(signs, codeOf);
		return [small, small.replace(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`)];
	});

const codeOf = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Most characters that write one, see `withoutCodes`. */
const LONGEST_CODE = 9;
/** The beginning of a code at the end of a text. */
const OPEN_CODE = /\\{1,4}(?:u(?:0(?:0[2-7]?)?)?)?$/i;

const PASS_ON: DeltaRedactor = { push: (piece) => piece, end: () => '' };

class SpellingPieces implements DeltaRedactor {
	private held = '';

	/** @param ordered spellings, the longest first */
	constructor(
		private readonly ordered: string[],
		private readonly pattern: RegExp,
		private readonly read: (text: string) => string,
		private readonly redact: Redact,
	) {}

	push(piece: string): string {
		const text = this.read(this.held + piece);
		let shown = '';
		let from = 0;
		for (;;) {
			const open = this.openFrom(text, from);
			this.pattern.lastIndex = from;
			const match = this.pattern.exec(text);
			// what begins before the open end can grow no longer
			if (!match || match.index >= open) {
				this.held = text.slice(open);
				return shown + text.slice(from, open);
			}
			shown += text.slice(from, match.index) + HIDDEN;
			from = match.index + match[0].length;
		}
	}

	end(complete: boolean): string {
		const { held } = this;
		this.held = '';
		const cleaned = this.redact(held);
		return complete || cleaned !== held || held.length < SHORTEST_SECRET ? cleaned : HIDDEN;
	}

	/** Where the longest end begins that more text may make a secret, or a longer one. */
	private openFrom(text: string, from: number): number {
		const longest = (this.ordered[0]?.length ?? 0) * (text.includes('\\') ? LONGEST_CODE : 1);
		for (let start = Math.max(from, text.length - longest + 1); start < text.length; start++) {
			const end = text.slice(start);
			if (this.mayBegin(end) || (end.includes('\\') && this.mayBegin(withoutCodes(end).replace(OPEN_CODE, '')))) return start;
		}
		return text.length;
	}

	private mayBegin(end: string): boolean {
		return this.ordered.some((spelling) => spelling.length > end.length && spelling.startsWith(end));
	}
}
