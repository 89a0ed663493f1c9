import { ANYWHERE } from '../../nodes/AgentAi/failures/advice.ts';
import { classify, type ErrorPlace } from '../../nodes/AgentAi/failures/classify.ts';
import { failure, inSituation } from '../../nodes/AgentAi/failures/failure.ts';
import type { Asked } from '../../nodes/AgentAi/failures/failureRow.ts';
import { remoteError } from '../../nodes/AgentAi/failures/remoteError.ts';

const PLACES: ErrorPlace['place'][] = ['http', 'body', 'stream'];
const kindOf = (error: unknown, status: number | undefined, place: ErrorPlace['place'], asked: Asked) =>
	classify(remoteError({ error, response: null, ...(status === undefined ? {} : { status }) }), { status, place, asked });

describe('told the same wherever it is told', () => {
	test.each<[what: string, error: unknown, status: number | undefined, asked: Asked, kind: string]>([
		['the gateway’s refusal of its token', { message: 'Unauthorized', type: 'unauthorized' }, 401, 'chat', 'gatewayToken'],
		['the same without a status', { message: 'Unauthorized', type: 'unauthorized' }, undefined, 'tool', 'gatewayToken'],
		['the gateway’s lockout', { message: 'Too many failed authentication attempts', type: 'rate_limited' }, 429, 'chat', 'gatewayLockout'],
		['the lockout in words alone', 'OpenClaw: too many failed attempts', 429, 'tool', 'gatewayLockout'],
		['the provider’s key', { message: 'bad key', type: 'authentication_error' }, 401, 'chat', 'providerKey'],
		['the provider’s money', { message: 'You exceeded your current quota', type: 'insufficient_quota' }, 402, 'chat', 'providerQuota'],
		['the provider’s money as a limit', { message: 'x', type: 'insufficient_quota' }, 429, 'chat', 'providerQuota'],
		['agent.ai’s credits', 'You have run out of credits', 402, 'chat', 'credits'],
		['a tool’s error, bad arguments', { message: 'limit must be a positive integer', type: 'tool_error' }, 400, 'tool', 'toolFailed'],
		['a tool’s error, its own failure', { message: 'tool execution failed', type: 'tool_error' }, 500, 'tool', 'toolFailed'],
		['a tool that HTTP does not offer', 'Tool not available: cron', 404, 'tool', 'toolNotAvailable'],
		['a scope that is missing', { message: 'missing scope: operator.write', type: 'forbidden' }, 403, 'tool', 'missingScope'],
		['a proxy that is not trusted', { message: 'x', type: 'proxy_attribution_required' }, 403, 'chat', 'proxyNotTrusted'],
	])('%s', (_what, error, status, asked, kind) => {
		expect(PLACES.map((place) => kindOf(error, status, place, asked))).toEqual([kind, kind, kind]);
	});
});

describe('told by its place, where nothing else tells', () => {
	test.each<[what: string, error: unknown, status: number, asked: Asked, kinds: string[]]>([
		['401: agent.ai’s own, or from behind it', 'Unauthorized', 401, 'chat', ['agentToken', 'gatewayToken', 'gatewayToken']],
		['401 of another service', 'Unauthorized', 401, 'other', ['agentToken', 'serviceRefused', 'serviceRefused']],
		['429: the account’s limit, or somebody behind is busy', 'busy', 429, 'chat', ['rateLimited', 'upstreamBusy', 'upstreamBusy']],
		['a bare 404 of a tool', 'Not Found', 404, 'tool', ['gatewayNotFound', 'gatewayNotFound', 'gatewayNotFound']],
		['a bare 404 of a chat', 'Not Found', 404, 'chat', ['chatEndpointDisabled', 'chatEndpointDisabled', 'chatEndpointDisabled']],
	])('%s', (_what, error, status, asked, kinds) => {
		expect(PLACES.map((place) => kindOf(error, status, place, asked))).toEqual(kinds);
	});

	test('an error without any status is one of the stream, or of the answer', () => {
		expect(PLACES.slice(1).map((place) => kindOf('model went away', undefined, place, 'chat'))).toEqual(['bodyError', 'streamError']);
	});
});

test('each type and each wording that says something, with what it says it of', () => {
	type Row = [error: unknown, status: number | undefined, place: ErrorPlace['place'], asked: Asked, kind: string];
	const typed = (type: string, message = 'x') => ({ message, type });
	const ROWS: Row[] = [
		['Gateway requester authority changed', 403, 'http', 'other', 'gatewayToken'],
		['the append-only response stream was broken', 500, 'stream', 'chat', 'notStreamable'],
		[typed('billing_error'), 400, 'http', 'other', 'providerQuota'],
		[typed('invalid_api_key'), 500, 'http', 'other', 'providerKey'],
		[typed('rate_limited'), 429, 'http', 'other', 'rateLimited'],
		[typed('rate_limited'), 400, 'http', 'tool', 'gatewayLockout'],
		[{ message: '20 per 1 minute', type: 'rate_limited' }, 429, 'http', 'chat', 'rateLimited'],
		[{ message: 'Too many requests', type: 'rate_limited' }, 429, 'http', 'chat', 'rateLimited'],
		[{ message: 'Rate limit exceeded', type: 'rate_limited' }, 429, 'http', 'tool', 'rateLimited'],
		[typed('service_unavailable'), 503, 'http', 'chat', 'gatewayRestarting'],
		[typed('service_unavailable'), 503, 'http', 'other', 'unavailable'],
		[typed('service_unavailable'), 500, 'http', 'chat', 'serverError'],
		[typed('gateway_unavailable'), undefined, 'stream', 'tool', 'gatewayRestarting'],
		[typed('unauthorized'), 401, 'http', 'other', 'agentToken'],
		[typed('unauthorized'), 400, 'http', 'chat', 'gatewayToken'],
		['Incorrect API key provided: sk-…', 400, 'http', 'chat', 'providerKey'],
		['invalid x-api-key', 400, 'http', 'chat', 'providerKey'],
		['API key not valid', 400, 'http', 'chat', 'providerKey'],
		['403 proxy_attribution_required', 400, 'http', 'chat', 'proxyNotTrusted'],
		['Too many unauthorised connection attempts', 400, 'http', 'chat', 'gatewayLockout'],
		['Too many unauthorized attempts', 429, 'http', 'other', 'rateLimited'],
		['insufficient_quota', 500, 'http', 'chat', 'providerQuota'],
		['not enough credits', undefined, 'body', 'chat', 'credits'],
		['your credits are exhausted', 499, 'http', 'other', 'credits'],
		['out of credits', 500, 'http', 'other', 'serverError'],
		['no', 402, 'http', 'other', 'credits'],
		['the credits of the film', 400, 'http', 'other', 'badRequest'],
		['Rate limit exceeded. Wait, or buy more credits', 429, 'http', 'other', 'rateLimited'],
		['This action needs more credits', 400, 'http', 'other', 'credits'],
		['OpenClaw instance returned 530: error code: 1033', 530, 'http', 'chat', 'instanceUnreachable'],
		['OpenClaw instance returned 526', 526, 'http', 'tool', 'instanceUnreachable'],
		['error code: 522', 522, 'body', 'chat', 'instanceUnreachable'],
		['error code: 522', 522, 'http', 'chat', 'originDown'],
		['OpenClaw instance returned 503: Service Temporarily Unavailable', 503, 'http', 'chat', 'upstream'],
		['Service Temporarily Unavailable', 503, 'http', 'chat', 'unavailable'],
		['connect ETIMEDOUT 10.0.0.1:18789', 500, 'http', 'chat', 'instanceUnreachable'],
		['No route to host', 500, 'http', 'chat', 'instanceUnreachable'],
		['connect EHOSTUNREACH 10.0.0.1:18789', 500, 'http', 'other', 'serverError'],
		['missing scope', 400, 'http', 'other', 'missingScope'],
		['the error is gateway_unavailable', 500, 'http', 'tool', 'gatewayRestarting'],
		['gateway is temporarily unavailable while it starts', 500, 'http', 'chat', 'gatewayRestarting'],
		['the error is gateway_unavailable', 500, 'http', 'other', 'serverError'],
		['connect ECONNREFUSED', 500, 'http', 'chat', 'instanceUnreachable'],
		['Connection refused', 500, 'http', 'tool', 'instanceUnreachable'],
		['Connection refused', 500, 'http', 'other', 'serverError'],
		['The plain HTTP request was sent to HTTPS port', 400, 'http', 'other', 'plainHttp'],
		['client sent an HTTP request to an HTTPS server', 400, 'http', 'chat', 'plainHttp'],
		// what stands behind agent.ai, by its words or its place
		['the gateway says no', 401, 'http', 'chat', 'gatewayToken'],
		['the instance says no', 403, 'http', 'tool', 'gatewayForbidden'],
		['OpenClaw says no', 403, 'http', 'other', 'forbidden'],
		['no', 403, 'http', 'chat', 'forbidden'],
		['no', 403, 'body', 'chat', 'gatewayForbidden'],
		['no', 403, 'stream', 'other', 'serviceRefused'],
		['no', 401, 'stream', 'other', 'serviceRefused'],
		['no', 400, 'stream', 'other', 'badRequest'],
		['Unauthorized', undefined, 'body', 'chat', 'gatewayToken'],
		['Unauthorised.', undefined, 'stream', 'tool', 'gatewayToken'],
		['Unauthorized', undefined, 'body', 'other', 'bodyError'],
		['It is unauthorized.', undefined, 'body', 'chat', 'bodyError'],
		['Unauthorized by law', undefined, 'body', 'chat', 'bodyError'],
		['the provider took too long', 408, 'http', 'chat', 'providerTimeout'],
		['too long', 408, 'http', 'chat', 'timeout'],
		['the provider took too long', 408, 'http', 'other', 'timeout'],
		[typed('rate_limit_error'), 429, 'body', 'chat', 'upstreamBusy'],
		[typed('rate_limit_exceeded', 'the gateway says so'), 429, 'http', 'chat', 'upstreamBusy'],
		[typed('overloaded_error'), 429, 'http', 'chat', 'rateLimited'],
		[typed('model_not_found'), 404, 'http', 'chat', 'providerModel'],
		[typed('not_found_error'), 404, 'http', 'tool', 'providerModel'],
		[typed('invalid_request_error'), 404, 'http', 'chat', 'providerModel'],
		[typed('invalid_request_error'), 400, 'http', 'chat', 'badRequest'],
		[typed('model_not_found'), 404, 'http', 'other', 'unknownAction'],
		['no such action', 404, 'http', 'chat', 'unknownAction'],
		['Not Found: /x', 404, 'http', 'chat', 'unknownAction'],
		['It was not found', 404, 'http', 'chat', 'unknownAction'],
		['POST /v1/chat/completions', 404, 'http', 'chat', 'chatEndpointDisabled'],
		['POST /tools/invoke', 404, 'http', 'tool', 'gatewayNotFound'],
		['the gateway has none', 404, 'http', 'tool', 'gatewayNotFound'],
		// types that stand for a status
		[typed('invalid_request_error'), undefined, 'stream', 'other', 'badRequest'],
		[typed('not_found'), undefined, 'body', 'tool', 'gatewayNotFound'],
		[typed('rate_limit_error'), undefined, 'stream', 'chat', 'upstreamBusy'],
		[typed('rate_limit_exceeded'), undefined, 'body', 'other', 'upstreamBusy'],
		[typed('overloaded_error'), undefined, 'body', 'other', 'upstreamBusy'],
		[{ message: 'x', status: 503 }, undefined, 'stream', 'other', 'unavailable'],
	];
	for (const row of ROWS) {
		const [error, status, place, asked] = row;
		expect([...row.slice(0, 4), kindOf(error, status, place, asked)]).toEqual(row);
	}
	// a web framework's own 404 says it in JSON
	expect(classify(remoteError({ message: 'Not Found' }), { status: 404, place: 'http', asked: 'chat' })).toBe('unknownAction');
	expect(classify(remoteError('Not Found'), { status: 404, place: 'http', asked: 'chat' })).toBe('chatEndpointDisabled');
});

test.each<[what: string, error: unknown, status: number]>([
	['its key', { message: 'Incorrect API key provided', type: 'invalid_api_key' }, 401],
	['its quota', { message: 'You exceeded your current quota', type: 'insufficient_quota' }, 429],
	['its scope', 'missing scope: crm.objects.read', 403],
	['its tool', 'Tool not available: search', 400],
	['that it is busy', { message: 'Overloaded', type: 'overloaded_error' }, 529],
	['that it cannot be reached', 'Connection refused', 502],
	['that it is too slow', 'gateway timeout', 504],
])('what a service behind another action says of %s is not blamed on OpenClaw', (_what, error, status) => {
	for (const place of PLACES) {
		const { message, description } = inSituation(failure(kindOf(error, status, place, 'other')), { ...ANYWHERE, asked: 'other' });
		expect(`${message}. ${description}`).not.toMatch(/OpenClaw|instance|gateway|auth token/i);
	}
});

test('each status, where nothing else tells', () => {
	const KINDS: Record<number, [http: string, body: string]> = {
		400: ['badRequest', 'badRequest'],
		404: ['unknownAction', 'badRequest'],
		405: ['unknownAction', 'badRequest'],
		407: ['proxyRefused', 'proxyRefused'],
		408: ['timeout', 'timeout'],
		409: ['unexpectedStatus', 'unexpectedStatus'],
		410: ['unknownAction', 'badRequest'],
		413: ['tooLarge', 'tooLarge'],
		422: ['badRequest', 'badRequest'],
		429: ['rateLimited', 'upstreamBusy'],
		499: ['unexpectedStatus', 'unexpectedStatus'],
		500: ['serverError', 'serverError'],
		502: ['upstream', 'upstream'],
		503: ['unavailable', 'unavailable'],
		504: ['upstreamTimeout', 'upstreamTimeout'],
		520: ['serverError', 'serverError'],
		521: ['originDown', 'originDown'],
		522: ['originDown', 'originDown'],
		523: ['originDown', 'originDown'],
		524: ['upstreamTimeout', 'upstreamTimeout'],
		525: ['originCertificate', 'originCertificate'],
		526: ['originCertificate', 'originCertificate'],
		529: ['upstreamBusy', 'upstreamBusy'],
		530: ['originDown', 'originDown'],
	};
	const told = Object.keys(KINDS).map((status) => [
		status,
		(['http', 'body'] as const).map((place) => kindOf('x', Number(status), place, 'other')),
	]);
	expect(Object.fromEntries(told)).toEqual(KINDS);
});
