import { interpret } from '../../nodes/AgentAi/transport/interpret.ts';
import { eachRow } from '../support/eachRow.mts';

const judge = (status: number, body: unknown) => {
	const result = interpret({ status, body, asked: 'chat' });
	return result.ok ? 'ok' : result.failure.kind;
};

test.each<[string, number, unknown, string]>([
	['a plain success', 200, { status: 200, response: { response_text: 'x' } }, 'ok'],
	['a success without a status', 200, { response: null }, 'ok'],
	['a success without a response', 200, { status: 200 }, 'ok'],
	['a null error is none', 200, { status: 200, response: {}, error: null }, 'ok'],
	['an empty error is none', 200, { status: 200, response: {}, error: '' }, 'ok'],
	['201', 201, { status: 201, response: {} }, 'ok'],
	['the body’s status decides', 200, { status: 500, response: null }, 'serverError'],
	['also as text', 200, { status: '503', response: null }, 'unavailable'],
	[
		'an error object of the gateway inside a 200',
		200,
		{ status: 200, error: { message: 'Unauthorized', type: 'unauthorized' }, response: null },
		'gatewayToken',
	],
	[
		'agent.ai relays the gateway’s body as text',
		401,
		{ status: 401, error: 'OpenClaw: {"error":{"message":"Unauthorized","type":"unauthorized"}}', response: null },
		'gatewayToken',
	],
	[
		'the provider’s key behind the gateway',
		401,
		{ status: 401, error: '{"error":{"message":"bad key","type":"authentication_error"}}', response: null },
		'providerKey',
	],
	['a web framework’s 404', 404, { detail: 'Not Found' }, 'unknownAction'],
	['a 404 page', 404, '<html><body>Not Found</body></html>', 'unknownAction'],
	['the gateway’s bare 404', 404, 'Not Found', 'chatEndpointDisabled'],
	['no credits in a 403', 403, { status: 403, error: 'You have run out of credits', response: null }, 'credits'],
	['credits that are merely mentioned', 400, { status: 400, error: 'Field credits must be a number', response: null }, 'badRequest'],
	['a redirect', 300, '', 'redirect'],
	['the last of them', 399, '', 'redirect'],
	['the first status of an error', 400, { detail: 'Bad' }, 'badRequest'],
	['the first status of an error in a body', 200, { status: 400, error: null, response: null }, 'badRequest'],
	['a job that failed', 200, { status: 200, response: { status: 'failed' } }, 'bodyError'],
	['an error in the response', 200, { status: 200, response: { error: 'overloaded' } }, 'bodyError'],
	['null', 200, null, 'emptyBody'],
	['a number', 200, 7, 'notAnActionResponse'],
	['blanks', 200, ' \n ', 'emptyBody'],
	['a web page', 200, '<html><body>Sign in</body></html>', 'html'],
	['a list', 200, [1, 2], 'notAnActionResponse'],
	['a bare text', 200, 'hello', 'ok'],
	['a bare text that says an error', 200, 'upstream connect error', 'notAnActionResponse'],
	['a bare text that says it timed out', 200, 'The request timedout', 'notAnActionResponse'],
	['a bare text of an American server', 200, 'Unauthorized', 'notAnActionResponse'],
	['bytes that are no text', 200, 'ok \uFFFD\uFFFD', 'notAnActionResponse'],
	['one damaged character far behind', 200, `${'ok '.repeat(400)}\uFFFD`, 'ok'],
	['damaged JSON', 200, '{"status": 200, "resp', 'invalidJson'],
	['an unknown 4xx', 418, { status: 418, error: 'teapot', response: null }, 'unexpectedStatus'],
	['an unknown 5xx', 599, 'x', 'serverError'],
])('%s', (_what, status, body, kind) => expect(judge(status, body)).toBe(kind));

test('what other actions put into their response is theirs to name', () => {
	for (const response of [{ status: 'failed' }, { error: 'overloaded' }]) {
		expect(interpret({ status: 200, body: { status: 200, response }, asked: 'other' }).ok).toBe(true);
	}
});

test('the envelope of every action says by its own status that it failed', () => {
	for (const body of [{ status: 'failed', response: null }, { state: 'cancelled', response: 'half' }, { status: 'error' }]) {
		for (const asked of ['chat', 'tool', 'other'] as const) {
			expect(interpret({ status: 200, body, asked })).toMatchObject({ ok: false, failure: { kind: 'bodyError', delivery: 'uncertain' } });
		}
	}
});

test('the text beside an error was paid for, and is kept; fields of an error that hold nothing are none', () => {
	const half = { response_text: 'The first half' };
	for (const [status, body] of [
		[200, { status: 200, response: half, error: { message: 'Provider disconnected' } }],
		[200, { status: 200, response: { ...half, error: 'overloaded' } }],
		[200, { choices: [{ message: { content: half.response_text }, finish_reason: 'error' }], error: { message: 'gone', code: 502 } }],
		[502, { status: 502, response: half, error: 'Bad gateway' }],
	] as const) {
		expect(interpret({ status, body, asked: 'chat' })).toMatchObject({ ok: false, failure: { partialText: 'The first half' } });
	}
	for (const error of [{ code: null, message: null }, { code: 0, details: [] }, [null]]) {
		expect(interpret({ status: 200, body: { status: 200, response: half, error }, asked: 'chat' }).ok).toBe(true);
	}
});

test('a list is an answer where one is wanted, and nothing else is', () => {
	const asked = { status: 200, asked: 'other', isList: true } as const;
	expect(interpret({ ...asked, body: [1, 2] })).toEqual({ ok: true, value: { status: 200, response: [1, 2] } });
	expect(interpret({ ...asked, body: { status: 200, response: [] } }).ok).toBe(false);
});

test('a failure has the status that decided, what was said, and what was paid for', () => {
	interface Told {
		httpCode?: string;
		said?: string;
		partialText?: string;
	}
	const TOLD: [response: Parameters<typeof interpret>[0], told: Told][] = [
		[
			{ status: 302, body: '', asked: 'chat', location: 'https://a.example' },
			{ httpCode: '302', said: 'redirect to https://a.example' },
		],
		[{ status: 302, body: '', asked: 'chat' }, { httpCode: '302' }],
		[{ status: 302, body: '', asked: 'chat', front: 'gate' }, { httpCode: '302' }],
		[{ status: 200, body: null, asked: 'chat' }, { httpCode: '200' }],
		[{ status: 201, body: '', asked: 'chat' }, { httpCode: '201' }],
		[
			{ status: 200, body: '<p>Sign in</p>', asked: 'chat' },
			{ httpCode: '200', said: 'Sign in' },
		],
		[
			{ status: 200, body: [1], asked: 'chat' },
			{ httpCode: '200', said: '[1]', partialText: '[1]' },
		],
		[
			{ status: 200, body: { status: 500, error: 'broken' }, asked: 'chat' },
			{ httpCode: '500', said: 'broken' },
		],
		[
			{ status: 200, body: { error: { message: 'broken', status: 503 } }, asked: 'chat' },
			{ httpCode: '503', said: 'broken' },
		],
		[
			{ status: 200, body: { error: 'broken' }, asked: 'chat' },
			{ httpCode: '200', said: 'broken' },
		],
		[{ status: 200, body: { status: 500 }, asked: 'chat' }, { httpCode: '500' }],
	];
	eachRow(
		TOLD,
		([response]) => JSON.stringify(response),
		([response, told]) => {
			const result = interpret(response);
			const { httpCode, said, partialText }: Told = result.ok ? {} : result.failure;
			expect({ httpCode, said, partialText }).toEqual({ httpCode: undefined, said: undefined, partialText: undefined, ...told });
		},
	);
});

test('who answers in front of agent.ai is told by its kind', () => {
	for (const status of [302, 403]) {
		const kinds = (['proxy', 'gate'] as const).map((front) => {
			const result = interpret({ status, body: '', asked: 'chat', front });
			return result.ok ? 'ok' : result.failure.kind;
		});
		expect(kinds).toEqual(['proxyRefused', 'refusedInFront']);
	}
});

test('remote text is cut to a readable length and freed of its tags', () => {
	const result = interpret({
		status: 500,
		asked: 'chat',
		body: `<html><head><style>p{}</style></head><body><p>${'long '.repeat(500)}</p></body></html>`,
	});
	const description = result.ok ? '' : result.failure.description;
	expect(description).toContain('long long');
	expect(description).not.toMatch(/[<>]|p\{\}/);
	expect(description.length).toBeLessThan(700);
});
