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

/**
 * An API token that can stand in an HTTP header.
 *
 * @throws Error with a text for people when it holds a character that no header carries
 */
export function usableToken(entered: string): string {
	const token = cleanToken(entered);
	const character = /[^\x21-\x7e]/u.exec(token)?.[0];
	if (character === undefined) return token;
	const shown = character.trim() === '' ? 'a blank or a line break' : `the character “${character}”`;
	throw new Error(`The API Token in the Agent.ai credential holds ${shown}, which no token has`);
}
