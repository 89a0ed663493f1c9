import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

import { ROOT } from '../paths.mts';

/** A text that people read, with where it is. */
export interface Text {
	where: string;
	text: string;
}

/** Files below a folder, from the root. */
export const filesIn = (folder: string, ...endings: string[]): string[] =>
	readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => endings.some((ending) => name.endsWith(ending)))
		.map((name) => join(folder, name))
		.sort();

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** What lists the phrases to avoid, and tries them. */
const OF_THE_RULES = ['scripts/words/phrases.mts', 'test/package/words.test.mts'];

/** Everything of the project that is written for people, whole: documents, examples, and sources with their comments. */
export const wholeFiles = (): Text[] =>
	[
		...DOCUMENTS(),
		...filesIn('examples', '.json'),
		...filesIn('nodes', '.ts', '.json'),
		...filesIn('credentials', '.ts'),
		...['sandbox', 'scripts', 'bench', 'test'].flatMap((folder) => filesIn(folder, '.mts')),
	]
		.filter((where) => !OF_THE_RULES.includes(where))
		.map((where) => ({ where, text: read(where) }));

export const DOCUMENTS = () => ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesIn('docs', '.md')];

/** The documents by their paragraphs, without code blocks and without tables that are made from the code. */
export const paragraphs = (files = DOCUMENTS()): Text[] =>
	files.flatMap((file) =>
		read(file)
			.replace(/^```[^]*?^```/gm, '')
			.replace(/<!-- table: [^]*?<!-- end -->/g, '')
			.split(/\n(?=[-|#\n])/)
			.map((text) => ({ where: file, text: text.trim() }))
			.filter(({ text }) => text !== ''),
	);

/** The names and sticky notes of the examples, with the names of the nodes beside them. */
export const notes = (): (Text & { nodeNames: string[] })[] =>
	filesIn('examples', '.json').flatMap((where) => {
		const { name: title, nodes } = JSON.parse(read(where)) as {
			name: string;
			nodes: { name: string; parameters?: { content?: unknown } }[];
		};
		const nodeNames = nodes.map(({ name }) => name);
		const texts = nodes.flatMap(({ parameters }) => (typeof parameters?.content === 'string' ? [parameters.content] : []));
		return [title, ...texts].map((text) => ({ where, text, nodeNames }));
	});

/** Each text in the sources of the nodes that holds several words; a template as one text, with … for what is put in. */
export function sourceTexts(): Text[] {
	return [...filesIn('nodes', '.ts'), ...filesIn('credentials', '.ts')].flatMap((where) => {
		const found: Text[] = [];
		const visit = (node: ts.Node): void => {
			if (ts.isImportDeclaration(node)) return;
			if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) found.push({ where, text: node.text });
			if (ts.isTemplateExpression(node)) {
				found.push({ where, text: [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…') });
			}
			ts.forEachChild(node, visit);
		};
		visit(ts.createSourceFile(where, read(where), ts.ScriptTarget.Latest, true));
		return found.filter(({ text }) => /[\p{L}…] [\p{L}…]/u.test(text));
	});
}

/** What errors say first: the messages of bad input, and of the table of failures. */
export function messages(): Text[] {
	return filesIn('nodes', '.ts').flatMap((where) => {
		const found: Text[] = [];
		const textOf = (node: ts.Node | undefined): void => {
			if (!node) return;
			if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) found.push({ where, text: node.text });
			if (ts.isTemplateExpression(node)) {
				found.push({ where, text: [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…') });
			}
			if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(textOf);
		};
		const visit = (node: ts.Node): void => {
			if (ts.isNewExpression(node) && node.expression.getText() === 'InputError') textOf(node.arguments?.[0]);
			if (ts.isPropertyAssignment(node) && ['message', 'elsewhere'].includes(node.name.getText())) textOf(node.initializer);
			ts.forEachChild(node, visit);
		};
		visit(ts.createSourceFile(where, read(where), ts.ScriptTarget.Latest, true));
		return found;
	});
}
