import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { AgentAiApi } from '../../credentials/AgentAiApi.credentials.ts';
import { AgentAi } from '../../nodes/AgentAi/AgentAi.node.ts';
import { LmChatAgentAi } from '../../nodes/AgentAi/LmChatAgentAi.node.ts';
import { PHRASES, PHRASES_OF_TEXTS } from './phrases.mts';
import { messages, notes, paragraphs, sourceTexts, type Text, wholeFiles } from './sources.mts';

/** Every text of the project that breaks a rule of CONTRIBUTING's on words, with the rule. */
export const wordFaults = (): string[] => [
	...new Set([
		...panels().flatMap(panelFaults),
		...messages().flatMap(messageFaults),
		...wholeFiles().flatMap(phraseFaults),
		...[...sourceTexts(), ...paragraphs(), ...notes()].flatMap((text) => phraseFaults(text, PHRASES_OF_TEXTS)),
		...sourceTexts().flatMap(itemFaults),
		...[...paragraphs(), ...notes()].filter(({ where }) => !ABOUT_TABLES.includes(where)).flatMap(rowFaults),
		...sourceTexts().flatMap(responseFaults),
		...[...paragraphs(), ...notes()].flatMap((text) => labelFaults(text)),
	]),
];

/** All properties of the nodes and the credential, those inside of others included. */
export const panels = (): INodeProperties[] =>
	[new AgentAi().description.properties, new LmChatAgentAi().description.properties, new AgentAiApi().properties].flatMap(withInner);

function withInner(properties: INodeProperties[]): INodeProperties[] {
	return properties.flatMap((property) => {
		const inner = (property.options ?? []).flatMap((option) => {
			if ('values' in option) return option.values;
			return 'type' in option ? [option] : [];
		});
		return [property, ...(inner.length > 0 ? withInner(inner) : [])];
	});
}

/** What n8n's guidelines on the texts of a panel ask, as far as it can be checked. */
export function panelFaults(property: INodeProperties): string[] {
	const { displayName: label, description = '', type, placeholder, modes = [] } = property;
	const faults: string[] = [];
	const check = (isKept: boolean, rule: string) => {
		if (!isKept) faults.push(`“${label}”: ${rule}`);
	};
	if (type === 'boolean') check(description.startsWith('Whether to '), 'the description of a switch begins with “Whether to”');
	const placeholders = [
		...(['collection', 'fixedCollection'].includes(type) ? [] : [placeholder]),
		...modes.map((mode) => mode.placeholder),
	];
	for (const text of placeholders) if (text) check(text.startsWith('e.g. '), `the placeholder “${text}” begins with “e.g. ”`);
	for (const { name, description: text, action } of choices(property)) {
		if (text !== undefined)
			check(endsRight(text), `the description of “${name}” ends with a full stop only where it has several sentences`);
		if (action !== undefined) check(!/\b(an?|the)\b/i.test(action), `the action “${action}” has no articles`);
		if (action !== undefined) check(/^[A-Z]/.test(action) && !/[.!?]$/.test(action), `the action “${action}” is in sentence case`);
	}
	check(endsRight(description), 'the description ends with a full stop only where it has several sentences');
	return faults;
}

const choices = ({ options = [] }: INodeProperties): INodePropertyOptions[] => options.filter((option) => 'value' in option);

/** One sentence has no full stop, several have one each; the lint of n8n asks for the first. */
function endsRight(text: string): boolean {
	if (text === '') return true;
	const sentences = text.replace(/\b(e\.g|i\.e|etc)\./g, '$1').split(/(?<=[^.][.!?])\s+(?=[\p{Lu}\d*“]|agent\.ai|n8n)/u).length;
	return sentences === 1 ? !/[^.]\.$/.test(text) : /[.!?]$/.test(text);
}

/** Messages that may name an error: what nobody expected is one, and it has to be found in a log and in an issue. */
const CALLED_ERRORS = ['Unexpected error in the Agent.ai node'];

/** n8n's guidelines: a message says what happened, not that something went wrong. Labels of options are their names. */
export function messageFaults({ where, text }: Text): string[] {
	if (CALLED_ERRORS.includes(text)) return [];
	const avoided = /\b(errors?|problems?|failures?|mistakes?)\b/i.exec(
		text.replaceAll(/Retry Uncertain Failures|Stop After Failures in a Row|“error”/g, ''),
	);
	return avoided ? [`${where}: the message “${text}” avoids “${avoided[0]}”`] : [];
}

/** Phrases that read as translated. */
export function phraseFaults({ where, text }: Text, phrases: unknown = PHRASES): string[] {
	const list = Array.isArray(phrases) ? (phrases as typeof PHRASES) : PHRASES;
	return list.flatMap(([phrase, better]) => {
		const found = new RegExp(phrase.source, 'i').exec(text);
		return found
			? [`${where}: “${text.slice(Math.max(0, found.index - 40), found.index + 60).replace(/\s+/g, ' ')}”: better “${better}”`]
			: [];
	});
}

/** In the nodes everything is an item. */
export function itemFaults({ where, text }: Text): string[] {
	return /\brows?\b/i.test(text.replace(/\bin a row\b/gi, '')) ? [`${where}: “${text}”: say item`] : [];
}

/** Documents that are about tables and their rows from end to end. */
const ABOUT_TABLES = ['docs/scale.md'];

/** A row is that of a table: where a document says row, it speaks of one. */
export function rowFaults({ where, text }: Text): string[] {
	const isRow = /\brows?\b/i.test(text.replace(/\bin a row\b/gi, '').replace(/\$\('Rows'\)|\*\*Rows?\b[^*]*\*\*/g, ''));
	return isRow && !/\b(tables?|sheets?|SQL|PostgreSQL|columns?)\b/i.test(text)
		? [`${where}: “${text.slice(0, 120)}”: say item, or name the table`]
		: [];
}

/** Texts that n8n's own lint prescribes, and names. */
const NOT_OURS = [/simplified version of the response/, /Parse Response as JSON/, /response_\w+/g];

/** What the agent says is an answer; a response is what HTTP brings. */
export function responseFaults({ where, text }: Text): string[] {
	const own = NOT_OURS.reduce((rest, pattern) => rest.replace(pattern, ''), text);
	return /\b(agent|tool|model)['’]s response\b/i.test(own) ? [`${where}: “${text}”: what an agent says is its answer`] : [];
}

/** Names in n8n, npm and the examples that documents write as they write labels of ours. */
const NAMES_OF_OTHERS = [
	...['Allowed HTTP Request Domains', 'On Error', 'Continue', 'Stop Workflow', 'Retry', 'Retry On Fail', 'Timeout Workflow', 'Settings'],
	...['Execute step', 'Execute workflow', 'Map Automatically', 'Download', 'Wait', 'Webhook', 'Streaming', 'Upsert', 'Authentication'],
	...[
		'When Executed by Another Workflow',
		'Data Table',
		'If Row Does Not Exist',
		'MCP Client Tool',
		'MCP OAuth2',
		'Header Auth',
		'Batching',
	],
	...['Send and Wait for Response', 'Require Specific Output Format', 'Enable Fallback Model', 'Automatically Passthrough Binary Images'],
	...['Publish', 'Trusted Publisher', 'Write Back', 'Lead Scout', 'Every morning', 'Include', 'Remaining', 'Used'],
];

const labels = () =>
	panels().flatMap(({ displayName, options = [], modes = [] }) => [
		displayName,
		...options.map((option) => ('displayName' in option ? option.displayName : option.name)),
		...modes.map((mode) => mode.displayName),
	]);
let known: Set<string> | undefined;

/** A label in italics is one that a panel shows, spelled as there. One that has been renamed says so. */
export function labelFaults({ where, text, nodeNames = [] }: Text & { nodeNames?: string[] }): string[] {
	known ??= new Set([...labels(), ...NAMES_OF_OTHERS]);
	const now = text.replace(/\(until now \*[^*]+\*\)/g, '');
	return [...now.matchAll(/(?<![*\w])\*([A-Z][^*\n]+?)\*(?!\*)/g)]
		.flatMap(([, label = '']) => label.split(/: | → /))
		.filter((label) => !known?.has(label.replace(/\.$/, '')) && !nodeNames.includes(label))
		.map((label) => `${where}: no panel has a label “${label}”`);
}
