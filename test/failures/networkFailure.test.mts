import { networkFailure } from '../../nodes/AgentAi/failures/networkFailure.ts';
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
	['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', {}, 'tls', 'final'],
	['EPROTO', {}, 'tls', 'final'],
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

test('an error of somebody else without a code is not called one of n8n’s', () => {
	expect(judge(new Error('what is this: planted-secret'))).toMatchObject({ kind: 'network', delivery: 'uncertain' });
	expect(judge('just a text')).toMatchObject({ kind: 'network' });
	expect(judge(undefined)).toMatchObject({ kind: 'network' });
});

/** As n8n-workflow 1.99 to 2.33 gives a network error: without its cause. */
const older = (code: string, text: string) =>
	Object.assign(new Error('The service refused the connection'), { httpCode: code, messages: [text], cause: undefined });

test.each<[string, unknown, string, string]>([
	['a refused connection of older n8n', older('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:9'), 'connectionRefused', 'notDelivered'],
	['a timeout while connecting of older n8n', older('ETIMEDOUT', 'connect ETIMEDOUT 10.0.0.1:443'), 'connectionRefused', 'notDelivered'],
	['a timeout of older n8n', older('ECONNABORTED', 'timeout of 1000ms exceeded'), 'timeout', 'uncertain'],
	['a reset of older n8n', older('ECONNRESET', 'socket hang up'), 'connectionReset', 'uncertain'],
	['a code in the text alone', new Error('getaddrinfo ENOTFOUND nowhere.invalid'), 'dns', 'notDelivered'],
	[
		'IPv4 and IPv6 refused',
		new Error('outer', {
			cause: Object.assign(
				new AggregateError([coded('ECONNREFUSED', { syscall: 'connect' }), coded('ETIMEDOUT', { syscall: 'connect' })]),
				{ code: 'ECONNREFUSED' },
			),
		}),
		'connectionRefused',
		'notDelivered',
	],
	[
		'an AggregateError without a code',
		new AggregateError([coded('EHOSTUNREACH', { syscall: 'connect' })]),
		'connectionRefused',
		'notDelivered',
	],
	['a proxy that drops CONNECT', new Error('Proxy connection ended before receiving CONNECT response'), 'proxyRefused', 'notDelivered'],
	['SSRF protection', new Error('The request was blocked because it resolves to a restricted IP address'), 'requestBlocked', 'final'],
	['Stop', coded('ERR_CANCELED'), 'aborted', 'final'],
	['a token that no header can hold', coded('ERR_INVALID_CHAR'), 'agentToken', 'final'],
	['a body that is not packed as it says', coded('Z_DATA_ERROR'), 'invalidJson', 'uncertain'],
])('%s', (_what, error, kind, delivery) => expect(judge(error)).toMatchObject({ kind, delivery }));

describe('where a connection failed', () => {
	const to = (url: string, extra: object, code: string) =>
		networkFailure(coded(code, { syscall: 'connect', ...extra }), 120, createRedactor([]), url);

	test.each<[string, string, object, string]>([
		['another port', 'https://api.example/v1', { port: 3128 }, 'ECONNREFUSED'],
		['another port than the one written', 'http://api.example:8080/v1', { port: 80 }, 'ECONNREFUSED'],
		['a time that ran out there', 'https://api.example/v1', { port: 3128 }, 'ETIMEDOUT'],
		['another name', 'https://api.example/v1', { hostname: 'proxy.example', syscall: 'getaddrinfo' }, 'ENOTFOUND'],
		['another name, just now', 'https://api.example/v1', { hostname: 'proxy.example', syscall: 'getaddrinfo' }, 'EAI_AGAIN'],
	])('%s is the proxy’s', (_what, url, extra, code) => {
		expect(to(url, extra, code)).toMatchObject({ kind: 'proxyDown', delivery: 'notDelivered', shared: { scope: 'account', as: 'down' } });
	});

	test('where n8n leaves the words of Node.js alone, too', () => {
		const kindOf = (code: string, text: string) =>
			networkFailure(older(code, text), 120, createRedactor([]), 'https://api.example:8443/v1').kind;
		for (const [code, text, kind] of [
			['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:3128', 'proxyDown'],
			['ECONNREFUSED', 'connect ECONNREFUSED ::1:3128', 'proxyDown'],
			['ENOTFOUND', 'getaddrinfo ENOTFOUND proxy.example', 'proxyDown'],
			['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:8443', 'connectionRefused'],
			['ECONNREFUSED', 'connect ECONNREFUSED ::1:8443', 'connectionRefused'],
			['ENOTFOUND', 'getaddrinfo ENOTFOUND api.example', 'dns'],
			['ECONNREFUSED', 'refused', 'connectionRefused'],
		] as const) {
			expect([text, kindOf(code, text)]).toEqual([text, kind]);
		}
	});

	test.each<[string, string, object, string]>([
		['the port of https', 'https://api.example/v1', { port: 443 }, 'ECONNREFUSED'],
		['the port of http', 'http://api.example/v1', { port: 80 }, 'ECONNREFUSED'],
		['the port that was written', 'http://api.example:8080/v1', { port: 8080 }, 'ECONNREFUSED'],
		['the same name', 'https://API.example/v1', { hostname: 'api.example', syscall: 'getaddrinfo' }, 'ENOTFOUND'],
		['no address at all', 'https://api.example/v1', {}, 'ECONNREFUSED'],
	])('%s is the server’s own', (_what, url, extra, code) => {
		expect(to(url, extra, code).kind).toBe(code === 'ENOTFOUND' ? 'dns' : 'connectionRefused');
	});
});

test('an alert of TLS where HTTP was spoken; what else cannot be parsed is no such', () => {
	const unparsed = (bytes: number[]) => judge(coded('HPE_INVALID_CONSTANT', { rawPacket: Buffer.from(bytes) }));
	expect(unparsed([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46])).toMatchObject({ kind: 'plainHttp', delivery: 'final' });
	expect(unparsed([0x15, 0x03, 0x01])).toMatchObject({ kind: 'plainHttp' });
	expect(unparsed([0x48, 0x54])).toMatchObject({ kind: 'network', delivery: 'uncertain' });
	expect(unparsed([])).toMatchObject({ kind: 'network' });
});

test('no file handle is left, for a socket or to look up its name: nothing was sent', () => {
	for (const code of ['EMFILE', 'ENFILE']) {
		for (const syscall of ['connect', 'getaddrinfo', 'socket']) {
			const failed = networkFailure(coded(code, { syscall, hostname: 'api.example' }), 120, createRedactor([]), 'https://api.example/v1');
			expect(failed).toMatchObject({ kind: 'tooManyFiles', delivery: 'notDelivered', shared: { as: 'down' } });
		}
	}
});

test('an error that holds itself comes to an end', () => {
	const error: Error & { cause?: unknown; errors?: unknown } = new Error('round');
	error.cause = error;
	error.errors = [error, error];
	expect(judge(error)).toMatchObject({ kind: 'network' });
});

test.each(['read EHOSTUNREACH', 'read ENETUNREACH'])('a connection in use that breaks may have done its work: %s', (message) => {
	const [syscall = '', code = ''] = message.split(' ');
	const failed = networkFailure(Object.assign(new Error(message), { code, syscall }), 60, (text) => text);
	expect(failed).toMatchObject({ kind: 'connectionReset', delivery: 'uncertain' });
});

test.each([
	['ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC', 'ssl3_read_bytes:sslv3 alert bad record mac'],
	['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'ssl3_get_record:decryption failed or bad record mac'],
	['ERR_SSL_UNEXPECTED_EOF_WHILE_READING', 'ssl3_read_n:unexpected eof while reading'],
	['EPROTO', 'write EPROTO 0A000119:SSL routines::decryption failed or bad record mac'],
])('a record of TLS that is damaged breaks a connection in use; no certificate is at fault: %s', (code, message) => {
	const broken = (extra: object) => judge(Object.assign(new Error(message), { code, ...extra }));
	expect(broken({})).toMatchObject({ kind: 'connectionReset', delivery: 'uncertain' });
	expect(broken({ request: { socket: { bytesWritten: 0 } } })).toMatchObject({ kind: 'connectionReset', delivery: 'notDelivered' });
});

test('a connection that breaks before its TLS stands has sent nothing, also where no request is left in the error', () => {
	const message = 'Client network socket disconnected before secure TLS connection was established';
	expect(networkFailure(Object.assign(new Error(message), { code: 'ECONNRESET' }), 60, (text) => text).delivery).toBe('notDelivered');
});
