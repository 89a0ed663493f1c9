import { parsed } from '../failures/json';

/** Words that make a field's name that of a secret, wherever they stand in it. */
const SECRET =
	/\b(?:token|secret|password|passwd|passphrase|authorization|apikey|bearer|cookie|credentials|(?:api|access|private|secret|auth) key)\b/;
/** Words beside `token` that make it something else: a place in a list, or part of a text; not where it also gives access. */
const HARMLESS = /\b(?:page|next|continuation|max|min) token\b|\btoken (?:count|limit|max|min|type|usage)\b/;
const ACCESS = /\b(?:access|auth)\b/;

/** Headers whose values everybody knows. */
const HARMLESS_HEADERS = new Set(
	'accept accept-charset accept-encoding accept-language cache-control connection content-length content-type date host origin pragma referer user-agent'.split(
		' ',
	),
);

/** Shorter values of a header whose name says nothing are switches and versions. */
const SHORTEST_HEADER = 8;

/** Whether a header, whose name does not say so, may hold a secret; without a name it is a line such as `X-Key: …`. */
function mayHideSecret(name: string, value: unknown): boolean {
	if (HARMLESS_HEADERS.has(name.toLowerCase())) return false;
	if (typeof value !== 'string' && typeof value !== 'number') return name !== '';
	return name === '' ? /[:\d]/.test(String(value)) : String(value).trim().length >= SHORTEST_HEADER;
}

/** How deep and how far secrets are looked for in what somebody else wrote. */
const MAX_FIELDS = 100_000;

/** Whether a field holds a secret, by its name: `auth_token`, `apiKey`, `X-Api-Key`, `Authorization` and the like. */
export function isSecretName(name: string): boolean {
	const words = name
		.slice(0, 200)
		.replace(/([a-z])([A-Z])/g, '$1 $2')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, ' ');
	return SECRET.test(ACCESS.test(words) ? words : words.replace(HARMLESS, ''));
}

/** Whether a field holds the headers of a request, any of which may be a secret. */
const isHeadersName = (name: string) => /(^|[_-])headers?$/i.test(name.slice(-40)) || /[a-z]Headers?$/.test(name.slice(-40));

/** The texts and numbers in a value, each with whether it is a secret by the names around it. */
function* leavesOf(value: unknown, name: string, isSecret: boolean): Generator<{ text: string; secret: boolean }> {
	const open: { name: string; value: unknown; secret: boolean; headers: boolean }[] = [{ name, value, secret: isSecret, headers: false }];
	for (let looked = 0; looked < MAX_FIELDS; looked++) {
		const field = open.pop();
		if (!field) return;
		const secret = field.secret || isSecretName(field.name) || (field.headers && mayHideSecret(field.name, field.value));
		const members = membersOf(field.value);
		if (!members) {
			if (typeof field.value === 'string' || typeof field.value === 'number') yield { text: String(field.value).trim(), secret };
			continue;
		}
		const isList = Array.isArray(members);
		const headers = isHeadersName(field.name) || (isList && field.headers);
		// a header may also be written as { name, value }
		const header = 'name' in members && typeof members.name === 'string' ? members.name : undefined;
		for (const [each, member] of Object.entries(members)) {
			const isValue = header !== undefined && each === 'value';
			const hides = isValue && (isSecretName(header) || (field.headers && mayHideSecret(header, member)));
			open.push({ name: isList ? '' : each, value: member, secret: secret || hides, headers });
		}
	}
}

/**
 * The secrets in a value that somebody typed or sent: what fields hold whose names say so, and headers. A text that holds
 * a JSON object is looked into as well.
 *
 * @param isSecret whether it holds a secret, whatever its name
 */
export function secretsIn(value: unknown, name = '', isSecret = false): string[] {
	return [...new Set([...leavesOf(value, name, isSecret)].flatMap(({ text, secret }) => (secret ? withoutScheme(text) : [])))];
}

/** The scheme of an Authorization header is no secret: the token may come back alone. */
function withoutScheme(text: string): string[] {
	const space = text.indexOf(' ');
	return space > 0 && space < 20 ? [text, text.slice(space + 1).trim()] : [text];
}

/** As far as a text is searched for secrets that it names. */
const MAX_SEARCHED = 100_000;

/** The secrets that an answer hands out, whatever its shape: in fields, in JSON inside of texts, and in words and addresses. */
export function secretsInAnswer(value: unknown): string[] {
	const named = [...leavesOf(value, '', false)].flatMap(({ text }) => secretsNamedIn(text.slice(0, MAX_SEARCHED)));
	return [...new Set([...secretsIn(value), ...named])];
}

/** A name with a value behind it, which may hold the next: `auth_token: …`, `"apiKey":"…"`, `?token=…&…`. */
const NAMED = /([\w.-]{1,60})[\\"']{0,4}\s{0,5}[:=]\s{0,5}[\\"']{0,4}(?:(?:bearer|basic)\s)?(?=([^\s"',;{}]{6,500}))/gi;

/** As long as a value goes on, and as far as the end of a parameter, a code or a sentence in it. */
function secretsNamedIn(text: string): string[] {
	return [...text.matchAll(NAMED)].flatMap(([, name = '', value = '']) =>
		isSecretName(name) ? [value, value.replace(/[&#<\\].*|[.!?)\]]+$/, '')] : [],
	);
}

/** The members of an object or a list, also of one that is written as JSON in a text. */
function membersOf(value: unknown): object | undefined {
	const members = typeof value === 'string' && /^\s{0,100}[{[]/.test(value) ? parsed(value) : value;
	return typeof members === 'object' && members !== null ? members : undefined;
}
