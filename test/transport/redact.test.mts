import fc from 'fast-check';

import { createRedactor, readable } from '../../nodes/AgentAi/transport/redact.ts';

test('hides secrets however they are written, the longer one first', () => {
	const redact = createRedactor(['secret-"1"', 'secret-"1"-and-more', ' spaced-token ', 'short', undefined]);
	expect(redact('a secret-"1"-and-more b secret-"1" c spaced-token d short')).toBe('a [hidden] b [hidden] c [hidden] d short');
	expect(redact(JSON.stringify({ t: 'secret-"1"' }))).toBe('{"t":"[hidden]"}');
	expect(redact(`?t=${encodeURIComponent('secret-"1"')}`)).toBe('?t=[hidden]');
});

test('no text keeps a secret', () => {
	fc.assert(
		fc.property(fc.string({ minLength: 6 }).filter((secret) => secret.trim().length >= 6), fc.string(), fc.string(), (secret, before, after) => {
			const cleaned = createRedactor([secret])(`${before}${secret.trim()}${after}`);
			// what is left may only be what the replacement itself spells
			expect(cleaned.split('[hidden]').join('\0')).not.toContain(secret.trim());
		}),
	);
});

test('readable text is one line', () => {
	expect(readable(' a\n\tb\u0007<br/>c ')).toBe('a b c');
	expect(readable('x'.repeat(1000))).toHaveLength(301);
});
