import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../sandbox/faults.mts';
import { calledAsTool } from '../support/calledAsTool.mts';
import { runNode } from '../support/engine.mts';
import { portOf } from '../support/port.mts';
import { runRows } from '../support/rows.mts';
import { credentialFor, startSandbox } from '../support/sandbox.mts';
import { claims } from '../support/sayings.mts';
import { scriptedAgent } from '../support/scripted.mts';
import { SubWorkflow } from '../support/subWorkflow.mts';

/** A sandbox that fails for some messages, which end in a number. */
const failingFor = async (fault: Fault, rows: (row: number) => boolean = () => true) =>
	await startSandbox({ fault: ({ message = '' }) => (rows(Number(/\d+$/.exec(message)?.[0])) ? fault : undefined) });

const errorOf = ({ json }: { json: IDataObject }) => json.error as { message: string; partialText?: string } | undefined;
const CONTINUE = { onError: 'continueRegularOutput' as const };

test('Hand Over Answers To: after every ten answers, with itemIndex, and no failed items', async () => {
	const [every = 0] = claims(
		/sends them to another workflow while the batch runs, after every (\d+) answers \(\*Hand Over Every\*\) or after a minute/,
	);
	claims('plus `itemIndex`, the number of the input item. Failed items are not handed over.');
	const table = new SubWorkflow();
	const sandbox = await failingFor('400', (row) => row === 2);
	const options = { handOverTo: { __rl: true, mode: 'list', value: 'other' }, maxConcurrency: 1 };
	await runRows(sandbox, 'row', every + 3, { ...CONTINUE, options, executeWorkflow: table.execute });
	expect(table.rows.map((rows) => rows.length)).toEqual([every, 2]);
	expect(table.rows.flat()).not.toContain(2);
});

test('Send Same Request Once, and Max Requests', async () => {
	claims('answers all items with the same request from one request');
	claims('If that request fails, it fails for all of them');
	claims('Maximum number of requests that one run sends, including retries and repairs. The remaining items are not sent');
	const same = { sameRequestOnce: true };
	const sandbox = await startSandbox();
	const asked = await runRows(sandbox, 'row', 6, { ...CONTINUE, parameters: { message: '={{ $itemIndex % 2 }}' }, options: same });
	expect([sandbox.requests.length, asked.items.map(errorOf)]).toEqual([2, new Array(6).fill(undefined)]);
	const failing = await failingFor('500');
	const failed = await runRows(failing, 'row', 3, { ...CONTINUE, parameters: { message: 'the same 1' }, options: same });
	expect([failing.requests.length, failed.items.filter((item) => errorOf(item)).length]).toEqual([1, 3]);
	const bounded = await failingFor('500');
	const { items } = await runRows(bounded, 'row', 6, {
		...CONTINUE,
		options: { maxRequests: 3, retryUncertainFailures: true, maxTries: 2, maxConcurrency: 1 },
	});
	expect(bounded.requests).toHaveLength(3);
	expect(errorOf(items[5]!)?.message).toContain('Max Requests');
});

test('Simplify, and names that cannot be used', async () => {
	claims('With *Simplify* the item is `{ "openclaw_result": { … } }` only');
	claims('`status`, `error` and `metadata` cannot be the output variable name');
	const sandbox = await startSandbox();
	const { items } = await runRows(sandbox, 'row', 1, { parameters: { simplify: true } });
	expect(Object.keys(items[0]!.json)).toEqual(['openclaw_result']);
	for (const name of ['status', 'error', 'metadata']) {
		const { error } = await runRows(sandbox, 'row', 1, { parameters: { output_variable_name: name } });
		expect(error?.message).toContain(`Output Variable Name cannot be “${name}”`);
	}
});

test('the answer in the item, with and without the input fields, linked to its input item', async () => {
	claims('{ "openclaw_result": { "response_text": "Hello Ada" }, "status": 200, "response": { "response_text": "Hello Ada" } }');
	claims('With *Include Input Fields* it is `{ …your fields, "openclaw_result": { … } }`');
	claims("Every item is linked to its input item, so `{{ $('Rows').item.json.customer }}` works in later nodes.");
	const run = async (options: IDataObject) => {
		const agent = await scriptedAgent(['Hello Ada']);
		return await runNode({
			credential: agent.credential,
			items: [{ customer: 'Ada' }],
			downstreamReads: "={{ $('Rows').item.json.customer }}",
			parameters: { message: 'hi', options },
		});
	};
	const { items, downstream } = await run({});
	const answer = expect.objectContaining({ response_text: 'Hello Ada' }) as object;
	expect(items[0]?.json).toEqual({ openclaw_result: answer, status: 200, response: answer });
	expect(downstream[0]?.json.read).toBe('Ada');
	expect((await run({ includeInputFields: true })).items[0]?.json).toEqual({ customer: 'Ada', openclaw_result: answer });
});

test('one credential for many customers: each item with its own token, and one that cannot be used fails alone', async () => {
	claims('Each item is then sent with its own token, instance and Base URL');
	claims('An item whose credential cannot be used fails alone.');
	const sandbox = await startSandbox({ accounts: ['token-of-a', 'token-of-b'] });
	const { items } = await runNode({
		credential: { ...credentialFor(sandbox), apiToken: '={{ $json.token }}' },
		items: [{ token: 'token-of-a' }, { token: '' }, { token: 'token-of-b' }],
		parameters: { message: 'hi', options: { maxConcurrency: 1 } },
		...CONTINUE,
	});
	expect(sandbox.tokens).toEqual(['token-of-a', 'token-of-b']);
	expect(items.map((item) => errorOf(item) !== undefined)).toEqual([false, true, false]);
});

test('Allowed HTTP Request Domains is respected', async () => {
	claims('*Allowed HTTP Request Domains* is respected.');
	const sandbox = await startSandbox();
	const run = async (allowedDomains: string) =>
		await runNode({
			credential: { ...credentialFor(sandbox), allowedHttpRequestDomains: 'domains', allowedDomains },
			parameters: { message: 'hi' },
			...CONTINUE,
		});
	expect([errorOf((await run('example.com')).items[0]!) !== undefined, sandbox.requests.length]).toEqual([true, 0]);
	expect(errorOf((await run('127.0.0.1')).items[0]!)).toBeUndefined();
});

const COMPANY = { field: [{ name: 'employees', type: 'number', required: true }] };

test('Output Fields: a value is taken when it can mean one thing only, and is asked for once more otherwise', async () => {
	claims('`"3"` is a number, `"yes"` is true, `"1 March 2026"` is `2026-03-01`, a choice is spelled as you spelled it.');
	claims('`"about 40"`, `"3.5 %"`, `"1,200"` (1200 here, 1.2 there) and `"03/04/2026"` are asked for again.');
	const read = async (field: IDataObject, value: string) => {
		const agent = await scriptedAgent([JSON.stringify({ x: value })]);
		const outputFields = { field: [{ name: 'x', required: true, ...field }] };
		const { items } = await runNode({
			credential: agent.credential,
			parameters: { message: 'hi', options: { outputFields } },
			...CONTINUE,
		});
		return [(items[0]?.json.openclaw_result as IDataObject).x, agent.asked.length];
	};
	expect(await read({ type: 'number' }, '3')).toEqual([3, 1]);
	expect(await read({ type: 'boolean' }, 'yes')).toEqual([true, 1]);
	expect(await read({ type: 'date' }, '1 March 2026')).toEqual(['2026-03-01', 1]);
	expect(await read({ choices: 'Red, Green' }, 'green')).toEqual(['Green', 1]);
	for (const [type, value] of [
		['number', 'about 40'],
		['number', '3.5 %'],
		['number', '1,200'],
		['date', '03/04/2026'],
	] as const) {
		expect([value, ...(await read({ type }, value))]).toEqual([value, null, 2]);
	}
});

test('Max Repairs: once unless set; what never fits keeps the text, or fails the item', async () => {
	const [attempts = 0] = claims(/\*\*What doesn't fit is asked for once more\*\* \(\*Max Repairs\*, (\d+) unless you set it\)/);
	claims('*Keep Text*: the first answer stays as `response_text`, all columns are `null`, and `response_json_error` says why.');
	claims('the item says `repairs` and the `first_response_text`.');
	const run = async (script: string[], options: IDataObject = {}) => {
		const agent = await scriptedAgent(script);
		const all = { outputFields: COMPANY, ...options };
		const { items } = await runNode({ credential: agent.credential, parameters: { message: 'hi', options: all }, ...CONTINUE });
		return { asked: agent.asked.length, answer: items[0]?.json.openclaw_result as IDataObject | undefined, error: errorOf(items[0]!) };
	};
	const kept = await run(['first', 'second', 'third']);
	expect(kept.asked).toBe(1 + attempts);
	expect(kept.answer).toMatchObject({ response_text: 'first', employees: null, response_json_error: expect.any(String) as string });
	expect((await run(['first', '{"employees":3}'])).answer).toMatchObject({ employees: 3, repairs: 1, first_response_text: 'first' });
	expect((await run(['first'], { onInvalidJson: 'fail' })).error).toMatchObject({ partialText: 'first' });
});

test('sessions: one after another, the same under each of their spellings; others in parallel', async () => {
	claims('Items with the same *Session Key* are sent one after another, in their order; items of other sessions run in parallel.');
	claims('`Conv1`, ` conv1 ` and `agent:main:conv1` are the same session');
	const sandbox = await startSandbox({ latencyMs: 20 });
	const keys = ['Conv1', ' conv1 ', 'agent:main:conv1'];
	const items = keys.map((key) => ({ key }));
	await runNode({
		credential: credentialFor(sandbox),
		items,
		parameters: { message: '={{ $itemIndex }}', session_key: '={{ $json.key }}' },
	});
	expect([sandbox.maxInFlight, sandbox.requests.map(({ message }) => message)]).toEqual([1, ['0', '1', '2']]);
	expect(new Set(sandbox.agent.runs.map(({ session }) => session?.toLowerCase())).size).toBe(1);
	const others = await startSandbox({ latencyMs: 50 });
	await runRows(others, 'row', 3, { parameters: { session_key: '={{ $json.prompt }}' } });
	expect(others.maxInFlight).toBe(3);
});

test('Agent and Model: the one that was changed counts, and two that disagree fail', async () => {
	claims('the value you changed takes precedence. If you changed both and they name different agents, the item fails and says so.');
	const sandbox = await startSandbox();
	const run = async (agent_id: string, model?: string) => {
		const { items } = await runRows(sandbox, 'row', 1, {
			...CONTINUE,
			parameters: { agent_id },
			options: model === undefined ? {} : { model },
		});
		return [sandbox.agent.runs.at(-1)?.agentId, errorOf(items[0]!)?.message];
	};
	expect(await run('research')).toEqual(['research', undefined]);
	expect(await run('main', 'openclaw:research')).toEqual(['research', undefined]);
	expect((await run('main2', 'openclaw:research'))[1]).toMatch(/Agent is “main2”, but Model/);
});

test('Get Details shows the instance and not its token; a tool that fails fails its item', async () => {
	claims('Returns the OpenClaw instance of the account: `{ "openclaw": { "instance_ip", "status", … } }`.');
	claims("If the tool fails, the item fails with the tool's message.");
	const sandbox = await startSandbox();
	const details = await runRows(sandbox, 'row', 1, { parameters: { resource: 'openclaw', operation: 'getDetails' } });
	expect(details.items[0]?.json.openclaw).toMatchObject({
		instance_ip: expect.any(String) as string,
		status: expect.any(String) as string,
	});
	expect(JSON.stringify(details.items)).not.toContain(sandbox.options.authToken);
	const tool = (name: string) => ({
		resource: 'openclaw',
		operation: 'invokeTool',
		tool: { __rl: true, mode: 'id', value: name },
		session_key: 'one',
	});
	const failed = await runRows(sandbox, 'row', 1, { ...CONTINUE, parameters: tool('no_such_tool') });
	expect(errorOf(failed.items[0]!)?.message).toMatch(/tool/i);
});

test('tool calls run in parallel, also in the same session', async () => {
	claims('Calls run in parallel, also in the same session.');
	const calls: { session: string; answer: () => void }[] = [];
	const server = createServer((request, response) => {
		void json(request).then((body) => {
			const answer = () => response.end(JSON.stringify({ status: 200, response: { ok: true, result: { content: [] } } }));
			calls.push({ session: (body as { session_key: string }).session_key, answer });
			// nobody is answered before all have called
			if (calls.length === 3) for (const call of calls) call.answer();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { items } = await runNode({
		credential: {
			...{ apiToken: 'token-of-parallel-calls', instanceIp: '10.0.0.1', authToken: 'gateway-token' },
			baseUrl: `http://127.0.0.1:${portOf(server)}/v1`,
		},
		items: [{}, {}, {}],
		parameters: {
			...{ resource: 'openclaw', operation: 'invokeTool', session_key: 'one', options: { timeout: 1 } },
			tool: { __rl: true, mode: 'id', value: 'sessions_list' },
		},
		...CONTINUE,
	});
	await new Promise((resolve) => server.close(resolve));
	expect(items.map(errorOf)).toEqual([undefined, undefined, undefined]);
	expect(new Set(calls.map(({ session }) => session)).size).toBe(1);
});

test('Action: Run names unknown, missing and wrongly typed inputs before it sends anything', async () => {
	claims('checks inputs against the schema of the action before it sends anything, and names unknown, missing and wrongly typed ones.');
	const sandbox = await startSandbox();
	const run = async (inputs: IDataObject) => {
		const action = {
			resource: 'action',
			operation: 'run',
			actionName: { __rl: true, mode: 'id', value: 'sandbox_echo' },
			inputsMode: 'json',
		};
		const { items } = await runRows(sandbox, 'row', 1, { ...CONTINUE, parameters: { ...action, inputsJson: JSON.stringify(inputs) } });
		return errorOf(items[0]!)?.message;
	};
	expect(await run({ message: 'hi', odd: 1 })).toContain('“odd”');
	expect(await run({ output_variable_name: 'echo' })).toContain('“message”');
	expect(await run({ message: ['a', 'list'], output_variable_name: 'echo' })).toContain('“message”');
	expect(sandbox.actions).toEqual([]);
});

test('a tool gives its model the answer alone', async () => {
	claims('The model gets `{ "response": "…" }` only');
	const sandbox = await startSandbox();
	const { items } = await runRows(sandbox, 'row', 1, { nodeType: calledAsTool() });
	expect(items[0]?.json).toEqual({ response: expect.stringContaining('row 0') as string });
});
