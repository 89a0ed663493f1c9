import { isSecretName, secretsIn, secretsInAnswer } from '../../nodes/AgentAi/transport/secretFields.ts';
import { eachRow } from '../support/eachRow.mts';

const SECRET = 'planted-secret-4711';

test('a field holds a secret by the words of its name; a token that counts, or is a place in a list, is none', () => {
	const NAMES: [isSecret: boolean, names: string][] = [
		[true, 'token auth_token apiKey X-Api-Key API_KEY Authorization Set-Cookie clientSecret secret_key passphrase credentials accessKey'],
		[true, 'page_access_token next_auth_secret nextAuthToken auth_page_token next_password page-session-token access_token_type'],
		[false, 'next_page_token pageToken next-token continuation_token nextContinuationToken'],
		[false, 'token_count token_limit max_token token_type tokenUsage max_tokens total_tokens'],
		[false, 'page next key name author monkey tokenizer'],
	];
	eachRow(
		NAMES.flatMap(([isSecret, names]) => names.split(' ').map((name) => [isSecret, name] as const)),
		([, name]) => name,
		([isSecret, name]) => expect(isSecretName(name)).toBe(isSecret),
	);
});

test('what fields hold, in whatever form', () => {
	const VALUES: unknown[] = [
		{ auth_token: SECRET },
		{ list: [{ deeper: { token: ` ${SECRET} ` } }] },
		{ token: [SECRET] },
		{ token: { value: SECRET } },
		{ data: JSON.stringify({ token: SECRET }) },
		{ headers: { 'X-Custom': SECRET } },
		{ headers: [{ name: 'X-Custom', value: SECRET }] },
		{ headers: { 'X-Custom': [SECRET] } },
		{ request: { name: 'api_key', value: SECRET } },
		{ Authorization: `Bearer ${SECRET}` },
	];
	eachRow(
		VALUES,
		(value) => JSON.stringify(value),
		(value) => expect(secretsIn(value)).toContain(SECRET),
	);
	expect(secretsIn({ pin_secret: 123456 })).toEqual(['123456']);
	// a switch, a version, and the titles of a table are none
	expect(secretsIn({ headers: { 'X-Api-Version': '2', DNT: 1 } })).toEqual([]);
	expect(secretsIn({ headers: [{ name: 'X-Api-Version', value: '2' }] })).toEqual([]);
	expect(secretsIn({ headers: ['Company name', 'Website'] })).toEqual([]);
	expect(secretsIn({ headers: ['X-Custom: planted-4711'] })).toContain('X-Custom: planted-4711');
	expect(secretsIn({ headers: { 'X-Auth-Token': 'abc' } })).toEqual(['abc']);
	expect(secretsIn({ headers: { Accept: 'application/json' }, page_token: 'second-page', note: `token: ${SECRET}` })).toEqual([]);
});

test('an answer’s texts name secrets at any depth, in words and in addresses', () => {
	const TEXTS = [
		`auth_token: ${SECRET}`,
		`It is "apiKey" = '${SECRET}', keep it`,
		`Authorization: Bearer ${SECRET}`,
		`Open https://gateway.example/ui?token=${SECRET}&view=chat`,
		`https://gateway.example/ui?view=chat&access_token=${SECRET}#top`,
		`ws://gateway.example/#token=${SECRET}.`,
	];
	eachRow(
		TEXTS.flatMap((text) => [text, { note: text }, { response: { note: text } }, { response: { notes: [{ lines: [text] }] } }]),
		(answer) => JSON.stringify(answer),
		(answer) => expect(secretsInAnswer(answer)).toContain(SECRET),
	);
	expect(secretsInAnswer({ response: { note: 'https://agent.ai/list?page_token=second-page, max_tokens: 1234567' } })).toEqual([]);
});
