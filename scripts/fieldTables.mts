import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

import { AgentAiApi } from '../credentials/AgentAiApi.credentials.ts';
import { adviceParts, ANYWHERE } from '../nodes/AgentAi/failures/advice.ts';
import { sentences } from '../nodes/AgentAi/failures/failure.ts';
import type { Delivery, FailureRow } from '../nodes/AgentAi/failures/failureRow.ts';
import { FAILURES } from '../nodes/AgentAi/failures/failureTable.ts';
import { LmChatAgentAi } from '../nodes/AgentAi/LmChatAgentAi.node.ts';
import { OPERATIONS } from '../nodes/AgentAi/operations/index.ts';
import { batchingOptions, largeBatchOptions } from '../nodes/AgentAi/parameters/batching.ts';
import { outputOptions } from '../nodes/AgentAi/parameters/output.ts';
import { rootNodeRows } from './rootNodeTable.mts';

/** Tables for the documents, made from the code: by the name that stands in a document's markers. */
export type Tables = Record<string, string>;

/** What a field of the API is called, in n8n and on the wire. */
const API_NAME = /^[a-z]+(_[a-z]+)*$/;
/** Fields of n8n's side that look like a field of the API. */
const OWN_NAMES = ['instance', 'messages', 'inputs', 'options', 'simplify'];

/** All tables: one for each operation, their common options, the chat model, the credential and the failures. */
export function tables(): Tables {
	const common = new Set([...commonOptions(), ...largeBatchOptions.map(({ name }) => name)]);
	const operations = OPERATIONS.map(({ resource, option, properties }): [string, string] => [
		`operation ${resource} ${option.value}`,
		fieldTables(properties, common),
	]);
	return {
		...Object.fromEntries(operations),
		'batch options': plainTable(batchingOptions),
		'large batch options': plainTable(largeBatchOptions),
		'answer options': plainTable(outputOptions.filter(({ name }) => common.has(name))),
		'chat model': fieldTables(new LmChatAgentAi().description.properties, new Set()),
		credential: plainTable(new AgentAiApi().properties),
		'root nodes': rowsTable(['Node (versions)', 'What is asked', 'On this model', 'On the OpenAI Chat Model'], rootNodeRows()),
		failures: rowsTable(
			['What it says', 'What to do', 'Retried automatically'],
			Object.values<FailureRow>(FAILURES)
				.map((row) => [row.message, advised(row), AGAIN[row.delivery]])
				.sort(([a = ''], [b = '']) => a.localeCompare(b)),
		),
	};
}

/**
 * A document with its tables as the code is now. A table stands between `<!-- table: name -->` and `<!-- end -->`.
 *
 * @throws Error for a name that no table has
 */
export function withTables(document: string, made: Tables): string {
	return document.replace(/(<!-- table: (.+?) -->\n)[^]*?(<!-- end -->)/g, (_all, start: string, name: string, end: string) => {
		const table = made[name];
		if (table === undefined) throw new Error(`There is no table “${name}”. There are: ${Object.keys(made).join(', ')}`);
		return `${start}\n${table}\n\n${end}`;
	});
}

/** Documents that hold tables made from the code. */
export const DOCUMENTS = ['README.md', 'docs/openclaw.md', 'docs/troubleshooting.md'];

/** The names of the tables that none of some documents has a place for. */
export function missingTables(documents: string[], made: Tables): string[] {
	return Object.keys(made).filter((name) => !documents.some((document) => document.includes(`<!-- table: ${name} -->`)));
}

/** Whether a failure is tried again, by what became of the request. */
const AGAIN: Record<Delivery, string> = {
	final: 'no',
	notDelivered: 'up to *Max Tries*',
	rateLimited: 'until the limit resets',
	uncertain: 'only with *Retry Uncertain Failures*',
};

/** The advice as a chat reads it in a batch, without what it says on repeating: the table has a column for that. */
function advised(row: FailureRow): string {
	const options = { timeout: 120, maxConcurrency: 5, requestsPerMinute: 0, stream: true };
	const parts = adviceParts({ ...row, delivery: 'final' }, { ...ANYWHERE, options, isBatch: true });
	return sentences(...parts) || 'The agent may have done the work: check that before you send the item again.';
}

/** The names of the options that every operation has. */
function commonOptions(): Set<string> {
	const each = OPERATIONS.map(({ properties }) => optionsOf(properties).map(({ name }) => name));
	return new Set(each[0]?.filter((name) => each.every((names) => names.includes(name))));
}

/** What stands in the collections of some properties, in the order of the panel. */
function optionsOf(properties: INodeProperties[]): INodeProperties[] {
	return properties.filter(({ type }) => type === 'collection').flatMap(({ options }) => (options ?? []) as INodeProperties[]);
}

/** The fields of an operation, and below them the options that only it has. */
function fieldTables(properties: INodeProperties[], common: Set<string>): string {
	const row = (property: INodeProperties) => [
		property.required ? `${property.displayName} *` : property.displayName,
		API_NAME.test(property.name) && !OWN_NAMES.includes(property.name) ? `\`${property.name}\`` : '',
		shownDefault(property),
		described(property),
	];
	// a field that stands in the panel several times, for several cases, is one field
	const fields = properties.filter(
		({ type, name }, index) =>
			type !== 'collection' && type !== 'notice' && properties.findIndex((property) => property.name === name) === index,
	);
	const own = optionsOf(properties).filter(({ name }) => !common.has(name));
	return [
		rowsTable(['Field', 'Field of the API', 'Default', ''], fields.map(row)),
		...(own.length === 0 ? [] : [rowsTable(['In Options', 'Field of the API', 'Default', ''], own.map(row))]),
	].join('\n\n');
}

/** A table of properties that have no field in the API. */
const plainTable = (properties: INodeProperties[]) =>
	rowsTable(
		['Field', 'Default', ''],
		properties
			.filter(({ type }) => type !== 'notice')
			.map((property) => [
				property.required ? `${property.displayName} *` : property.displayName,
				shownDefault(property),
				described(property),
			]),
	);

/** The default as the panel shows it. */
function shownDefault(property: INodeProperties): string {
	const { type, default: value } = property;
	if (type === 'boolean') return value ? 'on' : 'off';
	if (type === 'options') {
		return (property.options as INodePropertyOptions[]).find((option) => option.value === value)?.name ?? '';
	}
	const plain = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
	return typeof plain === 'string' || typeof plain === 'number' ? (plain === '' ? '' : `\`${plain}\``) : '';
}

/** The description, with that of each choice behind it. */
function described(property: INodeProperties): string {
	const choices = property.type === 'options' ? (property.options as (INodePropertyOptions | INodePropertyCollection)[]) : [];
	const explained = choices.flatMap((choice) =>
		'description' in choice && choice.description ? [`*${choice.name}*: ${choice.description}`] : [],
	);
	return [property.description, ...explained].filter(Boolean).map(sentence).join(' ');
}

const sentence = (text = '') => (/[.!?]$/.test(text) ? text : `${text}.`);

function rowsTable(head: string[], rows: string[][]): string {
	const cell = (text: string) =>
		text
			.replace(/<a href="([^"]+)"[^>]*>([^<]*)<\/a>/g, '[$2]($1)')
			.replaceAll('|', '\\|')
			.replace(/\s+/g, ' ')
			.trim();
	const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`;
	return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
