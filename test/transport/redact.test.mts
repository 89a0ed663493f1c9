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
			fc.string({ minLength: 6 }).filter((secret) => secret.trim().length >= 6),
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
	const secrets = ['gateway-token', 'gateway-token-4711', 'aaaaaa', 'ä/"token"'];
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
