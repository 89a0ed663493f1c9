/** Shorter strings are not secrets that a service issues, and replacing them would destroy ordinary words. */
const SHORTEST_SECRET = 6;
/** What stands in the place of a secret. */
export const HIDDEN = '[hidden]';
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
	return (text) => ordered.reduce((cleaned, secret) => cleaned.replaceAll(secret, HIDDEN), text);
}

/**
 * Takes secrets out of parsed JSON, in place: out of its strings, its field names, and numbers that spell one. Not
 * recursive, because the depth is up to the server.
 *
 * @param value as `JSON.parse` gives it
 * @returns the same object or array, or the cleaned text or number
 */
export function redactJson(value: unknown, redact: Redactor): unknown {
	const found: object[] = [];
	const clean = (member: unknown): unknown => {
		if (typeof member === 'string') return redact(member);
		if (typeof member === 'object' && member !== null) found.push(member);
		if (typeof member !== 'number') return member;
		const digits = String(member);
		const cleaned = redact(digits);
		return cleaned === digits ? member : cleaned;
	};
	const cleaned = clean(value);
	for (let holder = found.pop(); holder; holder = found.pop()) {
		if (Array.isArray(holder)) {
			for (const [index, member] of holder.entries()) holder[index] = clean(member);
			continue;
		}
		const fields = holder as Record<string, unknown>;
		for (const [name, member] of Object.entries(fields)) {
			const [cleanName, cleanMember] = [redact(name), clean(member)];
			if (cleanName !== name) delete fields[name];
			if (cleanName !== name || cleanMember !== member) fields[cleanName] = cleanMember;
		}
	}
	return cleaned;
}

/** One readable line of a remote text: tags, control characters and runs of white space removed, cut at 300 characters. */
export function excerpt(text: string): string {
	const line = text
		.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/gi, ' ')
		.replace(/<[^>]{1,500}>/g, ' ')
		.replace(/[\p{Cc}\s]+/gu, ' ')
		.trim();
	return line.length > READABLE_LENGTH ? `${line.slice(0, READABLE_LENGTH).trimEnd()}…` : line;
}
