/** Shorter strings are not secrets that a service issues, and replacing them would destroy ordinary words. */
const SHORTEST_SECRET = 6;
const REPLACEMENT = '[hidden]';
/** Enough to recognise an error by; a whole HTML page or stack trace helps nobody. */
const READABLE_LENGTH = 300;

/** Takes secrets out of a text. */
export type Redactor = (text: string) => string;

/**
 * Makes a function that replaces every occurrence of the given secrets, also where JSON or a URL has escaped them.
 *
 * @param secrets tokens to hide; empty ones and ones below 6 characters are ignored
 */
export function createRedactor(secrets: Array<string | undefined>): Redactor {
	const spellings = new Set<string>();
	for (const secret of secrets) {
		const trimmed = secret?.trim() ?? '';
		if (trimmed.length < SHORTEST_SECRET) continue;
		spellings.add(trimmed);
		spellings.add(JSON.stringify(trimmed).slice(1, -1));
		spellings.add(encodeURIComponent(trimmed));
	}
	// longest first: a secret that contains another must not leave its rest behind
	const ordered = [...spellings].sort((a, b) => b.length - a.length);
	return (text) => ordered.reduce((cleaned, secret) => cleaned.replaceAll(secret, REPLACEMENT), text);
}

/** One readable line of a remote text: tags, control characters and runs of white space removed, cut at 300 characters. */
export function readable(text: string): string {
	const line = text
		.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/gi, ' ')
		.replace(/<[^>]{1,500}>/g, ' ')
		.replace(/[\p{Cc}\s]+/gu, ' ')
		.trim();
	return line.length > READABLE_LENGTH ? `${line.slice(0, READABLE_LENGTH).trimEnd()}…` : line;
}
