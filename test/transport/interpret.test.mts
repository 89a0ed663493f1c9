import { interpret } from '../../nodes/AgentAi/transport/interpret.ts';

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
	['a list', 200, [1, 2], 'notAnActionResponse'],
	['a bare text', 200, 'hello', 'ok'],
	['a bare text that says an error', 200, 'upstream connect error', 'notAnActionResponse'],
	['damaged JSON', 200, '{"status": 200, "resp', 'invalidJson'],
	['an unknown 4xx', 418, { status: 418, error: 'teapot', response: null }, 'unexpectedStatus'],
	['an unknown 5xx', 599, 'x', 'serverError'],
])('%s', (_what, status, body, kind) => expect(judge(status, body)).toBe(kind));

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
