import fc from 'fast-check';

import { createRedactor, excerpt, redactJson } from '../../nodes/AgentAi/transport/redact.ts';

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

test('JSON of any depth is cleaned', () => {
	const depth = 100_000;
	let value = redactJson(JSON.parse(`${'['.repeat(depth)}"secret-token"${']'.repeat(depth)}`), createRedactor(['secret-token']));
	while (Array.isArray(value)) [value] = value as unknown[];
	expect(value).toBe('[hidden]');
});

test('excerpt text is one line', () => {
	expect(excerpt(' a\n\tb\u0007<br/>c ')).toBe('a b c');
	expect(excerpt('x'.repeat(1000))).toHaveLength(301);
});
