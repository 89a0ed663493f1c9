import { cleanToken, usableToken } from '../../nodes/AgentAi/client/token.ts';

test.each([' abc123 ', 'Bearer abc123', '\u200babc123\ufeff', 'abc\u00ad123'])('%j is taken as abc123', (entered) =>
	expect(cleanToken(entered)).toBe('abc123'),
);

test.each(['abcü123', 'abc 123', 'abc\n123', 'abc😀'])('%j is refused by the name of its field, without being repeated', (entered) => {
	const refuse = () => usableToken(entered, 'API Token in the Agent.ai credential');
	expect(refuse).toThrow(/^API Token in the Agent\.ai credential contains a character that is not allowed in a token$/);
	expect(refuse).not.toThrow(/abc/);
});
