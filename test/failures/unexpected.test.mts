import { unexpectedFailure } from '../../nodes/AgentAi/failures/failureError.ts';
import { createRedactor } from '../../nodes/AgentAi/transport/redact.ts';

const SECRET = 'planted-secret-4711';
const thrown = () => new TypeError(`no ${SECRET}\n    at ${SECRET} (planted.js:1:1)`);

test('an unexpected error keeps its words without the secrets that are known', () => {
	const { said, stack } = unexpectedFailure(thrown(), createRedactor([SECRET]));
	expect(said).toMatch(/^TypeError: no \[hidden\]/);
	expect(stack).toMatch(/\n {4}at .*unexpected\.test\.mts/);
	expect(stack).not.toContain(SECRET);
});

test.each([
	['an error', thrown()],
	['an error whose name is a text', Object.assign(thrown(), { name: `Error ${SECRET}` })],
	['a text', SECRET],
	['nothing', undefined],
])('where nobody knows what is secret, %s tells its kind and its place alone', (_what, error) => {
	const { said, stack, description } = unexpectedFailure(error);
	expect(said).toMatch(/^\w*Error$/);
	expect(`${stack} ${description}`).not.toContain(SECRET);
	if (error instanceof Error) expect(stack).toMatch(/\n {4}at .*unexpected\.test\.mts/);
});
