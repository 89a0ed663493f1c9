import { networkFailure } from '../../nodes/AgentAi/transport/networkFailure.ts';
import { createRedactor } from '../../nodes/AgentAi/transport/redact.ts';

const coded = (code: string, extra: object = {}) => Object.assign(new Error('raw text with planted-secret'), { code, ...extra });
const judge = (error: unknown) => networkFailure(error, 120, createRedactor(['planted-secret']));

test.each<[string, object, string, string]>([
	['ECONNREFUSED', {}, 'connectionRefused', 'notDelivered'],
	['EHOSTUNREACH', {}, 'connectionRefused', 'notDelivered'],
	['ETIMEDOUT', { syscall: 'connect' }, 'connectionRefused', 'notDelivered'],
	['ENOTFOUND', {}, 'dns', 'notDelivered'],
	['EAI_AGAIN', {}, 'dns', 'notDelivered'],
	['CERT_HAS_EXPIRED', {}, 'tls', 'final'],
	['DEPTH_ZERO_SELF_SIGNED_CERT', {}, 'tls', 'final'],
	['ECONNABORTED', {}, 'timeout', 'uncertain'],
	['ETIMEDOUT', {}, 'timeout', 'uncertain'],
	['ECONNRESET', {}, 'connectionReset', 'uncertain'],
	['ECONNRESET', { request: { socket: { bytesWritten: 1 } } }, 'connectionReset', 'uncertain'],
	['ECONNRESET', { request: { socket: { bytesWritten: 0 } } }, 'connectionReset', 'notDelivered'],
	['ESOMETHING', {}, 'network', 'uncertain'],
])('%s %j is %s, %s', (code, extra, kind, delivery) => {
	const failure = judge(new Error('outer', { cause: coded(code, extra) }));
	expect(failure).toMatchObject({ kind, delivery });
	expect(JSON.stringify(failure)).not.toContain('planted-secret');
});

test('an error of n8n itself, raised before sending, is quoted without secrets', () => {
	expect(judge(new Error('Domain not allowed: planted-secret'))).toMatchObject({
		kind: 'requestBlocked',
		description: expect.stringContaining('“Domain not allowed: [hidden]”') as string,
	});
});
