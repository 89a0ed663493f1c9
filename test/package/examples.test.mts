import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const E2E = join(process.cwd(), 'test/e2e');

test('every example is run by an end-to-end test and shown in the README', () => {
	const tests = readdirSync(E2E)
		.filter((name) => name.endsWith('.e2e.mts'))
		.map((name) => readFileSync(join(E2E, name), 'utf8'))
		.join('\n');
	const readme = readFileSync(join(process.cwd(), 'README.md'), 'utf8');
	for (const example of readdirSync(join(process.cwd(), 'examples'))) {
		expect(tests).toContain(`'${example}'`);
		expect(readme).toContain(`(examples/${example})`);
	}
});
