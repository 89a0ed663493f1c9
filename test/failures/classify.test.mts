import { classify, type ErrorPlace } from '../../nodes/AgentAi/failures/classify.ts';
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
