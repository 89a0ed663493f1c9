import { createServer } from 'node:http';

import type { IDataObject, INodeType } from 'n8n-workflow';

import { AgentAi } from '../../nodes/AgentAi/AgentAi.node.ts';
import type { SandboxOptions } from '../../sandbox/server.mts';
import { runNode, type RunOptions } from '../support/engine.mts';
import { needs } from '../support/features.mts';
import { portOf } from '../support/port.mts';
import { credentialFor, startSandbox } from '../support/sandbox.mts';
import { type WireAnswer, WireServer } from '../support/wireServer.mts';

const fromList = (value: string, name: string) => ({ __rl: true, mode: 'list', value, cachedResultName: name });
const typed = (value: string, mode = 'id') => ({ __rl: true, mode, value });

/** Fields of n8n's resource mapper, as the editor saves them. */
const field = (id: string, more: object = {}) => ({ id, displayName: id, required: false, display: true, type: 'string', ...more });
const SCOUT = [
	field('company', { required: true }),
	field('market', { type: 'options', options: ['EU', 'US', 'other'].map((value) => ({ name: value, value })), defaultValue: 'EU' }),
	field('detail', { defaultValue: 'short' }),
	field('remarks'),
];
const below = (value: object, schema: object[] = SCOUT) => ({ mappingMode: 'defineBelow', value, schema });
const byColumns = (schema: object[] = SCOUT) => ({ mappingMode: 'autoMapInputData', value: null, schema });

const LEAD_SCOUT = fromList('sc0ut01', 'Lead Scout');

/** The fields of *Simplify*. */
const TEN_SEARCHED = ['id', 'name', 'description', 'type', 'status', 'url', 'inputs', 'executions', 'reviews_score', 'updated_at'];
const TEN_DESCRIBED = ['id', 'name', 'description', 'type', 'status', 'url', 'inputs', 'outputs', 'executions', 'updated_at'];

async function agents(options: SandboxOptions = {}) {
	const sandbox = await startSandbox({ longestRunMs: 30, ...options });
	const run = async (parameters: IDataObject, more: Partial<RunOptions> = {}) =>
		await runNode({
			credential: credentialFor(sandbox),
			parameters: { resource: 'agent', operation: 'run', ...parameters },
			onError: 'continueRegularOutput',
			...more,
		});
	return { sandbox, run, names: () => sandbox.actions.map(({ name }) => name), bodies: () => sandbox.actions.map(({ body }) => body) };
}

describe('an agent’s inputs', () => {
	test('by fields: these alone go out, beside the id, and what is empty is left out', async () => {
		const { run, bodies } = await agents();
		const { items } = await run(
			{ agent: LEAD_SCOUT, inputs: below({ company: '={{ $json.firm }}', market: 'US', detail: 'long', remarks: '' }) },
			{ items: [{ firm: 'Acme', owner: 'Ada' }] },
		);
		expect(bodies()).toEqual([{ id: 'sc0ut01', company: 'Acme', market: 'US', detail: 'long' }]);
		expect(items[0]?.json).toMatchObject({ status: 200, response: { company: 'Acme', market: 'US' }, run_id: 'run-1' });
	});

	test('a required one with a default does not block; one without fails its own row, and costs nothing', async () => {
		const { run, bodies } = await agents();
		const { items } = await run(
			{ agent: LEAD_SCOUT, inputs: below({ company: '={{ $json.firm }}' }) },
			{ items: [{ firm: 'Acme' }, { firm: '' }, { firm: 'Bolt' }] },
		);
		expect(bodies()).toEqual(['Acme', 'Bolt'].map((company) => ({ id: 'sc0ut01', company })));
		expect(items[1]?.json.error).toMatchObject({ message: expect.stringContaining('“company” is empty') as string });
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
	});

	test('a choice that the agent does not have is refused by name', async () => {
		const { run, bodies } = await agents();
		const { items } = await run({ agent: LEAD_SCOUT, inputs: below({ company: 'Acme', market: '={{ "Mars" }}' }) });
		expect(JSON.stringify(items[0]?.json)).toMatch(/market/);
		expect(bodies()).toEqual([]);
	});

	test('mapped from the row: only the schema’s names leave, and the row’s id, run_id and user_input are none of them', async () => {
		const { run, bodies } = await agents();
		const row = { id: 'row-7', run_id: 'x', user_input: 'hey', company: 'Acme', detail: 'long', customer_email: 'ada@example.com' };
		await run({ agent: LEAD_SCOUT, inputs: byColumns() }, { items: [row] });
		expect(bodies()).toEqual([{ id: 'sc0ut01', company: 'Acme', detail: 'long' }]);
	});

	test('without saved fields they are read from the search, and a lost or a new input changes nothing else', async () => {
		const { run, sandbox } = await agents();
		const row = { company: 'Acme', motto: 'loud', remarks: 'none' };
		await run({ agent: LEAD_SCOUT, inputs: { mappingMode: 'autoMapInputData', value: null } }, { items: [row, row] });
		expect(sandbox.actions.map(({ name }) => name)).toEqual(['search', 'invoke_agent', 'invoke_agent']);
		expect(sandbox.actions[1]?.body).toEqual({ id: 'sc0ut01', company: 'Acme', market: 'EU', detail: 'short', remarks: 'none' });
		// a workflow that was saved when the agent had another input
		await run({ agent: LEAD_SCOUT, inputs: below({ company: 'Acme', motto: 'loud' }, SCOUT.slice(0, 3)) });
		expect(sandbox.actions.at(-1)?.body).toEqual({ id: 'sc0ut01', company: 'Acme' });
	});

	const TYPED = [
		field('company', { required: true }),
		field('size', { type: 'number' }),
		field('tags', { type: 'array' }),
		field('market', { type: 'options', options: ['EU', 'US'].map((value) => ({ name: value, value })) }),
	];
	const ONE = { company: '={{ $json.firm }}', size: '={{ $json.size }}', tags: '={{ $json.tags }}', market: '={{ $json.market }}' };

	needs('rawInputs').each<[string, unknown]>([
		['ID', typed('sc0ut01')],
		['URL', typed('https://agent.ai/agent/lead-scout', 'url')],
		['name, written by hand', 'sc0ut01'],
	])('an agent by its %s has the fields that the panel shows, with their types, and nothing is asked', async (_what, agent) => {
		const { run, names, bodies } = await agents();
		const rows = [{ firm: 'Acme', size: '5', tags: 'a, b', market: 'US' }, { firm: '' }, { firm: 'Bolt', market: 'Mars' }];
		const { items } = await run({ agent, inputs: below(ONE, TYPED) } as IDataObject, { items: rows });
		expect(names()).toEqual(['invoke_agent']);
		expect(bodies()[0]).toMatchObject({ company: 'Acme', size: 5, tags: ['a', 'b'], market: 'US' });
		expect(items.slice(1).map(({ json }) => (json.error as IDataObject).message)).toEqual([
			'The input “company” is empty',
			expect.stringContaining('“market” must be one of EU, US'),
		]);
	});

	test('mapped automatically, an agent by its ID has the inputs that it has by now, whatever was saved', async () => {
		const { run, names, bodies } = await agents();
		await run({ agent: typed('t0pic04'), inputs: byColumns([field('subject')]) }, { items: [{ subject: 'old', topic: 'tea' }] });
		expect(names()).toEqual(['describe_agent', 'invoke_agent']);
		expect(bodies()[1]).toEqual({ id: 't0pic04', topic: 'tea' });
	});

	test('fields that were saved for another agent are none of one that an expression chooses', async () => {
		const { run, names, bodies } = await agents();
		const row = { agent: 't0pic04', topic: 'tea', company: 'Acme' };
		await run({ agent: typed('={{ $json.agent }}'), inputs: byColumns(TYPED) }, { items: [row] });
		expect(names()).toEqual(['describe_agent', 'invoke_agent']);
		expect(bodies()[1]).toEqual({ id: 't0pic04', topic: 'tea' });
	});

	test('as JSON they go out as typed', async () => {
		const { run, bodies } = await agents();
		await run({ agent: LEAD_SCOUT, inputsMode: 'json', inputsJson: '{"company":"Acme","detail":"long","deep":{"a":[1]}}' });
		await run(
			{ agent: LEAD_SCOUT, inputsMode: 'json', inputsJson: '={{ { company: $json.firm, id: "another" } }}' },
			{ items: [{ firm: 'Bolt' }] },
		);
		expect(bodies()).toEqual([
			{ id: 'sc0ut01', company: 'Acme', detail: 'long', deep: { a: [1] } },
			{ id: 'sc0ut01', company: 'Bolt' },
		]);
	});

	test('two agents in one run, by expression: the names come from describe_agent, once for each, and are kept', async () => {
		const { run, sandbox } = await agents();
		const parameters = { agent: typed('={{ $json.agent }}'), inputs: byColumns([]) };
		const items = ['sc0ut01', 't0pic04', 'sc0ut01'].map((agent) => ({ agent, company: 'Acme', topic: 'tea', id: 9 }));
		await run(parameters, { items });
		await run(parameters, { items: items.slice(0, 2) });
		expect(sandbox.actions.filter(({ name }) => name === 'describe_agent').map(({ body }) => body)).toEqual([
			{ agent_id: 'sc0ut01' },
			{ agent_id: 't0pic04' },
		]);
		expect(sandbox.agents.runs).toHaveLength(5);
		expect(sandbox.actions.filter(({ name }) => name === 'invoke_agent').map(({ body }) => body)).toEqual(
			['sc0ut01', 't0pic04', 'sc0ut01', 'sc0ut01', 't0pic04'].map((id) =>
				id === 'sc0ut01' ? { id, company: 'Acme' } : { id, topic: 'tea' },
			),
		);
	});

	test('an agent that is not there is asked for once, and fails its rows', async () => {
		const { run, names } = await agents();
		const { items } = await run({ agent: typed('nobody'), inputs: byColumns([]) }, { items: [{}, {}, {}] });
		expect(names()).toEqual(['describe_agent']);
		for (const { json } of items) expect(JSON.stringify(json.error)).toContain('Agent not found');
	});

	test.each([
		['https://agent.ai/agent/lead-scout'],
		['https://agent.ai/agent/lead-scout/'],
		['https://agent.ai/agent/lead-scout?ref=mail'],
		['https://www.agent.ai/agent/lead-scout#top'],
	])('by the URL of its page: %s', async (page) => {
		const { run, bodies } = await agents();
		await run({ agent: typed(page, 'url'), inputsMode: 'json', inputsJson: '{"company":"Acme"}' });
		expect(bodies()).toEqual([{ id: 'lead-scout', company: 'Acme' }]);
	});

	test('an address that is no agent’s is refused without being repeated', async () => {
		const { run, bodies } = await agents();
		for (const address of [
			'https://example.com/agent/lead-scout',
			'https://agent.ai/profile/x',
			'https://agent.ai/agent/a/b?key=s3cret-key',
		]) {
			const { everything } = await run({ agent: '={{ $json.at }}' }, { items: [{ at: address }] });
			expect(everything).toContain('not that of an agent’s page or webhook');
		}
		expect(bodies()).toEqual([]);
	});
});

describe('Message', () => {
	const HOUSE_RULES = { agent: fromList('kn0w02', 'House Rules'), inputs: below({}, []) };

	test('goes to an agent without inputs', async () => {
		const { run, sandbox } = await agents();
		const message = { user_input: 'When is the quiet hour?', options: { run_id: 'conv-1' } };
		await run({ ...HOUSE_RULES, ...message });
		await run({ agent: typed('opening-hours'), ...message });
		expect(sandbox.actions.filter(({ name }) => name === 'invoke_agent').map(({ body }) => body)).toEqual([
			{ id: 'kn0w02', user_input: 'When is the quiet hour?', run_id: 'conv-1' },
			{ id: 'opening-hours', user_input: 'When is the quiet hour?', run_id: 'conv-1' },
		]);
	});

	test.each(['left over', '={{ $json.gone }}'])('that was typed before another agent was chosen stays here: %s', async (user_input) => {
		const { run, bodies } = await agents();
		await run({
			agent: fromList('t0pic04', 'Topic Digest'),
			inputs: below({ topic: 'tea' }, [field('topic', { required: true })]),
			user_input,
		});
		expect(bodies()).toEqual([{ id: 't0pic04', topic: 'tea' }]);
	});

	test('items of one conversation are sent one after another, in their order, and others do not wait for them', async () => {
		const { run, sandbox } = await agents();
		for (const agent of sandbox.agents.agents) if (agent.id === 'kn0w02') Object.assign(agent, { latencyMs: 30 });
		await run(
			{ ...HOUSE_RULES, user_input: '={{ $json.q }}', options: { run_id: '={{ $json.conv }}' } },
			{ items: ['a1 A', 'b1 B', 'a2 A', 'b2 B'].map((row) => ({ q: row.slice(0, 2), conv: row.slice(3) })) },
		);
		expect(sandbox.agents.runs.map(({ inputs }) => inputs.user_input)).toEqual(['a1', 'b1', 'a2', 'b2']);
		expect([...sandbox.agents.mostAtOnce.values()]).toEqual([1, 1]);
		expect(sandbox.maxInFlight).toBe(2);
	});
});

describe('a conversation or a message in another place', () => {
	test.each([
		['the inputs as JSON', { resource: 'agent', operation: 'run', agent: 'kn0w02', inputsMode: 'json' }],
		['the inputs of the action', { resource: 'action', operation: 'run', actionName: 'invoke_agent', inputsMode: 'json' }],
	])('a run_id in %s makes a conversation too', async (_where, parameters) => {
		const { run, sandbox } = await agents();
		for (const agent of sandbox.agents.agents) if (agent.id === 'kn0w02') Object.assign(agent, { latencyMs: 30 });
		const inputsJson = '={{ { id: "kn0w02", user_input: $json.q, run_id: $json.conv } }}';
		const items = ['a1 A', 'b1 B', 'a2 A', 'b2 B'].map((row) => ({ q: row.slice(0, 2), conv: row.slice(3) }));
		await run({ ...parameters, inputsJson }, { items });
		expect(sandbox.agents.runs.map(({ inputs }) => inputs.user_input)).toEqual(['a1', 'b1', 'a2', 'b2']);
		expect([...sandbox.agents.mostAtOnce.values()]).toEqual([1, 1]);
		expect(sandbox.maxInFlight).toBe(2);
	});

	test('a message whose expression gives nothing is not sent: the run would be paid', async () => {
		const { run, bodies } = await agents();
		const { items } = await run(
			{ agent: fromList('kn0w02', 'House Rules'), inputs: below({}, []), user_input: '={{ $json.q }}' },
			{ items: [{ q: 'When?' }, { q: '' }, { q: '  ' }] },
		);
		expect(bodies().filter(({ id }) => id !== undefined)).toHaveLength(1);
		expect(items.slice(1).map(({ json }) => (json.error as { message: string }).message)).toEqual(['Message is empty', 'Message is empty']);
	});
});

describe('the item of an agent’s answer', () => {
	const DIGEST = { agent: fromList('t0pic04', 'Topic Digest'), inputs: below({ topic: '={{ $json.firm }}' }, [field('topic')]) };
	const items = [{ firm: 'Acme', id: 7 }];

	test.each([
		['plain', {}, { status: 200, response: 'In short: Acme', run_id: 'run-1' }],
		['Simplify', { simplify: true }, { response: 'In short: Acme', run_id: 'run-1' }],
		[
			'Include Input Fields',
			{ options: { includeInputFields: true } },
			{ firm: 'Acme', id: 7, response: 'In short: Acme', run_id: 'run-1' },
		],
	])('is the answer as it came, run_id included: %s', async (_form, parameters, json) => {
		const { run } = await agents();
		expect((await run({ ...DIGEST, ...parameters }, { items })).items[0]?.json).toEqual(json);
	});

	test('an object keeps its 0 and its null', async () => {
		const { run } = await agents();
		const { items: written } = await run({ agent: typed('dr4ft05'), inputs: byColumns([]) }, { items: [{ about: 'x' }] });
		expect(written[0]?.json).toEqual({ status: 200, response: { draft: 'Draft on x', notes: null, words: 0 }, run_id: 'run-1' });
	});

	test('the body’s status counts, and a text that begins with “Error:” is an answer', async () => {
		const { run, sandbox } = await agents();
		const { items: given } = await run(
			{ agent: typed('br0ken08'), inputs: byColumns([]) },
			{ items: ['body', 'text', 'refused'].map((how) => ({ how })) },
		);
		expect(given[0]?.json.error).toMatchObject({ description: expect.stringContaining('The workflow stopped at step 3.') as string });
		expect(given[1]?.json).toMatchObject({ response: 'Error: no such company is known to me.' });
		expect(given[2]?.json.error).toMatchObject({ description: expect.stringContaining('The agent may not read this page.') as string });
		expect(sandbox.agents.runs).toHaveLength(3);
	});

	test('what may have run is not run again, unless that does no harm', async () => {
		const { run, sandbox } = await agents();
		const broken = { agent: typed('br0ken08'), inputs: byColumns([]), options: { maxTries: 2 } };
		await run(broken, { items: [{ how: 'http' }] });
		expect(sandbox.agents.runs).toHaveLength(1);
		await run({ ...broken, options: { maxTries: 2, retryUncertainFailures: true } }, { items: [{ how: 'http' }] });
		expect(sandbox.agents.runs).toHaveLength(3);
	});
});

describe('Get Many', () => {
	test('over 230 agents takes three pages, and gives an item for each', async () => {
		const { run, bodies } = await agents({ fillerAgents: 222 });
		const { items } = await run({ operation: 'getAll', returnAll: true });
		expect(bodies()).toEqual([0, 1, 2].map((page) => ({ status: 'public', limit: 100, page })));
		expect(items).toHaveLength(230);
		expect(new Set(items.map(({ json }) => json.id)).size).toBe(230);
		expect(items[0]?.json).toEqual({
			id: 'sc0ut01',
			name: 'Lead Scout',
			description: expect.stringContaining('Looks a company up.') as string,
			type: 'workflow',
			status: 'public',
			url: 'https://agent.ai/agent/lead-scout',
			inputs: 'company, market, detail, remarks',
			executions: 120,
			reviews_score: 4.5,
			updated_at: 'Tue, 03 Feb 2026 10:00:00 GMT',
		});
	});

	test.each<[string, string, string]>([
		['Get Many: a page', 'getAll', '"Internal error"'],
		['Get Many: a page', 'getAll', '{"message":"overloaded"}'],
		['Get', 'get', 'null'],
		['Get', 'get', '"Internal error"'],
	])('%s (%s) that holds no agents is a failure, and no list that ends there: %s', async (_what, operation, response) => {
		const entries = Array.from({ length: 100 }, (_, n) => ({ function: { metadata: { id: `a${n}`, name: `A${n}` } } }));
		const isWhole = (body: string) => operation === 'getAll' && (JSON.parse(body) as { page: number }).page === 0;
		const server = await WireServer.start((body) => ({
			body: isWhole(body) ? JSON.stringify({ status: 200, response: entries }) : `{"status":200,"response":${response}}`,
		}));
		const { items } = await runNode({
			credential: { apiToken: `token-${crypto.randomUUID()}`, baseUrl: server.baseUrl },
			parameters: { resource: 'agent', operation, agent: 'a0', returnAll: true, options: { maxTries: 1 } },
			onError: 'continueRegularOutput',
		});
		expect(items.map(({ json }) => (json.error as IDataObject | undefined)?.message)).toEqual([
			'The response is not in the format of agent.ai',
		]);
	});

	test('asks for no more than the limit, and for what was typed', async () => {
		const { run, bodies } = await agents({ fillerAgents: 222 });
		expect((await run({ operation: 'getAll', limit: 120 })).items).toHaveLength(120);
		expect((await run({ operation: 'getAll', limit: 3, query: ' digest ', visibility: 'all' })).items.map(({ json }) => json.name)).toEqual(
			['Topic Digest', 'Weekly Digest'],
		);
		expect(bodies()).toEqual([
			{ status: 'public', limit: 100, page: 0 },
			{ status: 'public', limit: 100, page: 1 },
			{ query: 'digest', status: 'all', limit: 3, page: 0 },
		]);
	});

	test('gives the entry as it came without Simplify, sorted where that is wanted', async () => {
		const { run } = await agents();
		const { items } = await run({ operation: 'getAll', returnAll: true, simplify: false, options: { sortBy: 'executions' } });
		expect(items[0]?.json).toMatchObject({ type: 'function', function: { name: 'invoke_agent_t0pic04', metadata: { executions: 310 } } });
		const byName = await run({ operation: 'getAll', returnAll: true, options: { sortBy: 'name' } });
		const names = byName.items.map(({ json }) => json.name as string);
		expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
	});

	test('keeps the row beside each agent, and links each to it', async () => {
		const { run } = await agents();
		const { items } = await run(
			{ operation: 'getAll', query: '={{ $json.q }}', options: { includeInputFields: true } },
			{ items: [{ q: 'scout', id: 1 }, { q: 'nothing like it' }, { q: 'digest' }] },
		);
		expect(items.map(({ json, pairedItem }) => [(json.response as IDataObject).name, json.id, pairedItem])).toEqual([
			['Lead Scout', 1, { item: 0 }],
			['Topic Digest', undefined, { item: 2 }],
		]);
	});

	test('keeps to the rate limit with its pages', async () => {
		const { run, sandbox } = await agents({ fillerAgents: 300, rateLimit: 2, rateWindowMs: 1_500 });
		expect((await run({ operation: 'getAll', returnAll: true })).items).toHaveLength(308);
		expect(sandbox.rateLimit?.refused).toBeLessThanOrEqual(1);
	});
});

describe('the tool form of Get Many and Get', () => {
	const SELECTED = { output: 'selectedFields', fields: ['id', 'inputs'] };
	/** The node as n8n makes a tool of it: parameters are shown by the type's name. */
	const nodeType: INodeType = new AgentAi();
	nodeType.description = { ...nodeType.description, name: 'agentAiTool' };

	needs('toolForm').each<[what: string, form: IDataObject, searched: string[], described: string[]]>([
		['the chosen fields', SELECTED, ['id', 'inputs'], ['id', 'inputs']],
		['the ten that matter', { output: 'simplified' }, TEN_SEARCHED, TEN_DESCRIBED],
		['all as it came', { output: 'raw' }, ['type', 'function'], ['agent', 'inputs', 'outputs']],
		// the switch of the other form, which may have been saved before
		['the ten that matter, although Simplify is off', { output: 'simplified', simplify: false }, TEN_SEARCHED, TEN_DESCRIBED],
	])('gives a model %s', async (_what, form, searched, described) => {
		const { run } = await agents();
		const found = await run({ operation: 'getAll', query: 'scout', ...form }, { nodeType });
		expect(Object.keys(found.items[0]?.json ?? {})).toEqual(searched);
		const { items } = await run({ operation: 'get', agent: typed('sc0ut01'), ...form }, { nodeType });
		expect(Object.keys(items[0]?.json ?? {})).toEqual(described);
	});

	needs('toolForm')('refuses to give no field at all', async () => {
		const { run, bodies } = await agents();
		for (const operation of [{ operation: 'getAll' }, { operation: 'get', agent: typed('sc0ut01') }]) {
			const { items } = await run({ ...operation, ...SELECTED, fields: [] }, { nodeType });
			expect(items[0]?.json.error).toMatchObject({ message: expect.stringContaining('Fields is empty') as string });
		}
		expect(bodies()).toEqual([]);
	});
});

describe('Get', () => {
	test('gives ten flat fields, or all', async () => {
		const { run, bodies } = await agents();
		const { items } = await run({ operation: 'get', agent: typed('https://agent.ai/agent/lead-scout', 'url') });
		expect(bodies()).toEqual([{ agent_id: 'lead-scout' }]);
		expect(items[0]?.json).toEqual({
			id: 'sc0ut01',
			name: 'Lead Scout',
			description: expect.any(String) as string,
			type: 'workflow',
			status: 'public',
			url: 'https://agent.ai/agent/lead-scout',
			inputs: 'company, market, detail, remarks',
			outputs: 'profile',
			executions: 120,
			updated_at: '2026-02-03T10:00:00Z',
		});
		const whole = await run({ operation: 'get', agent: typed('sc0ut01'), simplify: false });
		expect(whole.items[0]?.json).toMatchObject({
			agent: { id: 'sc0ut01', review: { count: 4 } },
			inputs: ['company', 'market', 'detail', 'remarks'],
		});
	});

	test('says which agent is not there', async () => {
		const { run } = await agents();
		expect(JSON.stringify((await run({ operation: 'get', agent: typed('nobody') })).items[0]?.json)).toContain('Agent not found');
	});
});

describe('by webhook', () => {
	const KEY = 'k-0001-lead-scout';
	const inputs = { inputsMode: 'json', inputsJson: '{"company":"Acme"}' };

	test('the inputs go to the address, without a token and without an id, and the address comes out nowhere', async () => {
		const { run, sandbox } = await agents();
		const url = `${sandbox.baseUrl}/agent/sc0ut01/webhook/${KEY}`;
		const { items, everything } = await run({ agent: '={{ $json.hook }}', ...inputs }, { items: [{ hook: url }] });
		expect(items[0]?.json).toMatchObject({ response: { company: 'Acme' } });
		expect(sandbox.webhookCalls).toMatchObject([{ method: 'POST', body: { company: 'Acme' } }]);
		expect(sandbox.webhookCalls[0]?.headers).not.toHaveProperty('authorization');
		expect(sandbox.actions).toEqual([]);
		expect(items.map(({ json }) => JSON.stringify(json)).join()).not.toContain(KEY);
		expect(everything.split(KEY).length).toBeLessThanOrEqual(3); // the row's own, twice
	});

	test('an address that the server echoes in an error is hidden, in the error’s copy of the node too', async () => {
		const { run, sandbox } = await agents();
		for (const onError of ['stopWorkflow', 'continueRegularOutput'] as const) {
			const key = 'k-9999-unknown';
			const agent = typed(`${sandbox.baseUrl}/agent/sc0ut01/webhook/${key}`, 'webhook');
			const result = await run({ agent, ...inputs }, { onError });
			const shown = JSON.stringify([result.items, result.error, result.hints, result.log]);
			expect(shown).not.toContain(key);
			expect(shown).toContain('The webhook of the agent was not found');
			expect(JSON.stringify(result.error?.context ?? {})).not.toContain(key);
		}
	});

	needs('workflowSettings')(
		'one that does not answer is let go when the node ends before the workflow’s timeout',
		async () => {
			const { run } = await agents();
			let left: (() => void) | undefined;
			const hasLeft = new Promise<void>((resolve) => (left = resolve));
			const server = createServer((_request, response) => void response.on('close', () => left?.()));
			await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
			const agent = typed(`http://127.0.0.1:${portOf(server)}/v1/agent/sc0ut01/webhook/${KEY}`, 'webhook');
			const { items } = await run({ agent, ...inputs }, { executionTimeout: 2 });
			await hasLeft;
			server.close();
			expect(items[0]?.json).toMatchObject({ error: { message: 'The workflow is about to time out' } });
		},
		20_000,
	);

	test('an answer that comes later is waited for', async () => {
		const { run, sandbox } = await agents();
		const agent = typed(`${sandbox.baseUrl}/agent/sl0w07/webhook/k-0007-deep-research/async`, 'webhook');
		const { items } = await run({ agent, inputsMode: 'json', inputsJson: '{"question":"why"}' });
		expect(items[0]?.json).toMatchObject({ response: 'A long report on why' });
		const calls = sandbox.webhookCalls.map(({ method, url }) => `${method} ${url.split('/').slice(6).join('/')}`);
		expect(calls[0]).toBe('POST async');
		expect(calls.filter((call) => call.startsWith('POST'))).toHaveLength(1);
		expect(calls.at(-1)).toBe('GET status/r-1');
		// the run that goes on already, by its own address
		const again = await run({
			agent: typed(`${sandbox.baseUrl}/agent/sl0w07/webhook/k-0007-deep-research/status/r-1`, 'webhook'),
			...inputs,
		});
		expect(again.items[0]?.json).toMatchObject({ response: 'A long report on why' });
	});

	test('of a host that is not there fails its own rows alone', async () => {
		const { run, sandbox } = await agents();
		const hooks = ['http://127.0.0.1:9/v1/agent/a/webhook/k-1234567', `${sandbox.baseUrl}/agent/sc0ut01/webhook/${KEY}`];
		const { items } = await run(
			{ agent: '={{ $json.hook }}', ...inputs, options: { maxTries: 1 } },
			{ items: [...hooks, ...hooks].map((hook) => ({ hook })) },
		);
		expect(items.map(({ json }) => (json.error ? 'failed' : 'answered'))).toEqual(['failed', 'answered', 'failed', 'answered']);
		expect(items[0]?.json.error).toMatchObject({ message: 'Couldn’t connect to the webhook URL' });
	});

	test('its limit is waited for, and holds back nobody who asks the account', async () => {
		const { run } = await agents();
		const at: number[] = [];
		const server = await WireServer.start((_body, number) => {
			at.push(performance.now());
			return number === 1
				? { status: 429, headers: { 'retry-after': '1' }, body: '{"error":"slow down"}' }
				: { body: '{"status":200,"response":"done"}' };
		});
		const hook = `${server.baseUrl}/agent/sc0ut01/webhook/${KEY}`;
		const { items } = await run(
			{ agent: '={{ $json.hook }}', ...inputs, options: { maxTries: 1, includeRequestInfo: true } },
			{ items: [{ hook }, { hook: 'sc0ut01' }] },
		);
		expect(items.map(({ json }) => json.error)).toEqual([undefined, undefined]);
		expect(at).toHaveLength(2);
		const waited = items.map(({ json }) => (json.request as IDataObject).waitedForLimitMs);
		expect(waited).toEqual([expect.any(Number), undefined]);
	});

	test('one that refuses its key is not asked by every row', async () => {
		const { run } = await agents();
		const server = await WireServer.start({ status: 401, body: '{"error":"wrong key"}' });
		const agent = typed(`${server.baseUrl}/agent/sc0ut01/webhook/${KEY}`, 'webhook');
		const { items } = await run(
			{ agent, ...inputs, options: { maxConcurrency: 1 } },
			{ items: Array.from({ length: 20 }, (_none, row) => ({ row })) },
		);
		const errors = items.map(({ json }) => (json.error as IDataObject).message);
		expect(errors).toEqual(errors.map(() => expect.stringContaining('The webhook of the agent was not found') as string));
		expect(server.requests.length).toBeLessThan(3);
	});

	describe('a run that was started', () => {
		const START = { body: '{"status":202,"run_id":"r-1"}' };
		/** What becomes of one whose questions get these answers, the last again and again. */
		const ask = async (...answers: WireAnswer[]) => {
			const { run } = await agents();
			const calls: string[] = [];
			const server = await WireServer.start((_body, number, path) => {
				calls.push(path.split('/').slice(6).join('/'));
				return number === 1 ? START : answers[Math.min(number - 2, answers.length - 1)]!;
			});
			const agent = typed(`${server.baseUrl}/agent/sc0ut01/webhook/${KEY}/async`, 'webhook');
			const { items } = await run({ agent, ...inputs, options: { timeout: 8 } });
			return { json: items[0]!.json, error: items[0]?.json.error as IDataObject | undefined, calls };
		};

		test.each([
			['in words', { run_id: 'r-1', status: 'failed', error: 'Out of memory' }, 'Out of memory'],
			['by its state alone', { run_id: 'r-1', status: 'failed' }, 'failed'],
			['with an empty response', { run_id: 'r-1', state: 'expired', response: null }, 'expired'],
			['by an error', { run_id: 'r-1', error: 'Out of memory' }, 'Out of memory'],
		])('and failed, as it says %s, is not waited for', async (_how, body, said) => {
			const { error, calls } = await ask({ body: JSON.stringify(body) });
			expect(error).toMatchObject({ message: 'agent.ai could not complete the request' });
			expect(error?.description).toContain(said);
			expect(calls).toEqual(['async', 'status/r-1']);
		});

		test.each([401, 403, 404])('and whose answer is refused (%s) may have done its work', async (status) => {
			const { error } = await ask({ status, body: '{"error":"no"}' });
			expect(error).toMatchObject({ message: expect.stringContaining('The webhook of the agent was not found') as string });
			expect(error?.description).toContain('may already have done the work');
			expect(error).not.toHaveProperty('sendAgain');
		});

		test('is asked for no sooner than the server says', async () => {
			const busy = { status: 429, headers: { 'retry-after': '4' }, body: '{"error":"slow down"}' };
			const done = { body: '{"status":200,"response":"done"}' };
			const startedAt = performance.now();
			const { json, calls } = await ask(busy, done);
			expect(json).toMatchObject({ response: 'done' });
			expect(calls).toEqual(['async', 'status/r-1', 'status/r-1']);
			expect(performance.now() - startedAt).toBeGreaterThan(3_900);
		}, 20_000);
	});
});
