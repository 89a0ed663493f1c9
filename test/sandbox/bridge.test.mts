import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';

import { readAddress } from '../../sandbox/bridge/address.mts';
import { RealGateway } from '../../sandbox/bridge/realGateway.mts';
import { findGateway } from '../../sandbox/bridge/settings.mts';
import { Sandbox } from '../../sandbox/server.mts';
import { portOf } from '../support/port.mts';

let folder: string;
let file: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'agent-ai-bridge-'));
	file = join(folder, 'openclaw.json');
});
afterEach(async () => await rm(folder, { recursive: true }));

const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ OPENCLAW_CONFIG_PATH: file, ...more });

describe('the gateway on this machine', () => {
	const rows: [string, string | undefined, NodeJS.ProcessEnv, { instance: string; token?: string }][] = [
		['nothing is known', undefined, {}, { instance: '127.0.0.1:18789' }],
		['port and token', '{"gateway":{"port":19001,"auth":{"token":"t"}}}', {}, { instance: '127.0.0.1:19001', token: 't' }],
		['as a person writes JSON5', "{\n// mine\ngateway: { auth: { token: 't', }, }, }", {}, { instance: '127.0.0.1:18789', token: 't' }],
		[
			'another auth.token higher up',
			'{"mcp":{"servers":{"x":{"auth":{"token":"not-the-gateway"}}}},"gateway":{"auth":{"mode":"token","token":"t"}}}',
			{},
			{ instance: '127.0.0.1:18789', token: 't' },
		],
		['only another auth.token', '{"mcp":{"servers":{"x":{"auth":{"token":"no"}}}}}', {}, { instance: '127.0.0.1:18789' }],
		['a commented token', '{gateway:{auth:{/* "token": "old" */ token:"new"}}}', {}, { instance: '127.0.0.1:18789', token: 'new' }],
		['a password', '{gateway:{auth:{mode:"password",password:"p"}}}', {}, { instance: '127.0.0.1:18789', token: 'p' }],
		['a reference', '{gateway:{auth:{token:"${MINE}"}}}', { MINE: 'from-env' }, { instance: '127.0.0.1:18789', token: 'from-env' }],
		['an unset reference', '{gateway:{auth:{token:"${MINE}"}}}', {}, { instance: '127.0.0.1:18789' }],
		['a secret store', '{gateway:{auth:{token:{source:"store",id:"X"}}}}', {}, { instance: '127.0.0.1:18789' }],
		[
			'the environment first',
			'{"gateway":{"port":19001,"auth":{"token":"t"}}}',
			{ OPENCLAW_GATEWAY_TOKEN: 'e', OPENCLAW_GATEWAY_PORT: '19002' },
			{ instance: '127.0.0.1:19002', token: 'e' },
		],
	];

	test('is found with its port and its own token, however its configuration is written', async () => {
		for (const [name, config, more, expected] of rows) {
			await writeFile(file, config ?? '');
			if (config === undefined) await rm(file);
			expect([name, await findGateway(undefined, env(more))]).toEqual([name, expected]);
		}
	});

	test('a configuration that is no JSON5 is named, without what stands in it', async () => {
		await writeFile(file, '{ gateway: { auth: { token: "secret-4711" } ');
		const error = await findGateway(undefined, env()).catch((caught: unknown) => caught as Error);
		expect((error as Error).message).toContain(file);
		expect((error as Error).message).not.toContain('4711');
	});

	test('its token goes to no other machine, whatever the command line names', async () => {
		await writeFile(file, '{gateway:{auth:{token:"t"}}}');
		const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
		for (const host of [
			'localhost',
			'127.0.0.1:1',
			'[::1]:1',
			...own.filter(({ family }) => family === 'IPv4').map(({ address }) => address),
		])
			expect([host, (await findGateway(host, env())).token]).toEqual([host, 't']);
		for (const host of ['openclaw.example.com', '203.0.113.7', '192.168.255.254:18789'])
			expect([host, (await findGateway(host, env())).token]).toEqual([host, undefined]);
		expect(await findGateway('203.0.113.7', env({ OPENCLAW_GATEWAY_TOKEN: 'theirs' }))).toEqual({
			instance: '203.0.113.7',
			token: 'theirs',
		});
	});
});

test('an address is asked by plain HTTP on loopback and in private networks, and by HTTPS anywhere else', () => {
	for (const [instance, url] of [
		['127.0.0.1', 'http://127.0.0.1:18789'],
		['LocalHost:7', 'http://localhost:7'],
		['[::1]', 'http://[::1]:18789'],
		['192.168.1.20', 'http://192.168.1.20:18789'],
		['10.0.0.5:8080', 'http://10.0.0.5:8080'],
		['172.31.0.1', 'http://172.31.0.1:18789'],
		['100.101.102.103', 'http://100.101.102.103:18789'],
		['[fd00::5]', 'http://[fd00::5]:18789'],
		['192.168.1.20:443', 'https://192.168.1.20:443'],
		['172.32.0.1', 'https://172.32.0.1'],
		['203.0.113.7', 'https://203.0.113.7'],
		['claw.example.com', 'https://claw.example.com'],
		['http://x', undefined],
		['user@host', undefined],
	] as const) {
		expect([instance, readAddress(instance)?.url]).toEqual([instance, url]);
	}
});

describe('the bridge', () => {
	let gateway: Server;
	let asked: IncomingMessage['headers'][];
	let bridge: Sandbox;

	beforeEach(async () => {
		asked = [];
		gateway = createServer((request, response) => {
			if (request.method === 'POST') asked.push(request.headers);
			response.end(JSON.stringify({ choices: [{ message: { content: 'Hello' } }] }));
		});
		await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
		const find = async () => await findGateway(`127.0.0.1:${portOf(gateway)}`, env());
		bridge = await Sandbox.start({}, new RealGateway({ find, allowedHosts: [] }));
	});
	afterEach(async () => {
		await bridge.close();
		gateway.close();
	});

	const action = async (name: string, body: object) => {
		const response = await fetch(`${bridge.baseUrl}/action/${name}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${bridge.options.apiToken}`, 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		return { status: response.status, text: await response.text() };
	};
	const chat = async (fields: object) =>
		await action('openclaw_chat_completion', {
			instance_ip: `127.0.0.1:${portOf(gateway)}`,
			auth_token: 't',
			message: 'Hello',
			output_variable_name: 'answer',
			...fields,
		});
	const details = async () => await action('openclaw_get_details', { output_variable_name: 'openclaw' });

	test('learns of a changed token while it runs, and says so when it is gone', async () => {
		for (const token of ['first', 'second']) {
			await writeFile(file, `{gateway:{auth:{token:"${token}"}}}`);
			expect((await details()).text).toContain(`"auth_token":"${token}"`);
		}
		await writeFile(file, '{}');
		expect((await details()).text).toContain('OPENCLAW_GATEWAY_TOKEN');
	});

	test('refuses in words what a header cannot carry, and sends what it can', async () => {
		for (const [fields, name] of [
			[{ session_key: 'agent:main:клиент' }, 'session_key'],
			[{ session_key: 'agent:main:顧客' }, 'session_key'],
			[{ session_key: 'agent:main:a\nb' }, 'session_key'],
			[{ agent_id: 'помощник' }, 'agent_id'],
		] as const) {
			const { status, text } = await chat(fields);
			expect([name, status]).toEqual([name, 400]);
			expect(text).toContain(`The ${name} holds`);
		}
		expect(asked).toHaveLength(0);
		expect((await chat({ session_key: 'agent:main:café-4711' })).status).toBe(200);
		expect(asked.map((headers) => headers['x-openclaw-session-key'])).toEqual(['agent:main:café-4711']);
	});
});
