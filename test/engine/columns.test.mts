import { readFileSync } from 'node:fs';

import type { IDataObject } from 'n8n-workflow';

import { calledAsTool } from '../support/calledAsTool.mts';
import { retryData, runNode, type RunOptions } from '../support/engine.mts';
import { needs } from '../support/features.mts';
import { type Scripted, scriptedAgent } from '../support/scripted.mts';
import { WireServer } from '../support/wireServer.mts';

interface Case {
	name: string;
	fields: IDataObject[];
	words: Scripted | Scripted[] | null;
	prompt?: string;
	session_key?: string;
	onInvalidJson?: string;
	repairAttempts?: number;
	expect: {
		columns?: IDataObject;
		requests?: number;
		response_text?: string;
		says?: string;
		error?: { names?: string; partialText?: string };
		asks?: { contains: string[]; not_contains?: string[]; earlier?: string[] };
	};
}

const CASES = JSON.parse(readFileSync('test/fixtures/columns.json', 'utf8')) as Case[];

const COMPANY = [
	{ name: 'company', required: true },
	{ name: 'employees', type: 'number', required: true },
];
const BAD = '{"company":"Acme","employees":"about a dozen"}';
const GOOD = '{"company":"Acme","employees":12}';

type Agent = Awaited<ReturnType<typeof scriptedAgent>>;

/** Runs the node with output fields; other options of it, and of the run, may be given. */
async function run(agent: Agent, options: IDataObject = {}, more: Partial<RunOptions> = {}) {
	return await runNode({
		credential: agent.credential,
		onError: 'continueRegularOutput',
		...more,
		parameters: { message: 'Describe it', ...more.parameters, options: { outputFields: { field: COMPANY }, ...options } },
	});
}

type Run = Awaited<ReturnType<typeof run>>;

const named = ({ items }: Pick<Run, 'items'>, index = 0) => items[index]?.json.openclaw_result as IDataObject;
const errorOf = ({ items }: Pick<Run, 'items'>, index = 0) => items[index]?.json.error as IDataObject;

test.each(CASES.map((each) => [each.name, each] as const))(
	'%s',
	async (_name, { fields, words, prompt, session_key, expect: wanted, ...options }) => {
		const { onInvalidJson, repairAttempts } = options;
		const script = Array.isArray(words) ? words : [words ?? ''];
		const agent = await scriptedAgent(script);
		const outcome = await run(
			agent,
			{
				outputFields: { field: fields },
				...(onInvalidJson ? { onInvalidJson } : {}),
				...(repairAttempts === undefined ? {} : { repairAttempts }),
			},
			{ parameters: { message: prompt ?? 'Describe it', ...(session_key ? { session_key } : {}) } },
		);
		const { asked } = agent;
		if (wanted.requests !== undefined) expect(asked).toHaveLength(wanted.requests);
		if (wanted.columns) expect(named(outcome)).toEqual({ ...wanted.columns, response_text: script[0], usage: { total_tokens: 5 } });
		if (wanted.response_text !== undefined) expect(named(outcome).response_text).toBe(script[0]);
		if (wanted.says !== undefined) expect(named(outcome).response_json_error).toMatch('employees');
		if (wanted.error) {
			expect(errorOf(outcome).message).toMatch(wanted.error.names ?? '');
			if (wanted.error.partialText) expect(errorOf(outcome).partialText).toBe(script[0]);
		}
		if (!wanted.asks) return;
		expect(asked).toHaveLength(2);
		const [first, question] = asked;
		for (const word of wanted.asks.contains) expect(question?.message).toContain(word);
		expect(question?.message).toMatch(/Use no tools/);
		expect(question?.session_key).toBe(first?.session_key);
		expect(JSON.stringify(question?.message)).not.toContain(prompt ?? 'Describe it');
		const earlier = [
			{ role: 'user', content: prompt ?? 'Describe it' },
			{ role: 'assistant', content: script[0] },
		];
		expect(question?.messages_json === undefined ? [] : JSON.parse(question.messages_json)).toEqual(session_key ? [] : earlier);
	},
);

/** The text of every message that a request holds, in order. */
const conversation = ({ message, messages_json }: { message: string; messages_json?: string }) => [
	...(JSON.parse(messages_json ?? '[]') as { role: string; content: string }[]).map(({ role, content }) => `${role}: ${content}`),
	`user: ${message}`,
];

describe('asking once more', () => {
	test('an answer that fits then is the item’s; the first text stays, and what it took is told', async () => {
		const agent = await scriptedAgent([BAD, GOOD]);
		const outcome = await run(agent, { includeRequestInfo: true });
		expect(named(outcome)).toEqual({
			company: 'Acme',
			employees: 12,
			response_text: GOOD,
			first_response_text: BAD,
			repairs: 1,
			usage: { total_tokens: 5 },
		});
		expect(outcome.items[0]?.json.request).toMatchObject({ tries: 2 });
	});

	test('each question follows what was said before, the person’s own messages first, as they were typed', async () => {
		const agent = await scriptedAgent([BAD, 'no JSON', GOOD]);
		const typed = '[{"role":"system","content":"Be brief", "at": 12345678901234567890}] ';
		const outcome = await run(agent, { repairAttempts: 2, messages_json: typed });
		expect(named(outcome)).toMatchObject({ employees: 12, first_response_text: BAD, repairs: 2 });
		const [first, second, third] = agent.asked;
		expect(first?.messages_json).toBe(typed);
		expect(third?.messages_json).toMatch(typed.trim().slice(0, -1));
		const [question, again] = [second, third].map((each) => each?.message);
		expect(conversation(third!)).toEqual([
			'system: Be brief',
			'user: Describe it',
			`assistant: ${BAD}`,
			`user: ${question}`,
			'assistant: no JSON',
			`user: ${again}`,
		]);
		expect(question).toMatch('about a dozen');
		expect(again).toMatch('holds no JSON object');
	});

	test('only the earlier messages ask: the words on the fields are the message', async () => {
		const agent = await scriptedAgent([BAD, GOOD]);
		const outcome = await run(agent, { messages_json: '[{"role":"user","content":"Describe Acme"}]' }, { parameters: { message: '' } });
		expect(named(outcome).employees).toBe(12);
		expect(conversation(agent.asked[1]!).slice(0, 2)).toEqual(['user: Describe Acme', `assistant: ${BAD}`]);
	});

	test('in a session no other item comes between, and the session is asked as it is', async () => {
		let open = 0;
		const agent = await scriptedAgent(({ message }) => {
			open++;
			return message.includes('could not be used') ? GOOD : BAD;
		});
		const rows = ['a', 'b', 'c'].map((name) => ({ name }));
		const outcome = await run(
			agent,
			{ messages_json: '[{"role":"user","content":"before"}]' },
			{ items: rows, parameters: { message: '={{ $json.name }}', session_key: 'one' } },
		);
		expect(open).toBe(6);
		expect(agent.asked.map(({ message }) => (message.includes('could not be used') ? 'question' : message[0]))).toEqual([
			'a',
			'question',
			'b',
			'question',
			'c',
			'question',
		]);
		expect(agent.asked[1]?.messages_json).toBeUndefined();
		expect(outcome.hints[0]).toMatch(
			/^3 items: 3 answered, 0 failed; 3 asked once more, because the answer did not fit Output Fields; 6 requests, 30 tokens/,
		);
	});

	test('a question that the limit refuses waits, and goes out again', async () => {
		const agent = await scriptedAgent((_asked, number) =>
			number === 1 ? BAD : number === 2 ? { status: 429, error: 'Too many requests', headers: { 'retry-after': '1' } } : GOOD,
		);
		const outcome = await run(agent);
		expect(agent.asked).toHaveLength(3);
		expect(agent.asked[1]).toEqual(agent.asked[2]);
		expect(named(outcome)).toMatchObject({ employees: 12, repairs: 1 });
	});

	test('a question that cannot wait for the limit leaves the first answer, and counts as not asked', async () => {
		const agent = await scriptedAgent([BAD, { status: 429, error: 'Too many requests', headers: { 'retry-after': '3600' } }]);
		const outcome = await run(agent, { maxRateLimitWait: 1 });
		expect(named(outcome)).toMatchObject({ response_text: BAD, employees: null, repair_error: expect.stringMatching(/limit/) as string });
		expect(named(outcome).repairs).toBeUndefined();
	});

	test('what may have run is not sent twice, unless that is harmless', async () => {
		const broken = { status: 500, error: 'internal' };
		const once = await scriptedAgent([BAD, broken, GOOD]);
		const outcome = await run(once);
		expect(once.asked).toHaveLength(2);
		expect(named(outcome)).toMatchObject({ response_text: BAD, repairs: 1, repair_error: expect.stringMatching(/failed/) as string });

		const again = await scriptedAgent([BAD, broken, GOOD]);
		expect(named(await run(again, { retryUncertainFailures: true })).employees).toBe(12);
		expect(again.asked).toHaveLength(3);
	});

	test('in Stop mode an answer that never fits fails the run, or stays as text', async () => {
		const agent = await scriptedAgent([BAD]);
		const failed = await run(agent, { onInvalidJson: 'fail' }, { onError: 'stopWorkflow' });
		expect(failed.error?.message).toBe(
			'The agent’s answer does not fit Output Fields: "employees" must be a number in digits, without separators, unit or words, but “about a dozen” was found',
		);
		const kept = await run(agent, { onInvalidJson: 'keep' }, { onError: 'stopWorkflow', items: [{}, {}] });
		expect(kept.error).toBeUndefined();
		expect(kept.hints).toContain(
			'2 of 2 answers do not fit Output Fields: their columns are empty, and response_json_error beside the text says why',
		);
	});

	test('the question fails where Fail Item is set: the item says both', async () => {
		const agent = await scriptedAgent([BAD, { status: 500, error: 'internal' }]);
		const { message, description, partialText } = errorOf(await run(agent, { onInvalidJson: 'fail' }));
		expect(message).toMatch('"employees"');
		expect(description).toMatch(/^Asking once more failed: /);
		expect(partialText).toBe(BAD);
	});

	needs('workflowSettings')('the time limit of the workflow ends it: the first answer is there', async () => {
		const agent = await scriptedAgent([BAD, { status: 429, error: 'Too many requests', headers: { 'retry-after': '60' } }]);
		const outcome = await run(agent, {}, { executionTimeout: 1 });
		expect(named(outcome)).toMatchObject({ response_text: BAD, employees: null });
	});
});

describe('each question is a request that counts', () => {
	test('Max Requests: what may not be asked any more keeps its text, and counts as not asked', async () => {
		const agent = await scriptedAgent(({ message }) => (message.includes('could not be used') ? GOOD : BAD));
		const items = ['a', 'b'].map((name) => ({ name }));
		const options = { maxRequests: 3, maxConcurrency: 1 };
		const outcome = await run(agent, options, { items, parameters: { message: '={{ $json.name }}' } });
		expect(agent.asked).toHaveLength(3);
		expect(named(outcome).employees).toBe(12);
		expect(named(outcome, 1)).toMatchObject({ response_text: BAD, employees: null });
		expect(named(outcome, 1).repairs).toBeUndefined();
	});

	test('1,000 items, 300 of them the same as another, one answer of ten unfit: 770 requests', async () => {
		const agent = await scriptedAgent(({ message }) =>
			!message.includes('could not be used') && /^row \d*0\n/.test(message) ? BAD : GOOD,
		);
		const items = Array.from({ length: 1000 }, (_, row) => ({ name: `row ${row < 700 ? row : row - 700}` }));
		const options = { maxConcurrency: 50, sameRequestOnce: true };
		const outcome = await run(agent, options, { items, parameters: { message: '={{ $json.name }}' } });
		expect(agent.asked).toHaveLength(770);
		expect(outcome.items.map((_item, index) => named(outcome, index).employees)).toEqual(items.map(() => 12));
		expect(outcome.hints[0]).toMatch(
			/^1000 items: 1000 answered, 0 failed; 300 requests saved, [^;]+; 70 asked once more, because the answer did not fit Output Fields; .*770 requests/,
		);
	}, 60_000);
});

describe('a retry', () => {
	const ROWS = [{ name: 'good' }, { name: 'bad' }, { name: 'broken' }];
	const parameters = { message: '={{ $json.name }}' };

	/** A run in Stop mode that a broken row ends, and its retry. */
	async function retried(first: IDataObject, second = first, isMended = true) {
		let mended = false;
		const agent = await scriptedAgent(({ message }) =>
			message.startsWith('broken') && !mended ? { status: 400, error: 'broken' } : message.startsWith('bad') ? BAD : GOOD,
		);
		const before = await run(agent, first, { items: ROWS, parameters, onError: 'stopWorkflow' });
		expect(before.error?.message).toMatch(/broken|400|could not accept/);
		const sent = agent.asked.length;
		mended = isMended;
		const data = retryData(before.run.data);
		const options = { outputFields: { field: COMPANY }, ...second };
		const node = data.executionData!.nodeExecutionStack[0]!.node;
		node.parameters = { ...node.parameters, options };
		const after = await run(agent, second, { parameters, retryOf: data, onError: 'stopWorkflow' });
		return { after, sent: agent.asked.slice(sent) };
	}

	test('does not ask again what has an answer', async () => {
		const { after, sent } = await retried({ maxConcurrency: 1 });
		expect(after.error).toBeUndefined();
		expect(sent.map(({ message }) => message.split('\n')[0])).toEqual(['broken']);
		expect(after.items.map((_item, index) => named(after, index).employees)).toEqual([12, 12, 12]);
	});

	test('asks again when the fields have changed', async () => {
		const { after, sent } = await retried({ maxConcurrency: 1 }, { maxConcurrency: 1, outputFields: { field: [{ name: 'company' }] } });
		expect(after.error).toBeUndefined();
		expect(sent).toHaveLength(3);
	});

	test.each(['keep', 'fail'])(
		'asks the question alone where the run ended before it could (On Invalid JSON: %s)',
		async (onInvalidJson) => {
			let isBroken = true;
			const agent = await scriptedAgent(({ message }) => {
				if (message.includes('could not be used')) return isBroken ? { status: 400, error: 'no' } : GOOD;
				return message.startsWith('broken') && isBroken ? { status: 402, error: 'You are out of credits.' } : BAD;
			});
			const items = [{ name: 'bad' }, { name: 'broken' }];
			// both are under way when the account's credits are gone
			const options = { onInvalidJson, maxConcurrency: 2, requestsPerMinute: 2, maxRateLimitWait: 1 };
			const before = await run(agent, options, { items, parameters, onError: 'stopWorkflow' });
			expect(before.error).toBeDefined();
			const sent = agent.asked.length;
			expect(sent).toBe(2);
			isBroken = false;
			const data = retryData(before.run.data);
			const node = data.executionData!.nodeExecutionStack[0]!.node;
			const again = { onInvalidJson, outputFields: { field: COMPANY } };
			node.parameters = { ...node.parameters, options: again };
			const after = await run(agent, again, { parameters, retryOf: data, onError: 'stopWorkflow' });
			expect(after.error).toBeUndefined();
			const asked = agent.asked
				.slice(sent)
				.map(({ message }) => (message.includes('could not be used') ? 'question' : message.split('\n')[0]));
			expect(asked.sort()).toEqual(['broken', 'question', 'question']);
			expect(named(after)).toMatchObject({ employees: 12, first_response_text: BAD, repairs: 1 });
		},
	);
});

describe('the forms of an item', () => {
	test('Simplify and Include Input Fields hold the columns under the name', async () => {
		const agent = await scriptedAgent([GOOD]);
		const columns = { company: 'Acme', employees: 12, response_text: GOOD, usage: { total_tokens: 5 } };
		expect((await run(agent, {}, { parameters: { simplify: true } })).items[0]?.json).toEqual({ openclaw_result: columns });
		const beside = await run(agent, { includeInputFields: true }, { items: [{ company: 'acme inc', id: 7 }] });
		expect(beside.items[0]?.json).toEqual({ company: 'acme inc', id: 7, openclaw_result: columns });
	});

	test('Parse Response as JSON adds the whole data beside them', async () => {
		const agent = await scriptedAgent(['{"company":"Acme","employees":"3","mood":"fine"}']);
		expect(named(await run(agent, { parseJson: true, onInvalidJson: 'fail' }))).toMatchObject({
			employees: 3,
			response_json: { company: 'Acme', employees: '3', mood: 'fine' },
		});
	});

	test('an agent that has the node as its tool reads the columns, and the text where they are empty', async () => {
		const agent = await scriptedAgent([GOOD]);
		const nodeType = calledAsTool();
		const { items } = await run(agent, {}, { nodeType });
		expect(items[0]?.json).toEqual({ response: { company: 'Acme', employees: 12 } });
		const unfit = await scriptedAgent([BAD]);
		expect((await run(unfit, {}, { nodeType })).items[0]?.json.response).toMatchObject({
			company: null,
			response_text: BAD,
			response_json_error: expect.stringContaining('employees') as string,
		});
	});

	needs('streaming')('a chat sees the answer that counts, as a whole: what was shown cannot be taken back', async () => {
		const pieces = (text: string) =>
			Array.from(text, (piece) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: piece } }] })}\n\n`).join('');
		let number = 0;
		const server = await WireServer.start(() => ({
			contentType: 'text/event-stream',
			body: `${pieces(number++ === 0 ? BAD : GOOD)}data: [DONE]\n\n`,
		}));
		const agent = await scriptedAgent([]);
		const shown: string[] = [];
		const outcome = await runNode({
			credential: { ...agent.credential, baseUrl: server.baseUrl },
			parameters: { message: 'hi', options: { stream: true, outputFields: { field: COMPANY } } },
			onChunk: ({ type, content }) => void shown.push(`${type} ${content ?? ''}`.trim()),
		});
		expect(named(outcome).employees).toBe(12);
		expect(shown).toEqual(['begin', `item ${GOOD}`, 'end']);
	});
});

test('what cannot be filled is refused before anything is sent, on its item', async () => {
	const agent = await scriptedAgent([GOOD]);
	const schema = (properties: object, more: object = {}) => JSON.stringify({ type: 'object', properties, ...more });
	const rows: [IDataObject, RegExp][] = [
		[{ outputFields: { field: [{ name: ' ' }] } }, /name of field 1 .* is empty/],
		[{ outputFields: {} }, /holds no field/],
		[{ outputFields: { field: [{ name: 'a' }, { name: 'A' }] } }, /two fields “A”/],
		[{ outputFields: { field: [{ name: 'a', type: 'money' }] } }, /type of “a” .* “money”/],
		[{ outputFields: { field: [{ name: 'a', type: 'number', choices: '1, many' }] } }, /“many” is among its choices/],
		[{ outputFields: { field: [{ name: 'a', choices: ', ,' }] } }, /commas alone/],
		[{ outputFields: { field: [{ name: 'a', type: 'number', choices: '1，2、many' }] } }, /“many” is among its choices/],
		[{ outputFields: { field: [{ name: 'a', choices: '، ，' }] } }, /commas alone/],
		[{ outputFields: { field: [{ name: 'finish_reason' }] } }, /cannot have a field “finish_reason”/],
		[{ outputFields: { field: [{ name: '__proto__' }] } }, /cannot have a field “__proto__”/],
		[{ outputFields: { field: COMPANY }, outputSchema: schema({ a: {} }) }, /both filled in/],
		[{ outputFields: { field: COMPANY }, repairAttempts: 6 }, /Max Repairs must be a whole number from 0 to 5/],
		[{ outputSchema: '{"type":' }, /is not valid JSON/],
		[{ outputSchema: '{"type":"array","items":{}}' }, /must be that of an object with properties/],
		[{ outputSchema: schema({}) }, /must be that of an object with properties/],
		[{ outputSchema: schema({ usage: {} }) }, /cannot have a field “usage”/],
		[{ outputSchema: schema({ a: { enum: [] } }) }, /“a” .* its enum holds no value/],
		[{ outputSchema: schema({ a: { type: 'integer', enum: ['x'] } }) }, /“x” is among its choices/],
		[{ outputSchema: schema({ a: { type: 'number', minimum: 3, maximum: 2 } }) }, /at least 3 and at most 2/],
		[{ outputSchema: schema({ a: { type: 'string', pattern: '(a+)+$' } }) }, /uses “pattern”, which the node cannot check/],
		[{ outputSchema: schema({ a: { type: 'text' } }) }, /type “text”/],
		[{ outputSchema: schema({ a: { type: ['string', 'number'] } }) }, /several types/],
		[{ outputSchema: schema({ a: false }) }, /must be a schema/],
		[{ outputSchema: schema({ a: {} }, { required: ['b'] }) }, /requires “b”/],
		[{ outputSchema: schema({ a: { type: 'object', properties: { b: { $ref: '#' } } } }) }, /“a.b” .* uses “\$ref”/],
	];
	for (const [options, message] of rows) {
		const outcome = await run(agent, { outputFields: undefined, ...options });
		expect([options, errorOf(outcome).message]).toEqual([options, expect.stringMatching(message)]);
	}
	expect(agent.asked).toEqual([]);
});

test('a JSON schema, also as an expression gives it, goes by the same rules', async () => {
	const agent = await scriptedAgent(['{"company":"Acme","size":"small","site":{"city":"Bonn","zip":"007","x":1},"years":"[1999, 2001]"}']);
	const schema = {
		$schema: 'https://json-schema.org/draft/2020-12/schema',
		type: 'object',
		additionalProperties: false,
		properties: {
			company: { type: 'string', description: 'Its name' },
			size: { type: ['string', 'null'], enum: ['Small', 'Large', null] },
			founded: { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
			site: { type: 'object', properties: { city: { type: 'string' }, zip: { type: 'string', minLength: 2 } }, required: ['city'] },
			years: { type: 'array', items: { type: 'integer', minimum: 1900 }, maxItems: 2 },
		},
		required: ['company', 'size'],
	};
	const outcome = await run(agent, { outputFields: undefined, outputSchema: '={{ $json.schema }}' }, { items: [{ schema }] });
	expect(named(outcome)).toMatchObject({
		company: 'Acme',
		size: 'Small',
		founded: null,
		site: { city: 'Bonn', zip: '007' },
		years: [1999, 2001],
	});
	expect(named(outcome).site).not.toHaveProperty('x');
	expect(agent.asked[0]?.message).toContain('"Its name"');
});

test('a short token that only the columns make a value stays hidden', async () => {
	const agent = await scriptedAgent(['{"company":"\\u0074ok7","employees":1}']);
	const outcome = await run(agent, {}, { credential: { ...agent.credential, authToken: 'tok7' } });
	expect(named(outcome).company).toBe('[hidden]');
});
