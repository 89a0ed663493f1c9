import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ActionRequest } from '../client/actionRequest';
import { AGENTS_A_PAGE, agentsIn, metadataOf, searchRequest, type Visibility } from '../client/agents';
import { found, InputError } from '../failures/inputError';
import { asList, asObject, isObject } from '../failures/json';
import type { ActionResponse, Result } from '../failures/result';
import { visibilityProperty } from '../parameters/agent';
import type { ItemParameters } from '../parameters/itemParameters';
import { optionsCollection } from '../parameters/output';
import { noRecords, recordProperties } from '../parameters/records';
import { flag, text } from '../parameters/text';
import type { Operation } from './operation';

/** The fields of *Simplify*, in the panel's order. */
const FIELDS = ['id', 'name', 'description', 'type', 'status', 'url', 'inputs', 'executions', 'reviews_score', 'updated_at'];

const VISIBILITIES: readonly unknown[] = ['public', 'private', 'team', 'all'] satisfies Visibility[];

/** What agents are sorted by, where not as agent.ai gives them; times and numbers begin with the newest and the largest. */
const ORDERS = ['created_at', 'executions', 'name', 'reviews_score', 'updated_at'];

const properties: INodeProperties[] = [
	{
		displayName: 'Search',
		name: 'query',
		type: 'string',
		default: '',
		placeholder: 'e.g. company research',
		description: 'Text to find in the names and descriptions of agents. Leave empty to get all.',
	},
	visibilityProperty,
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
	...recordProperties(FIELDS),
	optionsCollection([
		{
			displayName: 'Sort By',
			name: 'sortBy',
			type: 'options',
			options: [
				{ name: 'As Found', value: 'found', description: 'The order that agent.ai returns' },
				{ name: 'Created At', value: 'created_at', description: 'Newest first' },
				{ name: 'Executions', value: 'executions', description: 'Most runs first' },
				{ name: 'Name', value: 'name', description: 'From A to Z' },
				{ name: 'Review Score', value: 'reviews_score', description: 'Highest score first' },
				{ name: 'Updated At', value: 'updated_at', description: 'Last changed first' },
			],
			default: 'found',
			description: 'Order of the returned agents',
		},
	]),
];

/** POST /action/search, page by page: the agents that agent.ai finds, an item for each. */
export const agentGetAll: Operation = {
	resource: 'agent',
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'Get agents by text in their names and descriptions',
		action: 'Get many agents',
	},
	reads: true,
	properties,

	readRequest({ get, options }: ItemParameters): ActionRequest {
		const status = get('visibility');
		if (!VISIBILITIES.includes(status)) {
			throw new InputError(`Visibility must be one of ${VISIBILITIES.join(', ')}, not ${found(status)}`, 'Choose one of them');
		}
		const query = text(get('query'), 'Search').trim();
		const most = flag(get('returnAll'), 'Return All') ? Infinity : readLimit(get('limit'));
		const request = searchRequest({ query, status: status as Visibility, limit: Math.min(most, AGENTS_A_PAGE), page: 0 });
		const sortBy = ORDERS.find((order) => order === options.sortBy);
		return { ...request, pages: { most, ...(sortBy ? { sortBy } : {}) } };
	},

	/** The further pages count in the account's limit as any other request. An agent that has slipped onto two pages comes once. */
	async send(request, first, next) {
		const { most, sortBy } = request.pages ?? { most: Infinity };
		const all = new Map<string, unknown>();
		const begun = await first(request);
		let answer: Result<ActionResponse> = begun;
		for (let page = 0; answer.ok; ) {
			const { response } = answer.value;
			// nothing may be none found, or what is behind the last page
			if (!Array.isArray(response ?? [])) return { ...noRecords(answer.value), limits: begun.limits };
			const listed = asList(response);
			const before = all.size;
			for (const entry of listed) all.set(idOf(entry), entry);
			// a server that knows no pages gives the same again and again
			if (listed.length < Number(request.body.limit) || all.size >= most || all.size === before) {
				const wanted = [...all.values()].slice(0, most);
				return { ok: true, value: { ...answer.value, response: sortBy ? sorted(wanted, sortBy) : wanted }, limits: begun.limits };
			}
			page++;
			answer = await next({ ...request, body: { ...request.body, page } });
		}
		return { ...answer, limits: begun.limits };
	},

	records: {
		of: ({ response }: ActionResponse) => asList(response).filter(isObject) as IDataObject[],
		simplified(entry: IDataObject): IDataObject {
			const [agent] = agentsIn({ response: [entry] });
			if (!agent) return entry;
			const { id, name, description, page, schema } = agent;
			const { type, status, executions, reviews_score, updated_at } = metadataOf(entry);
			const inputs = Object.keys(asObject(asObject(schema).properties)).join(', ');
			return { id, name, description, type, status, url: page ?? null, inputs, executions, reviews_score, updated_at } as IDataObject;
		},
	},
};

function readLimit(value: unknown): number {
	const limit = Number(value);
	if (Number.isInteger(limit) && limit >= 1) return limit;
	throw new InputError(`Limit must be a whole number of 1 or more, not ${found(value)}`, 'Correct Limit, or turn on Return All');
}

/** What tells two entries apart. */
const idOf = (entry: unknown) => String(metadataOf(entry).id ?? JSON.stringify(entry));

/** Names from A to Z, times and numbers from the newest and the largest; what has no value comes last. */
function sorted(entries: unknown[], by: string): unknown[] {
	const keyed = entries.map((entry) => ({ entry, key: metadataOf(entry)[by] }));
	if (by === 'name') return keyed.sort((a, b) => String(a.key ?? '').localeCompare(String(b.key ?? ''))).map(({ entry }) => entry);
	const rank = (key: unknown) => (typeof key === 'number' ? key : Date.parse(String(key)) || -Infinity);
	// two without a value have no difference
	return keyed.sort((a, b) => rank(b.key) - rank(a.key) || 0).map(({ entry }) => entry);
}
