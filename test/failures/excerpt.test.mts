import { excerpt } from '../../nodes/AgentAi/failures/excerpt.ts';

test.each([
	[' a\n\tb\u0007<br/>c ', 'a b c'],
	['<html><head><style>p{}</style><script>if (a<b) x()</script></head><body class="x"><p>Sign in</p><!-- no --></body></html>', 'Sign in'],
	['Use agent:<agentId>:<key>, or a < b', 'Use agent:<agentId>:<key>, or a < b'],
	['an <a tag that never ends', 'an <a tag that never ends'],
	['', ''],
])('%j is %j', (text, line) => expect(excerpt(text)).toBe(line));

test('what is long is cut', () => expect(excerpt('x'.repeat(1000))).toHaveLength(301));

test.each(['<a ', '<script>', '<!-- ', ' ', '<', '</a', '<a x="'])('%j over and over takes no time to speak of', (part) => {
	// 4 million characters: anything but linear would not come back
	expect(excerpt(part.repeat(4_000_000 / part.length)).length).toBeLessThan(302);
});
