import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const exampleFiles = () => readdirSync(join(process.cwd(), 'examples'));
const E2E = join(process.cwd(), 'test/e2e');

test('every example is run by an end-to-end test and shown in the README', () => {
	const tests = readdirSync(E2E)
		.filter((name) => name.endsWith('.e2e.mts'))
		.map((name) => readFileSync(join(E2E, name), 'utf8'))
		.join('\n');
	const readme = readFileSync(join(process.cwd(), 'README.md'), 'utf8');
	for (const example of exampleFiles()) {
		expect(tests).toContain(`'${example}'`);
		expect(readme).toContain(`(examples/${example})`);
	}
});

test('an example with a schedule says that it has to be published', () => {
	const silent = exampleFiles().filter((example) => {
		const { nodes } = JSON.parse(readFileSync(join(process.cwd(), 'examples', example), 'utf8')) as {
			nodes: { type: string; parameters: { content?: string } }[];
		};
		const isScheduled = nodes.some(({ type }) => type === 'n8n-nodes-base.scheduleTrigger');
		return isScheduled && !nodes.some(({ parameters: { content = '' } }) => /publish(\*\*)? (this|the) workflow/i.test(content));
	});
	expect(silent).toEqual([]);
});
