/** Characters that come along when a token is copied from a page or a chat, and that nobody sees. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;

/**
 * A token as it was issued: without invisible characters, blanks around it, and a word `Bearer` in front. The credential
 * does the same to the header that it makes.
 */
export function cleanToken(entered: string): string {
	return entered
		.replace(INVISIBLE, '')
		.trim()
		.replace(/^Bearer\s+/i, '');
}

/** The first character of a token that an HTTP header cannot carry, `undefined` when there is none. */
export function unsendableCharacter(token: string): string | undefined {
	return /[^\x21-\x7e]/u.exec(token)?.[0];
}
