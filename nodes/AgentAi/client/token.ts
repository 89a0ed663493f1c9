import { InputError } from '../failures/inputError';

/** Characters that come along when something is copied from a page or a chat, and that nobody sees. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;

export const withoutInvisible = (value: string) => value.replace(INVISIBLE, '').trim();

/**
 * A token as it was issued: without invisible characters, blanks around it, and a word `Bearer` in front. The credential
 * does the same to the header that it makes.
 */
export const cleanToken = (entered: string) =>
	withoutInvisible(entered)
		.replace(/^bearer(?:\s+|$)/i, '')
		.trim();

/**
 * A token that can stand in an HTTP header.
 *
 * @param label the field's name, with the credential it stands in; the token itself is never repeated
 * @throws InputError when it holds a character that no header carries (RFC 9110, section 5.5: visible ASCII)
 */
export function usableToken(entered: string, label: string): string {
	const token = cleanToken(entered);
	if (/[^\x21-\x7e]/.test(token)) {
		throw new InputError(
			`${label} contains a character that is not allowed in a token`,
			'Copy the token again from where it was created, without spaces, line breaks or special characters',
		);
	}
	return token;
}
