import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

import { runNode } from '../support/engine.mts';
import { portOf } from '../support/port.mts';

const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'] as const;
const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
let proxy: Server | undefined;
/** Hosts that the proxy was asked for. */
const asked: string[] = [];

/** Starts a proxy that meets every CONNECT so, and sets it for this process as an administrator of n8n does. */
async function startProxy(meet: (socket: Duplex) => void): Promise<void> {
	asked.length = 0;
	// the HTTP client of older engines sends the request itself to the proxy, instead of CONNECT
	proxy = createServer((request) => {
		asked.push(request.url ?? '');
		meet(request.socket);
	});
	proxy.on('connect', (request, socket) => {
		asked.push(request.url ?? '');
		meet(socket);
	});
	await new Promise<void>((resolve) => proxy?.listen(0, '127.0.0.1', resolve));
	const url = `http://user:proxy-password-4711@127.0.0.1:${portOf(proxy)}`;
	for (const name of VARIABLES) process.env[name] = /no/i.test(name) ? '' : url;
}

afterEach(async () => {
	for (const name of VARIABLES) {
		if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
		else process.env[name] = before[name];
	}
	await new Promise((resolve) => (proxy ? proxy.close(resolve) : resolve(undefined)));
});

// n8n's helper shows a proxy's answer to CONNECT as the server's own: the headers with which proxies sign are all there is to tell it by
describe.each<[what: string, meet: (socket: Duplex) => void]>([
	[
		'refuses the host',
		(socket) =>
			socket.end('HTTP/1.1 403 Forbidden\r\nproxy-agent: firm\r\ncontent-type: text/html\r\n\r\n<html>blocked by the firm</html>'),
	],
	['wants a password', (socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n')],
	['drops the connection', (socket) => socket.destroy()],
	['cannot reach the host', (socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\nx-squid-error: ERR_CONNECT_FAIL 111\r\n\r\n')],
])('a proxy that %s', (what, meet) => {
	test.each([false, true])('is named, and nothing is said to have run (stream: %s)', async (stream) => {
		await startProxy(meet);
		const { items, everything } = await runNode({
			credential: { apiToken: 'proxied-token', baseUrl: 'https://api-lr.agent.ai/v1', instanceIp: '10.0.0.1', authToken: 'gateway-token' },
			parameters: { message: 'hi', options: { stream, maxTries: 1 } },
			items: [{}, {}],
			onError: 'continueRegularOutput',
		});
		expect(asked).toHaveLength(2);
		expect(asked[0]).toMatch(/api-lr\.agent\.ai/);
		// a dropped request, other than a dropped CONNECT, may have been passed on
		const dropped = asked[0]?.startsWith('https:') && what === 'drops the connection';
		const errors = items.map(({ json }) => json.error as { message: string; description: string } | undefined);
		expect(errors.map((error) => error?.message)).toEqual(
			[1, 2].map(() => expect.stringMatching(dropped ? /connection broke/ : /proxy/i) as string),
		);
		if (!dropped) expect(errors[0]?.description).toMatch(/Nothing (reached agent\.ai|was sent)/);
		expect(everything).not.toContain('proxy-password-4711');
	});
});
