import fc from 'fast-check';

import { createRedactor } from '../../nodes/AgentAi/transport/redact.ts';
import { MAX_DEPTH, redactJson } from '../../nodes/AgentAi/transport/redactJson.ts';

test('hides secrets however they are written, the longer one first', () => {
	const redact = createRedactor(['secret-"1"', 'secret-"1"-and-more', ' spaced-token ', 'short', undefined]);
	expect(redact('a secret-"1"-and-more b secret-"1" c spaced-token d short')).toBe('a [hidden] b [hidden] c [hidden] d short');
	expect(redact(JSON.stringify({ t: 'secret-"1"' }))).toBe('{"t":"[hidden]"}');
	expect(redact(`?t=${encodeURIComponent('secret-"1"')}`)).toBe('?t=[hidden]');
});

test('no text keeps a secret', () => {
	fc.assert(
		fc.property(
			fc.string({ minLength: 8 }).filter((secret) => secret.trim().length >= 8),
			fc.string(),
			fc.string(),
			(secret, before, after) => {
				const cleaned = createRedactor([secret])(`${before}${secret.trim()}${after}`);
				// what is left may only be what the replacement itself spells
				expect(cleaned.split('[hidden]').join('\0')).not.toContain(secret.trim());
			},
		),
	);
});

test('hides secrets anywhere in parsed JSON, and leaves all else as it is', () => {
	const redact = createRedactor(['secret-token', '123456']);
	const value = JSON.parse(
		'{"a":["x secret-token",{"secret-token":[123456,1,null,true]}],"b":{"c":"plain"},"__proto__":{"d":"secret-token"}}',
	) as object;
	expect(redactJson(value, redact)).toBe(value);
	expect(JSON.stringify(value)).toBe(
		'{"a":["x [hidden]",{"[hidden]":["[hidden]",1,null,true]}],"b":{"c":"plain"},"__proto__":{"d":"[hidden]"}}',
	);
	expect(redactJson('a secret-token', redact)).toBe('a [hidden]');
	expect(redactJson(null, redact)).toBeNull();
});

test('JSON nested deeper than anybody can save is refused, at any depth', () => {
	const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}"secret-token"${']'.repeat(depth)}`) as unknown;
	let value = redactJson(nested(MAX_DEPTH), createRedactor(['secret-token']));
	while (Array.isArray(value)) [value] = value as unknown[];
	expect(value).toBe('[hidden]');
	expect(redactJson(nested(MAX_DEPTH + 1), createRedactor([]))).toBeUndefined();
	expect(redactJson(nested(100_000), createRedactor([]))).toBeUndefined();
});

test('names of the protocol’s own fields stay, even where a secret spells one', () => {
	const value = redactJson({ status: 200, response: { response_text: 'a response', 'my response': 1 } }, createRedactor(['response']));
	expect(value).toEqual({ status: 200, response: { response_text: 'a [hidden]', 'my [hidden]': 1 } });
});

test('a text in pieces is cleaned as the whole text is, wherever it is cut, and nothing else is held back', () => {
	const secrets = ['gateway-token', 'gateway-token-4711', 'aaaaaaaa', 'ä/"token"'];
	const redact = createRedactor(secrets);
	const spelled = [...secrets, encodeURIComponent(secrets[3]!), JSON.stringify(secrets[3]).slice(1, -1)];
	const text = fc
		.array(fc.oneof(fc.constantFrom(...spelled, ...spelled.map((each) => each.slice(0, -2)), 'a', 'ga', ' '), fc.string()))
		.map((parts) => parts.join(''));
	fc.assert(
		fc.property(text, fc.array(fc.nat()), (whole, cuts) => {
			const positions = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
			const pieces = redact.deltas();
			let shown = '';
			for (const [index, from] of [0, ...positions].entries()) shown += pieces.push(whole.slice(from, positions[index] ?? whole.length));
			// what is held back is the beginning of a secret
			expect(redact(whole).startsWith(shown)).toBe(true);
			expect(shown + pieces.end(true)).toBe(redact(whole));
		}),
		{ numRuns: 2000 },
	);
	const pieces = redact.deltas();
	expect([pieces.push('My token is gateway-'), pieces.push('token-47'), pieces.push('11, keep it'), pieces.end(true)]).toEqual([
		'My token is ',
		'',
		'[hidden], keep it',
		'',
	]);
	const broken = redact.deltas();
	expect([broken.push('It is gateway-tok'), broken.end(false)]).toEqual(['It is ', '[hidden]']);
});

test('a secret whose letters or signs are written as codes is found, whole and wherever it is cut', () => {
	const secret = 'planted/token+4711=';
	const redact = createRedactor([secret]);
	const code = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
	fc.assert(
		fc.property(fc.array(fc.boolean(), { minLength: secret.length, maxLength: secret.length }), fc.array(fc.nat()), (coded, cuts) => {
			const spelled = secret
				.split('')
				.map((char, index) => (coded[index] ? code(char) : char))
				.join('');
			const whole = `before ${spelled} after`;
			expect(redact(whole)).toBe('before [hidden] after');
			const positions = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
			const pieces = redact.deltas();
			let shown = '';
			for (const [index, from] of [0, ...positions].entries()) shown += pieces.push(whole.slice(from, positions[index] ?? whole.length));
			expect(shown + pieces.end(true)).toBe('before [hidden] after');
		}),
		{ numRuns: 500 },
	);
	expect(redact('C:\\u0041 is no secret')).toBe('C:\\u0041 is no secret');
});

test('a secret is found as a reader would see it, whatever codes write it, once or twice', () => {
	const secret = 'Planted/token+4711="x"&<ü>';
	const redact = createRedactor([secret]);
	const json = (text: string) => JSON.stringify(text).slice(1, -1);
	const codes = (text: string) => text.replace(/[^a-z]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
	const html = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll('ü', '&#xFC;');
	// Python's quote leaves slashes as they are
	const python = (text: string) => encodeURIComponent(text).replaceAll('%2F', '/');
	const form = (text: string) => new URLSearchParams({ a: text }).toString().slice(2);
	const slashes = (text: string) => text.replaceAll('/', '\\/');
	const writers = { json, codes, html, python, form, slashes, url: encodeURIComponent, same: (text: string) => text };
	for (const [first, write] of Object.entries(writers)) {
		for (const [second, again] of Object.entries(writers)) {
			const whole = `before ${again(write(secret))} after`;
			expect([first, second, redact(whole)]).toEqual([first, second, 'before [hidden] after']);
			const deltas = redact.deltas();
			const shown = whole.split('').map((char) => deltas.push(char));
			expect([first, second, shown.join('') + deltas.end(true)]).toEqual([first, second, 'before [hidden] after']);
		}
	}
	expect(redact('https://PLANTED/TOKEN%2b4711=%22X%22&amp;%3c%C3%BC%3E/')).toBe('https://[hidden]/');
});

test('a short secret is hidden as a whole value only', () => {
	const redact = createRedactor(['output', '1234']);
	expect(redactJson({ output: 'the output is 1234', pin: ' 1234', code: 1234, word: 'output' }, redact)).toEqual({
		output: 'the output is 1234',
		pin: '[hidden]',
		code: '[hidden]',
		word: '[hidden]',
	});
});

test.each([
	['letters of a secret', 'gateway-'],
	['backslashes', '\\'],
	['codes', '\\u0067'],
	['codes of codes', '\\\\u0067'],
	['percent signs', '%'],
	['twofold URL codes', '%2567'],
	['entities', '&amp;'],
	['open entities', '&#x'],
])('megabytes of %s are searched in one walk', (_what, part) => {
	const text = part.repeat(4_000_000 / part.length);
	// what tries combinations takes minutes for these, and the test runner ends it
	expect(createRedactor(['gateway-token-4711', 'another-token-of-some-length'])(text)).toHaveLength(text.length);
});
