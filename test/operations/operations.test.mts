import { readFileSync } from 'node:fs';

import type { INodeProperties } from 'n8n-workflow';
import ts from 'typescript';

import codex from '../../nodes/AgentAi/AgentAi.node.json' with { type: 'json' };
import { findOperation, operationProperties, OPERATIONS, subtitle, unknownOperation } from '../../nodes/AgentAi/operations/index.ts';
import { filesIn } from '../../scripts/words/sources.mts';

describe.each(OPERATIONS)('the operation $resource: $option.name', ({ resource, option, properties }) => {
	test('is found by the values that the panel stores', () => {
		expect(findOperation(resource, option.value)?.option).toBe(option);
	});

	test('stands in the panel under its resource, with all its fields', () => {
		const shown = operationProperties.filter(({ displayOptions }) => displayOptions?.show?.resource?.includes(resource));
		expect(shown.find(({ name }) => name === 'operation')?.options).toContainEqual(option);
		const own = shown.filter(({ displayOptions }) => displayOptions?.show?.operation?.includes(option.value));
		expect(own.map(({ name }) => name)).toEqual(properties.map(({ name }) => name));
	});

	test('has a name in the subtitle', () => {
		expect(subtitle).toContain(`"${resource}:${option.value}":`);
		expect(subtitle).toContain(`: ${option.name}"`);
	});

	test('is found by its name in the search for nodes', () => {
		const resourceName = resource.charAt(0).toUpperCase() + resource.slice(1);
		const names = [option.name, `${option.name} ${resourceName}`, `${option.name} ${resourceName}s`];
		expect(codex.alias.filter((alias) => names.includes(alias))).toHaveLength(1);
	});

	test('says in its action text what it does, for the list of actions', () => {
		expect(option.action).toMatch(/^[A-Z][a-z]+ .+[^.]$/);
	});

	test('leaves articles out of its action text, as n8n’s guidelines ask', () => {
		expect(option.action).not.toMatch(/\b(a|an|the)\b/i);
	});
});

test('a combination that this version does not have is none', () => {
	expect(findOperation('openclaw', 'run')).toBeUndefined();
	expect(findOperation('somethingNew', 'chatCompletion')).toBeUndefined();
});

test('the list of actions starts with the chat: Enter in the node creator chooses it', () => {
	const [first, ...others] = operationProperties.filter(({ name }) => name === 'operation');
	const resource = operationProperties.find(({ name }) => name === 'resource');
	expect(resource?.options?.[0]).toMatchObject({ value: 'openclaw' });
	expect(first?.displayOptions?.show?.resource).toEqual(['openclaw']);
	expect(first?.options?.[0]).toMatchObject({ value: 'chatCompletion' });
	expect(others).not.toHaveLength(0);
});

test('an operation that is none says what to do; n8n’s own Custom API Call names the two ways on', () => {
	expect(unknownOperation('chatLater').description).toContain('Update');
	const { message, description } = unknownOperation('__CUSTOM_API_CALL__');
	expect(message).not.toContain('__');
	expect(description).toMatch(/Resource to Action.*HTTP Request/);
});

test('each resource starts with one of its own operations', () => {
	for (const { name, default: first, options } of operationProperties) {
		if (name === 'operation') expect(options).toContainEqual(expect.objectContaining({ value: first }));
	}
});

/** All names in the sources of the node, but for those with which the panel declares its parameters. */
function namesInSources(): Set<string> {
	const names = new Set<string>();
	const visit = (node: ts.Node): void => {
		const declares = ts.isPropertyAssignment(node) && node.name.getText() === 'name';
		if (declares || ts.isImportDeclaration(node)) return;
		if (ts.isStringLiteral(node) || ts.isIdentifier(node)) for (const name of node.text.split(/[./]/)) names.add(name);
		ts.forEachChild(node, visit);
	};
	for (const file of filesIn('nodes', '.ts')) visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
	return names;
}

test('whatever the panel shows is read', () => {
	const shown = operationProperties.flatMap((property): INodeProperties[] => {
		const inner = property.type === 'collection' ? ((property.options ?? []) as INodeProperties[]) : [];
		return [property, ...inner];
	});
	const read = namesInSources();
	const unread = shown.filter(({ name, type }) => type !== 'notice' && !read.has(name)).map(({ name }) => name);
	expect(unread).toEqual([]);
});
