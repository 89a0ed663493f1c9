import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';

import { runNode } from '../support/engine.mts';

// its stand-ins for sockets must not reach the other tests of this process
afterAll(() => nock.restore());
afterEach(() => nock.cleanAll());

const SERVER = 'https://api-lr.agent.ai';

/** An agent as the documents of `search` show one. */
const ENTRY = {
	type: 'function',
	function: {
		name: 'invoke_agent_sc0ut01',
		description: 'Looks a company up.\n\nGive it a name.',
		metadata: {
			id: 'sc0ut01',
			slug: null,
			icon: 'https://example.com/i.png',
			name: 'Lead Scout',
			description: 'Looks a company up.\n\nGive it a name.',
			status: 'public',
			type: 'workflow',
			executions: 120,
			reviews_count: 4,
			reviews_score: 4.5,
			created_at: 'Mon, 02 Feb 2026 10:00:00 GMT',
			updated_at: 'Tue, 03 Feb 2026 10:00:00 GMT',
			score: 0.9,
		},
		parameters: {
			type: 'object',
			properties: { company: { type: 'string', description: 'Company name*: ' } },
			required: ['company'],
			additionalProperties: false,
		},
	},
};

interface Exchange {
	/** What the node's request held. */
	body: string;
	path: string;
	authorization: string | undefined;
	item: IDataObject | undefined;
}

/** Runs the node against one documented answer of agent.ai. */
async function exchange(parameters: IDataObject, answer: IDataObject): Promise<Exchange> {
	const sent: Omit<Exchange, 'item'>[] = [];
	nock(SERVER)
		.post(/.*/)
		.reply(function (path, body) {
			const { authorization } = this.req.headers as Record<string, string | undefined>;
			sent.push({ path, authorization, body: typeof body === 'string' ? body : JSON.stringify(body) });
			return [200, answer];
		});
	const { items, error } = await runNode({
		// an account of its own: nothing is known of it
		credential: { apiToken: `token-${crypto.randomUUID()}`, baseUrl: `${SERVER}/v1` },
		parameters: { resource: 'agent', ...parameters },
	});
	expect(error).toBeUndefined();
	expect(sent).toHaveLength(1);
	return { ...sent[0]!, item: items[0]?.json };
}

describe('search', () => {
	test('is asked with its four fields, and gives the entries as they came', async () => {
		const { path, body, authorization, item } = await exchange(
			{ operation: 'getAll', query: 'scout', visibility: 'team', limit: 7, simplify: false },
			{ status: 200, response: [ENTRY] },
		);
		expect([path, body]).toEqual(['/v1/action/search', '{"query":"scout","status":"team","limit":7,"page":0}']);
		expect(authorization).toMatch(/^Bearer token-/);
		expect(item).toEqual(ENTRY);
	});

	test('needs nothing: no text is no `query`', async () => {
		const { body, item } = await exchange({ operation: 'getAll', limit: 100 }, { status: 200, response: [ENTRY] });
		expect(body).toBe('{"status":"public","limit":100,"page":0}');
		// whose page agent.ai has not named
		expect(item).toMatchObject({ id: 'sc0ut01', name: 'Lead Scout', url: null, inputs: 'company' });
	});
});

test('describe_agent takes an id or a slug, and answers at top level', async () => {
	const beside = {
		agent: {
			id: 'sc0ut01',
			human_id: 'lead-scout',
			name: 'Lead Scout',
			description: 'Looks a company up.',
			url: 'https://agent.ai/agent/lead-scout',
			profile_url: 'https://agent.ai/profile/ada',
			icon: null,
			type: 'studio',
			status: 'public',
			tags: ['sales'],
			executions: 120,
			review: { count: 4, score: 4.5 },
			authors: ['ada'],
			created_at: '2026-02-02T10:00:00Z',
			updated_at: '2026-02-03T10:00:00Z',
		},
		inputs: ['company'],
		outputs: ['profile'],
		examples: [{ company: 'Acme' }],
	};
	const { path, body, item } = await exchange({ operation: 'get', agent: 'lead-scout', simplify: false }, { status: 200, ...beside });
	expect([path, body]).toEqual(['/v1/action/describe_agent', '{"agent_id":"lead-scout"}']);
	expect(item).toEqual(beside);
});

describe('invoke_agent', () => {
	const run = (parameters: IDataObject) => ({ operation: 'run', agent: 'sc0ut01', inputsMode: 'json', ...parameters });

	test('takes the inputs as top-level keys beside the id', async () => {
		const answer = { status: 200, response: { company: 'Acme', score: 0, notes: null }, run_id: 'run-7' };
		const { path, body, item } = await exchange(run({ inputsJson: '{"company":"Acme","market":"EU"}' }), answer);
		expect([path, body]).toEqual(['/v1/action/invoke_agent', '{"id":"sc0ut01","company":"Acme","market":"EU"}']);
		expect(item).toEqual(answer);
	});

	test('takes user_input and run_id where a conversation goes on, and its text is the answer', async () => {
		const answer = { status: 200, response: 'At nine.', run_id: 'conv-1' };
		const parameters = run({ inputsJson: '{"user_input":"When?"}', options: { run_id: 'conv-1' } });
		const { body, item } = await exchange(parameters, answer);
		expect(body).toBe('{"id":"sc0ut01","user_input":"When?","run_id":"conv-1"}');
		expect(item).toEqual(answer);
	});

	test('needs the id alone, whose name no input can take', async () => {
		expect((await exchange(run({ inputsJson: '' }), { status: 200, response: 'ok' })).body).toBe('{"id":"sc0ut01"}');
		expect((await exchange(run({ inputsJson: '{"id":"other"}' }), { status: 200, response: 'ok' })).body).toBe('{"id":"sc0ut01"}');
	});
});

test('a webhook takes the inputs alone, at its own address and without a token', async () => {
	const { path, body, authorization, item } = await exchange(
		{
			operation: 'run',
			agent: `${SERVER}/v1/agent/sc0ut01/webhook/k-0123456789`,
			inputsMode: 'json',
			inputsJson: '{"company":"Acme"}',
		},
		{ status: 200, response: 'A profile of Acme' },
	);
	expect([path, body]).toEqual(['/v1/agent/sc0ut01/webhook/k-0123456789', '{"company":"Acme"}']);
	expect(authorization).toBeUndefined();
	expect(item).toMatchObject({ response: 'A profile of Acme' });
});
