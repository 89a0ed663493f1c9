import { cleanToken, usableToken } from '../../nodes/AgentAi/account/token.ts';

test.each([' abc123 ', 'Bearer abc123', '\u200babc123\ufeff', 'abc\u00ad123'])('%j is taken as abc123', (entered) =>
	expect(cleanToken(entered)).toBe('abc123'),
);

test.each([
	['abcü123', /the character “ü”/],
	['abc 123', /a blank or a line break/],
	['abc\n123', /a blank or a line break/],
	['abc😀', /the character “😀”/],
])('%j is refused and says why', (entered, message) => expect(() => usableToken(entered)).toThrow(message));
