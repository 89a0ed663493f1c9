import { isObject } from '../failures/json';

/** Words that make a field's name that of a secret, wherever they stand in it. */
const SECRET_WORDS = new Set([
	'token',
	'secret',
	'password',
	'passwd',
	'passphrase',
	'authorization',
	'apikey',
	'bearer',
	'cookie',
	'credentials',
]);
/** Pairs of words that do so together. */
const SECRET_PAIRS = new Set(['api key', 'access key', 'private key', 'secret key', 'auth key', 'set cookie']);
/** Words that make a token something else: part of a text, or a place in a list. */
const HARMLESS_WORDS = new Set(['page', 'next', 'continuation', 'count', 'limit', 'max', 'min', 'type', 'usage']);

/** Headers whose values everybody knows. */
const HARMLESS_HEADERS = new Set(
	'accept accept-charset accept-encoding accept-language cache-control connection content-length content-type date host origin pragma referer user-agent'.split(
		' ',
	),
);

/** How deep and how far secrets are looked for in what somebody else wrote. */
const MAX_FIELDS = 100_000;

/** Whether a field holds a secret, by its name: `auth_token`, `apiKey`, `X-Api-Key`, `Authorization` and the like. */
export function isSecretName(name: string): boolean {
	const words = name
		.slice(0, 200)
		.replace(/([a-z])([A-Z])/g, '$1 $2')
		.toLowerCase()
		.split(/[^a-z0-9]+/);
	if (words.some((word) => HARMLESS_WORDS.has(word))) return false;
	return words.some((word, index) => SECRET_WORDS.has(word) || SECRET_PAIRS.has(`${words[index - 1] ?? ''} ${word}`));
}

/** Whether a field holds the headers of a request, any of which may be a secret. */
const isHeadersName = (name: string) => /(^|[_-])headers?$/i.test(name.slice(-40)) || /[a-z]Headers?$/.test(name.slice(-40));

/**
 * The secrets in a value that somebody typed or sent: what fields hold whose names say so, and headers. A text that holds
 * a JSON object is looked into as well.
 *
 * @param isSecret whether it holds a secret, whatever its name
 */
export function secretsIn(value: unknown, name = '', isSecret = false): string[] {
	const secrets: string[] = [];
	const open: { name: string; value: unknown; secret: boolean; headers: boolean }[] = [{ name, value, secret: isSecret, headers: false }];
	for (let looked = 0; looked < MAX_FIELDS; looked++) {
		const field = open.pop();
		if (!field) break;
		const secret = field.secret || isSecretName(field.name) || (field.headers && !HARMLESS_HEADERS.has(field.name.toLowerCase()));
		const members = membersOf(field.value);
		if (members) {
			const headers = isHeadersName(field.name);
			// a header may also be written as { name, value }
			const header = typeof members.name === 'string' && (isSecretName(members.name) || field.headers);
			for (const [each, member] of Object.entries(members)) {
				open.push({
					name: Array.isArray(field.value) ? '' : each,
					value: member,
					secret: Array.isArray(field.value) ? field.secret : secret || (header && each === 'value'),
					headers: headers || (field.headers && Array.isArray(field.value)),
				});
			}
		} else if (secret && (typeof field.value === 'string' || typeof field.value === 'number')) {
			const text = String(field.value).trim();
			const space = text.indexOf(' ');
			// the scheme of an Authorization header is none: the token may come back alone
			secrets.push(text, ...(space > 0 && space < 20 ? [text.slice(space + 1).trim()] : []));
		}
	}
	return [...new Set(secrets)];
}

/** As far as a text is searched for secrets that it names. */
const MAX_SEARCHED = 100_000;

/** The secrets that an answer hands out, whatever its shape: in fields, in JSON inside of texts, and in plain text. */
export function secretsInAnswer(value: unknown): string[] {
	const secrets = secretsIn(value);
	const texts =
		typeof value === 'string' ? [value] : isObject(value) ? Object.values(value).filter((member) => typeof member === 'string') : [];
	for (const text of texts) {
		const named = /\b\w{0,30}(?:token|secret|password)["']?\s{0,5}[:=]\s{0,5}["']?([^\s"',;{}]{6,500})/gi;
		for (const [, secret] of text.slice(0, MAX_SEARCHED).matchAll(named)) if (secret) secrets.push(secret);
	}
	return [...new Set(secrets)];
}

/** The members of an object or a list, also of one that is written as JSON in a text. */
function membersOf(value: unknown): Record<string, unknown> | undefined {
	if (Array.isArray(value)) return value as unknown as Record<string, unknown>;
	if (isObject(value)) return value;
	if (typeof value !== 'string' || !/^\s{0,100}[{[]/.test(value)) return undefined;
	try {
		const parsed: unknown = JSON.parse(value);
		return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}
