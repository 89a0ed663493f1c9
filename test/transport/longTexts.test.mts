import { interpret } from '../../nodes/AgentAi/transport/interpret.ts';

/** An expression that tries combinations would take minutes for any of these. */
describe('texts that no expression may stumble over', () => {
	const LENGTH = 800_000;
	const fill = (part: string) => part.repeat(Math.ceil(LENGTH / part.length));

	test.each([
		'<a ',
		'<',
		'<!--',
		'<script>',
		' ',
		'\t\n',
		'"',
		'\\',
		'\\u00',
		'%',
		'{"error":',
		'no credits ',
		'too many failed ',
		'tool not available '.slice(0, 9),
		'token=',
		'a.',
		'1, ',
		'.',
	])('800 KB of “%s”', (part) => {
		const body = fill(part);
		for (const asked of ['chat', 'tool', 'other'] as const) {
			for (const status of [200, 400, 404, 502]) {
				expect(interpret({ status, body, asked })).toBeDefined();
				expect(interpret({ status, body: { status, error: body, response: null }, asked })).toBeDefined();
			}
		}
	});
});
