import type { IDataObject, StructuredChunk } from 'n8n-workflow';

import { deepText, type OnError, runNode, type RunOptions } from '../support/engine.mts';
import { goFaster } from '../support/fastClock.mts';
import { has } from '../support/features.mts';
import { type WireAnswer, WireServer } from '../support/wireServer.mts';

// what is asked again waits for it the shorter
jest.mock('../../nodes/AgentAi/client/systemClock.ts', () => jest.requireActual<object>('../support/fastClock.mts'));

const API_TOKEN = 'planted+api/token=4711';
const AUTH_TOKEN = 'planted/gateway+token=0815';
const MODES: OnError[] = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];
/** What stands around a secret, and has to stay. */
const NEIGHBOUR = 'an innocent neighbour';

/** Every way in which a server may write a secret. */
const SPELLINGS: Record<string, (secret: string) => string> = {
	plain: (secret) => secret,
	'with its scheme': (secret) => `Bearer ${secret}`,
	'in a quotation': (secret) => `"${secret}"`,
	'URL-encoded': (secret) => encodeURIComponent(secret),
	'URL-encoded in small letters': (secret) => encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
	'as a query': (secret) => `?token=${encodeURIComponent(secret)}&next=1`,
	'with escaped slashes': (secret) => secret.replaceAll('/', '\\/'),
	'with an escaped letter': (secret) => secret.replace('p', '\\u0070'),
	'with escaped signs in small letters': (secret) => secret.replace('+', '\\u002b').replace('=', '\\u003d'),
	'with escaped signs in capitals': (secret) => secret.replace('+', '\\u002B').replace('=', '\\u003D'),
	'in JSON in a text': (secret) => JSON.stringify({ token: secret }),
	'as Python writes URLs': (secret) => encodeURIComponent(secret).replaceAll('%2F', '/'),
	'in JSON in JSON': (secret) => JSON.stringify(JSON.stringify({ token: secret.replaceAll('/', '\\/') })),
	'URL-encoded twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
	'in HTML': (secret) => secret.replaceAll('/', '&#x2F;').replaceAll('+', '&#43;'),
	'at the end of a word': (secret) => `x${secret}`,
	'twice in a row': (secret) => secret + secret,
};
const spelled = (secret: string) => Object.values(SPELLINGS).map((spell) => spell(secret));
const ALL_SPELLED = [API_TOKEN, AUTH_TOKEN].flatMap(spelled);
const TEXT = `${NEIGHBOUR} ${ALL_SPELLED.join(' , ')} ${NEIGHBOUR}`;

const json = (body: unknown, status = 200): WireAnswer => ({ status, body: JSON.stringify(body) });
const events = (pieces: string[], more: Partial<WireAnswer> = {}): WireAnswer => ({
	contentType: 'text/event-stream',
	body: pieces,
	...more,
});
const piece = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const DONE = 'data: [DONE]\n\n';
const cutEvery = (text: string, length: number) => text.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];

/**
 * Where in an answer a server may put what it should not. `shows`: its text comes through, with its neighbours; that of an
 * answer that broke off stands in error items alone.
 */
const PLACES: [place: string, answer: WireAnswer, shows: boolean | 'in error items'][] = [
	['the answer’s text', json({ status: 200, response: { response_text: TEXT } }), true],
	['a field beside the text', json({ status: 200, response: { response_text: 'hi', note: TEXT } }), true],
	['a field beside the response', json({ status: 200, response: { response_text: 'hi' }, note: TEXT }), true],
	['metadata', json({ status: 200, response: { response_text: 'hi' }, metadata: { trace: TEXT } }), true],
	['the name of a field', json({ status: 200, response: { response_text: 'hi', [TEXT]: 1 } }), true],
	['a list in a list', json({ status: 200, response: { response_text: 'hi', list: [[TEXT, { deep: [TEXT] }]] } }), true],
	['JSON in a text', json({ status: 200, response: { response_text: JSON.stringify({ quoted: TEXT }) } }), true],
	['a number', json({ status: 200, response: { response_text: 'hi', code: 1 }, echo: { headers: { authorization: TEXT } } }), true],
	['the answer in OpenAI’s shape', json({ choices: [{ message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }] }), true],
	['an answer of no known shape', json({ something: TEXT }), true],
	['an error as a text', json({ status: 400, error: TEXT, response: null }, 400), true],
	['an error in a 200', json({ status: 500, error: TEXT, response: null }), true],
	['an error as an object', json({ status: 400, error: { message: TEXT, type: 'invalid_request_error' } }, 400), true],
	['the details of an error', json({ status: 400, error: { details: [{ loc: ['body', TEXT], msg: TEXT }] } }, 400), false],
	['a validation error', json({ detail: [{ loc: ['body', 'message'], msg: TEXT, input: { auth_token: AUTH_TOKEN } }] }, 422), true],
	['a refusal of the limit', json({ status: 429, error: `1000 per 1 day ${TEXT}`, response: null }, 429), false],
	['a web page', { status: 502, contentType: 'text/html', body: `<html><title>${TEXT}</title><body>${TEXT}</body></html>` }, false],
	['a plain text', { status: 500, contentType: 'text/plain', body: TEXT }, true],
	['a redirect', { status: 302, headers: { location: `https://elsewhere.example/${encodeURIComponent(TEXT)}` }, body: '' }, false],
	['a cookie', { headers: { 'set-cookie': `token=${encodeURIComponent(TEXT)}` }, ...json({ status: 400, error: 'no' }, 400) }, false],
	[
		'JSON that breaks off',
		{ body: JSON.stringify({ status: 200, response: { response_text: TEXT } }).slice(0, -9), then: 'cut' },
		'in error items',
	],
	[
		'JSON that breaks off within a secret',
		{ body: `{"status":200,"response":"${NEIGHBOUR} ${API_TOKEN.slice(0, -3)}`, then: 'cut' },
		false,
	],
	['a streamed piece', events([piece(TEXT), DONE]), true],
	['the seams of streamed pieces', events([...cutEvery(TEXT, 5).map(piece), DONE]), true],
	['pieces of one letter', events([...cutEvery(`${NEIGHBOUR} ${API_TOKEN} ${AUTH_TOKEN}`, 1).map(piece), DONE]), true],
	['a stream that breaks off', events([...cutEvery(TEXT, 7).map(piece)], { then: 'reset' }), 'in error items'],
	['an error in a stream', events([piece('hi '), `data: ${JSON.stringify({ error: { message: TEXT } })}\n\n`]), true],
	[
		'a final event in agent.ai’s shape',
		events([`data: ${JSON.stringify({ status: 200, response: { response_text: TEXT } })}\n\n`, DONE]),
		true,
	],
];

/** Nothing that n8n saves, shows or logs may hold a secret, however it is spelled. */
function expectClean(everything: string): void {
	for (const secret of [API_TOKEN, AUTH_TOKEN]) {
		for (const spelling of [secret, encodeURIComponent(secret), encodeURIComponent(secret).toLowerCase()]) {
			expect(everything.toLowerCase()).not.toContain(spelling.toLowerCase());
		}
		// codes of codes
		expect(decodeURIComponent(everything.replace(/%(?![0-9a-f]{2})/gi, ' ')).toLowerCase()).not.toContain(
			encodeURIComponent(secret).toLowerCase(),
		);
		// what a JSON escape hides
		const unescaped = everything.replace(/\\u([0-9a-f]{4})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
		expect(unescaped.replaceAll('\\/', '/')).not.toContain(secret);
	}
}

async function ask(answer: WireAnswer, options: Partial<RunOptions>, live: boolean) {
	const server = await WireServer.start(answer);
	const chunks: StructuredChunk[] = [];
	const result = await runNode({
		credential: { apiToken: API_TOKEN, authToken: AUTH_TOKEN, instanceIp: '10.0.0.1', baseUrl: server.baseUrl },
		...(live ? { onChunk: (chunk) => void chunks.push(chunk) } : {}),
		...options,
	});
	return { ...result, everything: `${result.everything}\n${deepText(chunks)}` };
}

describe.each(PLACES)('tokens in %s', (_place, answer, shows) => {
	const cases = MODES.flatMap((onError) => [true, false].map((stream) => [onError, stream] as const));

	test.each(cases)('%s, stream %s: nowhere in the execution', async (onError, stream) => {
		const parameters = { message: 'hi', options: { stream, maxTries: 1, maxRateLimitWait: 0 } };
		const { everything } = await ask(answer, { parameters, onError }, has('streaming') && onError === 'stopWorkflow');
		expectClean(everything);
		if (shows === true || (shows && onError !== 'stopWorkflow')) expect(everything).toContain(NEIGHBOUR);
	});
});

describe('a token that Get Details hands out', () => {
	const HANDED_OUT = 'handed-out/token+9';
	const SHAPES: [shape: string, response: unknown][] = [
		['its own field', { openclaw: { instance_ip: '10.0.0.1', auth_token: HANDED_OUT, status: 'running' } }],
		['another name', { openclaw: { instance_ip: '10.0.0.1', gatewayToken: HANDED_OUT } }],
		['the gateway’s own settings', { gateway: { auth: { mode: 'token', token: HANDED_OUT } } }],
		['a list', [{ instance_ip: '10.0.0.1', auth_token: HANDED_OUT }]],
		['a text', `instance 10.0.0.1, auth_token: ${HANDED_OUT}`],
		['JSON in a text', JSON.stringify({ auth_token: HANDED_OUT })],
		['an address with it', { auth_token: HANDED_OUT, url: `https://10.0.0.1/?token=${encodeURIComponent(HANDED_OUT)}` }],
		['headers', { headers: { Authorization: `Bearer ${HANDED_OUT}` } }],
	];

	test.each(SHAPES)('in %s: not in the item, unless it is asked for', async (_shape, response) => {
		for (const simplify of [false, true]) {
			const parameters = { resource: 'openclaw', operation: 'getDetails', simplify };
			const { everything } = await ask(json({ status: 200, response }), { parameters }, false);
			expect(decodeURIComponent(everything.replaceAll('%', '%25').replaceAll('%252F', '/').replaceAll('%252B', '+'))).not.toContain(
				HANDED_OUT,
			);
		}
	});

	test.each([
		['an error of the same answer', json({ status: 500, error: `cannot reach ${HANDED_OUT}`, response: { auth_token: HANDED_OUT } })],
		['a damaged answer', { body: `{"status":200,"response":{"auth_token":"${HANDED_OUT}","instance_ip":"10.0.`, then: 'cut' as const }],
	])('in %s: never, even where it is asked for', async (_what, answer) => {
		goFaster(10);
		const parameters = { resource: 'openclaw', operation: 'getDetails', options: { includeAuthToken: true } };
		const { everything } = await ask(answer, { parameters, onError: 'continueRegularOutput' }, false);
		expect(everything).not.toContain(HANDED_OUT);
	});

	test('is there when it is asked for', async () => {
		const parameters = { resource: 'openclaw', operation: 'getDetails', options: { includeAuthToken: true } };
		const { items } = await ask(json({ status: 200, response: SHAPES[0]![1] }), { parameters }, false);
		expect(JSON.stringify(items)).toContain(HANDED_OUT);
	});
});

test.each([
	['its status', { status: `offline (${AUTH_TOKEN})`, instance_ip: '10.0.0.1', auth_token: AUTH_TOKEN }],
	['its address', { status: 'running', instance_ip: `10.0.0.1/?token=${AUTH_TOKEN}`, auth_token: AUTH_TOKEN }],
])('the token of an instance that agent.ai names, in %s, is nowhere', async (_what, response) => {
	const credential = { apiToken: API_TOKEN, authToken: '', instanceIp: '' };
	const server = await WireServer.start(json({ status: 200, response }));
	const { everything, items } = await runNode({
		credential: { ...credential, baseUrl: server.baseUrl },
		parameters: { message: 'hi' },
		onError: 'continueRegularOutput',
	});
	expect(items[0]?.json.error).toBeDefined();
	expect(everything).not.toContain(AUTH_TOKEN);
});

test.each([true, false])(
	'a short token is hidden where it is a whole value, also one that Parse Response as JSON reads (stream %s)',
	async (stream) => {
		const text = '{"pin":"hush9","hush9":["hush9"],"word":"hush9 or not","escaped":"\\u0068ush9"}';
		const answer = stream ? events([piece(text), DONE]) : json({ status: 200, response: { response_text: text, note: 'hush9' } });
		const server = await WireServer.start(answer);
		const { items } = await runNode({
			credential: { apiToken: API_TOKEN, authToken: 'hush9', instanceIp: '10.0.0.1', baseUrl: server.baseUrl },
			parameters: { message: 'hi', options: { stream, parseJson: true } },
		});
		const { response_json: read, note } = items[0]?.json.openclaw_result as IDataObject;
		expect(read).toEqual({ pin: '[hidden]', hush9: ['[hidden]'], word: 'hush9 or not', escaped: '[hidden]' });
		expect(note).toBe(stream ? undefined : '[hidden]');
	},
);

test.each([
	['a comma too many', (secret: string) => `{"password":"${secret}",}`],
	['a quotation that is not closed', (secret: string) => `{"password":"${secret}}`],
	['no quotation', (secret: string) => `{"password":${secret}}`],
	['a text alone', (secret: string) => secret],
	['a list', (secret: string) => `["${secret}"]`],
])('Inputs (JSON) that is broken is not quoted: %s', async (_what, inputs) => {
	const secret = 'typed-into-json-4711';
	const server = await WireServer.start({
		body: JSON.stringify([{ name: 'act', parameters: { properties: { password: { type: 'string' } } } }]),
	});
	const { items, errorItems, log } = await runNode({
		credential: { apiToken: API_TOKEN, authToken: AUTH_TOKEN, instanceIp: '10.0.0.1', baseUrl: server.baseUrl },
		parameters: { resource: 'action', operation: 'run', actionName: 'act', inputsMode: 'json', inputsJson: '={{ $json.inputs }}' },
		items: [{ inputs: inputs(secret) }],
		onError: 'continueErrorOutput',
	});
	expect(items).toEqual([]);
	const error = errorItems[0]?.json.error as { message: string };
	expect(error.message).toMatch(/JSON/);
	expect(JSON.stringify([error, log])).not.toContain(secret);
});

test.each(MODES)('Invoke Tool: tokens in the result and the error of a tool (%s)', async (onError) => {
	const parameters = { resource: 'openclaw', operation: 'invokeTool', tool: 'read', args_json: '{}' };
	for (const answer of [
		json({
			status: 200,
			response: { ok: true, result: { content: [{ type: 'text', text: TEXT }], details: { status: 'error', error: TEXT } } },
		}),
		json({ status: 200, response: { ok: true, result: { content: [{ type: 'text', text: TEXT }] } } }),
		json({ status: 500, error: { type: 'tool_error', message: TEXT } }, 500),
	]) {
		const { everything } = await ask(answer, { parameters, onError }, false);
		expectClean(everything);
		expect(everything).toContain(NEIGHBOUR);
	}
});

describe('secret inputs of an action', () => {
	const SECRET = 'typed/secret+"4711"';
	const INPUTS: [input: string, schema: object, value: unknown][] = [
		['password', { type: 'string' }, SECRET],
		['api_key', { type: 'string' }, SECRET],
		['pin', { type: 'string', 'x-ui': 'password' }, SECRET],
		['code', { type: 'string', format: 'password' }, SECRET],
		['authorization', { type: 'string' }, `Bearer ${SECRET}`],
		['headers', { type: 'object' }, { 'X-Custom': SECRET, accept: 'text/html' }],
	];
	const back = (secret: string) => `${NEIGHBOUR} ${secret} ${encodeURIComponent(secret)} ${JSON.stringify(secret)} ${NEIGHBOUR}`;

	test.each(INPUTS)('%s comes back in an answer, in an error and in a page, and is nowhere', async (input, schema, value) => {
		const catalogue = JSON.stringify([{ name: 'act', parameters: { type: 'object', properties: { [input]: schema } } }]);
		for (const answer of [
			json({ status: 200, response: { note: back(SECRET) } }),
			json({ status: 400, error: back(SECRET), response: null }, 400),
			{ status: 500, contentType: 'text/plain', body: back(SECRET) },
		] satisfies WireAnswer[]) {
			const server = await WireServer.start((request) => (request === '' ? { body: catalogue } : answer));
			const result = await runNode({
				credential: { apiToken: API_TOKEN, authToken: AUTH_TOKEN, instanceIp: '10.0.0.1', baseUrl: server.baseUrl },
				parameters: {
					resource: 'action',
					operation: 'run',
					actionName: 'act',
					inputsMode: 'json',
					inputsJson: '={{ $json.inputs }}',
					options: { maxTries: 1 },
				},
				items: [{ inputs: { [input]: value } }],
				onError: 'continueErrorOutput',
			});
			const shown = JSON.stringify([result.items.map((item) => item.json), result.errorItems.map((item) => item.json.error), result.log]);
			expect(shown).toContain(NEIGHBOUR);
			for (const spelling of [SECRET, JSON.stringify(SECRET).slice(1, -1), encodeURIComponent(SECRET)]) {
				expect(JSON.parse(shown) as unknown[]).not.toContain(spelling);
				expect(shown).not.toContain(JSON.stringify(spelling).slice(1, -1));
			}
		}
	});
});
