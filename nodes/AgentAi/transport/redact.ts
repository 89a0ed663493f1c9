import type { Redact } from '../failures/excerpt';
import { comparable, openCodesOf, sourceOf, type View, viewsOf } from './decodedView';

/** Shorter secrets may be ordinary words: they are hidden only where they are a whole value. */
const SHORTEST_SECRET = 8;
/** As much of a text is looked at in one go, in UTF-16 code units. */
const SLICE = 64 * 1024;
/** What stands in the place of a secret. */
export const HIDDEN = '[hidden]';

/** Takes secrets out of texts, whole or arriving in deltas; both give the same. */
export interface Redactor extends Redact {
	/** The same for a value, which may also be a short secret and nothing else. */
	value: Redact;
	/** The same for a text that arrives in deltas. */
	deltas(): DeltaRedactor;
	/** One that hides more secrets. */
	with(secrets: string[]): Redactor;
}

/**
 * Makes a function that replaces every occurrence of the given secrets, as a reader of the text would see them: whatever codes of
 * JSON, URLs or HTML write them, also codes of codes, and in capital or small letters. Of secrets that overlap, the one that
 * begins first is replaced, and of those the longest.
 *
 * @param secrets tokens to hide; empty ones are ignored
 */
export function createRedactor(secrets: Array<string | undefined>): Redactor {
	const all = [...new Set(secrets.map((secret) => secret?.trim() ?? ''))].filter((secret) => secret !== '');
	const long = [...new Set(all.filter(({ length }) => length >= SHORTEST_SECRET).map(comparable))];
	const short = all.filter(({ length }) => length < SHORTEST_SECRET);
	const redact: Redact = (text) => {
		if (long.length === 0) return text;
		if (text.length <= SLICE) return scan(text, long, false).shown;
		const deltas = new DeltaRedactor(long);
		return deltas.push(text) + deltas.end(true);
	};
	return Object.assign((text: string) => redact(text), {
		value: (text: string) => (short.includes(text.trim()) ? HIDDEN : redact(text)),
		deltas: () => new DeltaRedactor(long),
		with: (more: string[]) => createRedactor([...secrets, ...more]),
	});
}

/**
 * Takes the secrets out of a text that may have been cut off, with the beginning of one at its end, also where JSON closes
 * a piece of text behind it.
 */
export function redactCut(text: string, redact: Redactor): string {
	const closing = /["}\]\s]{0,20}$/.exec(text.slice(-20))?.[0] ?? '';
	const deltas = redact.deltas();
	return deltas.push(text.slice(0, text.length - closing.length)) + deltas.end(false) + closing;
}

/** Takes secrets out of a text that arrives in deltas, also those that are split over several. */
class DeltaRedactor {
	private held = '';

	/** @param secrets in comparable form */
	constructor(private readonly secrets: string[]) {}

	/** Takes a delta and gives what can be shown: all but the longest end that may begin a secret. */
	push(delta: string): string {
		if (this.secrets.length === 0) return delta;
		let shown = '';
		for (let from = 0; from < delta.length; from += SLICE) {
			const scanned = scan(this.held + delta.slice(from, from + SLICE), this.secrets, true);
			this.held = scanned.held;
			shown += scanned.shown;
		}
		return shown;
	}

	/**
	 * Gives what was held back.
	 *
	 * @param complete whether the text has come to its end; of one that broke off, the beginning of a secret is hidden too
	 */
	end(complete: boolean): string {
		const { held } = this;
		this.held = '';
		const { shown } = scan(held, this.secrets, false);
		return complete || shown !== held || held.length < SHORTEST_SECRET ? shown : HIDDEN;
	}
}

/** A part of a text, from its first place to behind its last. */
interface Span {
	start: number;
	end: number;
}

/** @param mayGoOn whether more text may make a secret of the end of this one; that end is held */
function scan(text: string, secrets: string[], mayGoOn: boolean): { shown: string; held: string } {
	const views = viewsOf(text);
	const spans = views.flatMap((view) => spansIn(view, secrets)).sort((a, b) => a.start - b.start || b.end - a.end);
	const begun = mayGoOn ? views.flatMap((view) => begunIn(view, secrets)) : [];
	const openFrom = (from: number) => begun.reduce((open, start) => (start >= from && start < open ? start : open), text.length);
	let shown = '';
	let from = 0;
	for (const { start, end } of spans) {
		if (start < from) continue;
		// what begins before the open end can grow no longer
		if (start >= openFrom(from)) break;
		shown += text.slice(from, start) + HIDDEN;
		from = end;
	}
	const open = openFrom(from);
	return { shown: shown + text.slice(from, open), held: text.slice(open) };
}

function spansIn(view: View, secrets: string[]): Span[] {
	const spans: Span[] = [];
	for (const secret of secrets) {
		for (let at = view.text.indexOf(secret); at !== -1; at = view.text.indexOf(secret, at + secret.length)) {
			spans.push({ start: sourceOf(view, at), end: sourceOf(view, at + secret.length) });
		}
	}
	return spans;
}

/** Where ends of a text begin that more text may make a secret, or a longer one: a code that is open, and beginnings of secrets. */
function begunIn(view: View, secrets: string[]): number[] {
	const { text } = view;
	const codes = openCodesOf(view);
	const begun = codes.map((code) => sourceOf(view, code));
	for (const end of [text.length, ...codes]) {
		for (const secret of secrets) {
			for (let at = Math.max(0, end - secret.length + 1); at < end; at++) {
				if (text[at] === secret[0] && secret.startsWith(text.slice(at, end))) begun.push(sourceOf(view, at));
			}
		}
	}
	return begun;
}
