import type { SandboxOptions } from '../../sandbox/server.mts';
import { startSandbox } from '../support/sandbox.mts';

type Body = Record<string, unknown>;

async function opened(options: SandboxOptions = {}) {
	const sandbox = await startSandbox({ longestRunMs: 20, ...options });
	const call = async (method: string, url: string, body?: Body, token?: string) => {
		const response = await fetch(url, {
			method,
			headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
			...(body ? { body: JSON.stringify(body) } : {}),
		});
		const text = await response.text();
		return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Body };
	};
	return {
		sandbox,
		action: async (name: string, body: Body) => await call('POST', `${sandbox.baseUrl}/action/${name}`, body, sandbox.options.apiToken),
		webhook: async (method: string, path: string, body?: Body) => await call(method, `${sandbox.baseUrl}/agent/${path}`, body),
	};
}

const names = ({ body }: { body: Body }) =>
	(body.response as { function: { metadata: { name: string } } }[]).map((entry) => entry.function.metadata.name);

describe('search', () => {
	test('gives agents in pages counted from 0, public ones unless another kind is asked for', async () => {
		const { action } = await opened({ fillerAgents: 222 });
		const pages = await Promise.all([0, 1, 2].map(async (page) => names(await action('search', { limit: 100, page }))));
		expect(pages.map((page) => page.length)).toEqual([100, 100, 30]);
		expect(pages[0]).not.toContain('My Drafts');
		expect(names(await action('search', {}))).toHaveLength(10);
	});

	test.each([
		[{ query: 'SCOUT' }, ['Lead Scout']],
		[{ query: 'handbook' }, ['House Rules']],
		[{ status: 'private' }, ['My Drafts']],
		[{ status: 'team', query: 'digest' }, ['Weekly Digest']],
		[{ status: 'all', query: 'digest' }, ['Topic Digest', 'Weekly Digest']],
	])('finds by %j', async (body, found) => {
		const { action } = await opened();
		expect(names(await action('search', body))).toEqual(found);
	});

	test('refuses a page that is too long, and a name that it does not know', async () => {
		const { action } = await opened();
		expect((await action('search', { limit: 101 })).status).toBe(400);
		expect((await action('search', { status: 'mine' })).status).toBe(400);
		expect((await action('search', { id: 'sc0ut01' })).status).toBe(400);
	});
});

test('describe_agent answers at top level, by id and by slug', async () => {
	const { action } = await opened();
	for (const agent_id of ['sc0ut01', 'lead-scout']) {
		const { body } = await action('describe_agent', { agent_id });
		expect(body).toMatchObject({
			status: 200,
			agent: { id: 'sc0ut01', human_id: 'lead-scout', url: 'https://agent.ai/agent/lead-scout' },
			inputs: ['company', 'market', 'detail', 'remarks'],
			outputs: ['profile'],
		});
		expect(body).not.toHaveProperty('response');
	}
	expect((await action('describe_agent', { agent_id: 'nobody' })).body).toMatchObject({ status: 404, error: 'Agent not found' });
});

describe('invoke_agent', () => {
	test('takes the inputs beside the id, and fills in defaults', async () => {
		const { action, sandbox } = await opened();
		const { body } = await action('invoke_agent', { id: 'lead-scout', company: 'Acme' });
		expect(body).toMatchObject({ status: 200, response: { company: 'Acme', market: 'EU' }, run_id: 'run-1' });
		expect(sandbox.agents.runs).toEqual([{ id: 'sc0ut01', inputs: { company: 'Acme' } }]);
	});

	test('says in the body what is missing, and keeps the HTTP status at 200', async () => {
		const { action } = await opened();
		expect(await action('invoke_agent', { id: 'sc0ut01' })).toMatchObject({
			status: 200,
			body: { status: 400, error: 'Input company is not provided.', response: null },
		});
		expect((await action('invoke_agent', { id: 'br0ken08', how: 'http' })).status).toBe(500);
		expect((await action('invoke_agent', { id: 'br0ken08', how: 'text' })).body).toMatchObject({ status: 200 });
	});

	test('goes on with a conversation', async () => {
		const { action } = await opened();
		const first = await action('invoke_agent', { id: 'kn0w02', user_input: 'noise' });
		const second = await action('invoke_agent', { id: 'kn0w02', user_input: 'pets', run_id: first.body.run_id });
		expect(second.body).toEqual({ status: 200, response: 'Rule 2: pets', run_id: first.body.run_id });
	});
});

describe('a webhook', () => {
	test('takes no token: its address is the secret', async () => {
		const { webhook, sandbox } = await opened();
		const { body } = await webhook('POST', 'sc0ut01/webhook/k-0001-lead-scout', { company: 'Acme' });
		expect(body).toMatchObject({ status: 200, response: { company: 'Acme' } });
		expect(sandbox.webhookCalls[0]?.headers).not.toHaveProperty('authorization');
		expect((await webhook('POST', 'sc0ut01/webhook/wrong', { company: 'Acme' })).status).toBe(404);
		expect((await webhook('POST', 'kn0w02/webhook/k-0001-lead-scout', {})).status).toBe(404);
	});

	test('that is asynchronous gives a run, and its answer later', async () => {
		// long enough for the first question to come while it runs, on a busy machine too
		const { webhook } = await opened({ longestRunMs: 1_000 });
		const address = 'sl0w07/webhook/k-0007-deep-research';
		const { body } = await webhook('POST', `${address}/async`, { question: 'why' });
		const statuses: number[] = [];
		let last;
		do {
			last = await webhook('GET', `${address}/status/${String(body.run_id)}`);
			statuses.push(last.status);
		} while (last.status === 204);
		expect(statuses[0]).toBe(204);
		expect(last).toMatchObject({ status: 200, body: { response: 'A long report on why' } });
		expect((await webhook('GET', `${address}/status/other`)).status).toBe(404);
	});
});

test('files are there for everybody, under the address that the answers name', async () => {
	const { action, sandbox } = await opened();
	const { body } = await action('invoke_agent', { id: 'p1ctur09', prompt: 'a cat', pictures: '2' });
	const { images } = body.metadata as { images: { url: string }[] };
	expect(images).toHaveLength(2);
	for (const { url } of images) {
		const response = await fetch(url);
		expect(response.headers.get('content-type')).toBe('image/png');
		expect(url.startsWith(sandbox.origin)).toBe(true);
	}
	expect((await fetch(`${sandbox.origin}/files/1.exe`)).status).toBe(404);
});
