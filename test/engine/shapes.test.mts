import type { IDataObject } from 'n8n-workflow';

import { type OnError, runNode, type RunResult } from '../support/engine.mts';
import { needs } from '../support/features.mts';
import { WireServer } from '../support/wireServer.mts';

const ANSWER = { body: '{"status":200,"response":{"response_text":"hi"}}' };

/** Runs a chat completion on an instance of the credential, and gives the bodies that were sent. */
async function chat(options: Partial<Parameters<typeof runNode>[0]>): Promise<RunResult & { sent: IDataObject[] }> {
	const server = await WireServer.start(ANSWER);
	const result = await runNode({
		credential: { apiToken: 'token-of-a', baseUrl: server.baseUrl, instanceIp: '10.0.0.1', authToken: 'gateway-token' },
		...options,
	});
	return Object.assign(result, { sent: server.requests.map((body) => JSON.parse(body) as IDataObject) });
}

/** Runs an action whose inputs have these schemas, and gives the bodies that were sent. */
async function act(
	properties: IDataObject,
	parameters: IDataObject,
	rows: IDataObject[],
	more: IDataObject = {},
	onError?: OnError,
): Promise<RunResult & { sent: IDataObject[] }> {
	const catalogue = JSON.stringify([{ name: 'save', description: 'x', parameters: { properties, ...more } }]);
	const server = await WireServer.start((body) => (body === '' ? { body: catalogue } : ANSWER));
	const result = await runNode({
		credential: { apiToken: 'token-of-a', baseUrl: server.baseUrl },
		parameters: { resource: 'action', operation: 'run', actionName: 'save', ...parameters },
		items: rows,
		onError,
	});
	return Object.assign(result, { sent: server.requests.filter((body) => body !== '').map((body) => JSON.parse(body) as IDataObject) });
}

const AUTOMATIC = { inputs: { mappingMode: 'autoMapInputData', value: null } };
const fields = (value: IDataObject, types: Record<string, string> = {}) => ({
	inputs: {
		mappingMode: 'defineBelow',
		value,
		schema: Object.keys(value).map((id) => ({ id, displayName: id, type: types[id] ?? 'string', required: false, display: true })),
	},
});

describe('dates', () => {
	test.each([
		['{{ $now }} alone', '={{ DateTime.fromISO("2026-01-02T03:04:05.000Z", { zone: "utc" }) }}', '2026-01-02T03:04:05.000Z'],
		['a Date', '={{ new Date("2026-01-02T03:04:05Z") }}', '2026-01-02T03:04:05.000Z'],
		['one in a text', '=on {{ DateTime.fromISO("2026-01-02T03:04:05.000Z", { zone: "utc" }) }}', 'on 2026-01-02T03:04:05.000Z'],
	])('%s as a message goes out as ISO text, without quotes', async (_what, message, text) => {
		const { sent, error } = await chat({ parameters: { message } });
		expect(error).toBeUndefined();
		expect(sent[0]?.message).toBe(text);
	});

	test('one in Earlier Messages and in an argument goes out as text too', async () => {
		const now = '={{ DateTime.fromISO("2026-01-02T03:04:05.000Z", { zone: "utc" }) }}';
		const { sent } = await chat({ parameters: { message: 'hi', options: { messages: { message: [{ role: 'user', content: now }] } } } });
		expect(JSON.parse(sent[0]?.messages_json as string)).toEqual([{ role: 'user', content: '2026-01-02T03:04:05.000Z' }]);
	});

	test('typed into an action’s fields they go out in the format that the action asks for', async () => {
		const schema = { day: { type: 'string', format: 'date' }, at: { type: 'string', format: 'date-time' }, text: { type: 'string' } };
		const given = { day: '2026-01-02', at: '2026-01-02T03:04:05Z', text: '={{ DateTime.fromISO("2026-01-02T03:04:05Z") }}' };
		const { sent, error } = await act(schema, fields(given, { day: 'dateTime', at: 'dateTime' }), [{}]);
		expect(error).toBeUndefined();
		expect(sent[0]?.day).toBe('2026-01-02');
		for (const name of ['at', 'text']) expect(Date.parse(sent[0]?.[name] as string)).toBe(Date.parse('2026-01-02T03:04:05Z'));
	});
});

describe('a day and a moment without a time zone are those of the workflow', () => {
	const SCHEMA = { day: { type: 'string', format: 'date' }, at: { type: 'string', format: 'date-time' } };
	const given = { day: '={{ $json.day }}', at: '={{ $json.at }}' };

	// n8n's own default is the time of New York
	test.each([
		['by fields', fields(given, { day: 'dateTime', at: 'dateTime' })],
		['mapped from the row', AUTOMATIC],
	])('%s', async (_what, inputs) => {
		const rows = [
			{ day: '2026-01-02', at: '2026-01-02T03:04:05' },
			{ day: '2026-01-02T23:00:00+09:00', at: '2026-01-02T08:04:05Z' },
			// as databases give them
			{ day: new Date('2026-01-03T02:00:00Z') as never, at: new Date('2026-01-02T08:04:05Z') as never },
		];
		const { sent, error } = await act(SCHEMA, inputs, rows);
		expect(error).toBeUndefined();
		expect(sent.map(({ day }) => day)).toEqual(Array(3).fill('2026-01-02'));
		expect(sent.map(({ at }) => Date.parse(at as string))).toEqual(Array(3).fill(Date.parse('2026-01-02T08:04:05Z')));
	});
});

describe('inputs by fields', () => {
	const SCHEMA = {
		n: { type: 'integer' },
		flag: { type: 'boolean' },
		tags: { type: 'array' },
		at: { type: 'string', format: 'date-time' },
		size: { type: 'string', enum: ['S', 'L'] },
		text: { type: 'string' },
	};
	const one = { n: 'number', flag: 'boolean', tags: 'array', at: 'dateTime', text: 'string' };
	const sizes = { id: 'size', displayName: 'size', type: 'options', options: ['S', 'L'].map((value) => ({ name: value, value })) };
	/** Every input takes the column of its name. */
	const byFields = (): IDataObject => {
		const { inputs } = fields(Object.fromEntries(Object.keys(SCHEMA).map((name) => [name, `={{ $json.${name} }}`])), one);
		return { inputs: { ...inputs, schema: [...inputs.schema.filter(({ id }) => id !== 'size'), sizes] } };
	};

	needs('rawInputs').each<[string, IDataObject]>([
		['empty texts', { n: '', flag: '', tags: '', at: '', size: '', text: '' }],
		['blanks', { n: ' ', flag: ' ', tags: '\n', at: ' ', text: '' }],
		['nothing', { n: null, flag: null }],
	])('%s are no values, as the panel says: no 0 is made of them, and no row fails', async (_what, row) => {
		const { sent, error } = await act(SCHEMA, byFields(), [row]);
		expect(error).toBeUndefined();
		expect(sent).toEqual([{}]);
	});

	needs('rawInputs')('mean the same as those that are mapped from the row', async () => {
		const row = { n: '3', flag: 1, tags: 'a, b', size: 'L', text: 7 };
		const sent = (await Promise.all([byFields(), AUTOMATIC].map(async (inputs) => await act(SCHEMA, inputs, [row])))).map(
			(run) => run.sent,
		);
		expect(sent).toEqual(Array(2).fill([{ n: 3, flag: true, tags: ['a', 'b'], size: 'L', text: '7' }]));
	});

	needs('rawInputs').each<[string, IDataObject, RegExp]>([
		['a truth value as a number', { n: true }, /“n” must be a whole number, not true/],
		['a list as a number', { n: [4] }, /“n” must be a whole number, not a list/],
		['no date', { at: 'soon' }, /“at” must be a date, not “soon”/],
		['no choice', { size: 'XL' }, /“size” must be one of S, L, not “XL”/],
	])('%s is refused in the words of the node, and nothing is sent', async (_what, row, message) => {
		const { sent, error } = await act(SCHEMA, byFields(), [row]);
		expect(error?.message).toMatch(message);
		expect(sent).toEqual([]);
	});

	test.each([
		['nothing but blanks', { text: '  ' }],
		['nothing', { text: null }],
	])('%s in a required one is refused by its name, and nothing is sent', async (_what, row) => {
		for (const inputs of [fields({ text: '={{ $json.text }}' }), { inputs: { ...AUTOMATIC.inputs } }]) {
			const { sent, error } = await act({ text: { type: 'string' } }, inputs, [{ ...row }], { required: ['text'] });
			expect(error?.message).toMatch(/The input “text” is empty/);
			expect(sent).toEqual([]);
		}
	});

	test('blanks in a text that is not required may be meant', async () => {
		const { sent } = await act({ delimiter: { type: 'string' } }, AUTOMATIC, [{ delimiter: ' ' }]);
		expect(sent).toEqual([{ delimiter: ' ' }]);
	});
});

describe('Earlier Messages in another shape', () => {
	const turns = [
		{ role: 'system', content: 'be kind' },
		{ role: 'user', content: 'hello there' },
	];

	// n8n hands none of them on, so that a hint is all that is possible
	needs('otherShapes').each([
		['a list', turns],
		['{ values }', { values: turns }],
		['an expression', '={{ $json.turns }}'],
		['a text', JSON.stringify(turns)],
	])('%s: a hint names the option', async (_what, messages) => {
		const { sent, hints } = await chat({ parameters: { message: 'hi', options: { messages } }, items: [{ turns }, { turns }] });
		expect(sent).toHaveLength(2);
		const said = hints.filter((hint) => hint.includes('Earlier Messages in Options is empty'));
		expect(said).toHaveLength(1);
		expect(said[0]).toMatch(/Earlier Messages \(JSON\).*This affects 2 items/);
	});

	test.each([
		['an expression in the place of the turns', { message: '={{ $json.turns }}' }],
		['a turn without text', { message: [{ role: 'user', content: ' ' }] }],
	])('%s is refused by its name, and nothing is sent', async (_what, messages) => {
		const { sent, error } = await chat({ parameters: { message: 'hi', options: { messages } }, items: [{ turns }] });
		expect(error?.message).toMatch(/content of message 1 of Earlier Messages is empty/);
		expect(sent).toHaveLength(0);
	});

	test('a whole request body in Earlier Messages (JSON) gives its messages', async () => {
		const options = { messages_json: JSON.stringify({ model: 'x', messages: turns }) };
		const { sent, error } = await chat({ parameters: { message: 'hi', options } });
		expect(error).toBeUndefined();
		expect(JSON.parse(sent[0]?.messages_json as string)).toEqual(turns);
	});
});

describe('an object in a text', () => {
	const items = Array.from({ length: 4 }, () => ({ o: { a: 1 }, list: [{ a: 1 }] }));

	test.each([['=Summarise {{ $json.o }}'], ['=Summarise {{ $json.list }}']])('%s is refused and not paid for', async (message) => {
		const { sent, error } = await chat({ parameters: { message }, items });
		expect(error?.message).toMatch(/^Message contains “\[object Object\]”/);
		expect(sent).toHaveLength(0);
	});

	test.each([
		['Session Key', { session_key: { __rl: true, mode: 'id', value: '=customer {{ $json.o }}' } }],
		['Earlier Messages (JSON)', { options: { messages_json: '=[{"role":"user","content":"{{ $json.o }}"}]' } }],
		['Earlier Messages', { options: { messages: { message: [{ role: 'user', content: '=Of {{ $json.o }}' }] } } }],
		['Output Fields', { options: { outputFields: { field: [{ name: 'size', description: '=as {{ $json.o }}' }] } } }],
		['Output Variable Name', { output_variable_name: '=x {{ $json.o }}' }],
	])('it is named as the panel names it: %s', async (label, parameters) => {
		const { sent, error } = await chat({ parameters: { message: 'hi', ...parameters }, items });
		expect(error?.message).toMatch(`${label} contains “[object Object]”`);
		expect(sent).toHaveLength(0);
	});

	test('so is an input of an action', async () => {
		const schema = { text: { type: 'string' }, list: { type: 'array' } };
		for (const inputs of [
			fields({ text: '=Summarise {{ $json.o }}' }),
			{ inputsMode: 'json', inputsJson: '={{ { text: "Summarise " + $json.o } }}' },
		]) {
			const { sent, error } = await act(schema, inputs, items);
			expect(error?.message).toMatch(/^The input “text” contains/);
			expect(sent).toHaveLength(0);
		}
	});

	test('whoever writes these words is understood', async () => {
		const { sent } = await chat({ parameters: { message: '=Why does JavaScript print [object Object]?' } });
		expect(sent).toHaveLength(1);
		const fromRow = await chat({ parameters: { message: '={{ $json.q }}' }, items: [{ q: 'Where does [object Object] come from?' }] });
		expect(fromRow.sent).toHaveLength(1);
	});
});

describe('columns mapped automatically', () => {
	const SHEET = { text: { type: 'string' }, n: { type: 'integer' }, flag: { type: 'boolean' }, tags: { type: 'array' } };

	test.each([
		[
			'as sheets write them',
			{ text: 'a', n: '3', flag: 'TRUE', tags: 'x, y', Owner: 'o' },
			{ text: 'a', n: 3, flag: true, tags: ['x', 'y'] },
		],
		['with names in another case and blanks around', { ' Text ': 'a', N: 3, FLAG: 'false' }, { text: 'a', n: 3, flag: false }],
		['the exact name before another spelling', { Text: 'wrong', text: 'right' }, { text: 'right' }],
		['a list as JSON', { tags: '["x","y"]' }, { tags: ['x', 'y'] }],
	])('%s', async (_what, row, wire) => {
		const { sent, error } = await act(SHEET, AUTOMATIC, [row]);
		expect(error).toBeUndefined();
		expect(sent).toEqual([wire]);
	});

	test.each([
		['no column fits', SHEET, {}],
		['an input that is required has no column', { query: { type: 'string' } }, { required: ['query'] }],
	])('where %s it is refused, and nothing is sent', async (_what, schema, more) => {
		const { sent, error } = await act(schema, AUTOMATIC, [{ Total: 1, Owner: 'x' }], more);
		expect(error?.message).toMatch(/No field of the item matches an input of save/);
		expect(error?.description).toMatch(/Name the fields like the inputs: /);
		expect(sent).toHaveLength(0);
	});

	test.each<[string, IDataObject]>([
		['no field at all', {}],
		['nothing but an error of this node', { error: { message: 'm', description: 'd', itemIndex: 0 } }],
	])('an item with %s is refused, and nothing is sent', async (_what, row) => {
		const { sent, error } = await act(SHEET, AUTOMATIC, [row]);
		expect(error?.message).toMatch(/No field of the item matches an input of save/);
		expect(sent).toHaveLength(0);
	});

	test('an open action gets only what the panel shows, and by JSON whatever is written', async () => {
		const schema = { id: { type: 'string' }, user_input: { type: 'string' } };
		const row = { id: 'a1', user_input: 'Hi', customer_email: 'ada@example.com', internal_note: 'do not share' };
		const { sent } = await act(schema, AUTOMATIC, [row], { additionalProperties: true });
		expect(sent).toEqual([{ id: 'a1', user_input: 'Hi' }]);
		const json = { inputsMode: 'json', inputsJson: '={{ $json }}' };
		expect((await act(schema, json, [row], { additionalProperties: true })).sent).toEqual([row]);
	});
});

test.each([
	['inputs without what n8n’s mapper stores around them', { text: 'a' }],
	['inputs as JSON', '{"text":"a"}'],
])('%s are taken', async (_what, inputs) => {
	const { sent, error } = await act({ text: { type: 'string' } }, { inputs }, [{}]);
	expect(error).toBeUndefined();
	expect(sent).toEqual([{ text: 'a' }]);
});

test('Simplify as 0.1.0 saved it, among the options, is heard', async () => {
	const { items } = await chat({ parameters: { message: 'hi', options: { simplify: true } } });
	expect(items[0]?.json).toEqual({ openclaw_result: { response_text: 'hi' } });
});

test('half of an emoji in a secret input harms no row', async () => {
	const json = { inputsMode: 'json', inputsJson: '={{ $json.inputs }}', options: { maxConcurrency: 1 } };
	const rows = ['secret-0', `half-${'😀'.slice(0, 1)}-secret`, 'secret-2'].map((password) => ({ inputs: { password } }));
	const { sent, items } = await act({ password: { type: 'string' } }, json, rows, {}, 'continueRegularOutput');
	expect(items.map(({ json: { error } }) => error)).toEqual([undefined, undefined, undefined]);
	expect(sent).toHaveLength(3);
});
