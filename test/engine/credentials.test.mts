import { createServer, type IncomingMessage } from 'node:http';

import type { IDataObject } from 'n8n-workflow';

import { systemClock } from '../../nodes/AgentAi/client/systemClock.ts';
import { type OnError, retryData, runNode } from '../support/engine.mts';
import { portOf } from '../support/port.mts';

/** One request as it came. */
interface Seen {
	bearer: string;
	body: IDataObject;
}

interface Reply {
	status?: number;
	text?: string;
}

const servers = new Set<ReturnType<typeof createServer>>();

afterEach(() => {
	for (const server of servers) {
		server.closeAllConnections();
		server.close();
	}
	servers.clear();
});

/** A server that notes who asks what. */
async function start(reply: (seen: Seen, count: number) => Reply = () => ({})) {
	const seen: Seen[] = [];
	const read = async (request: IncomingMessage) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		return Buffer.concat(chunks).toString();
	};
	const server = createServer((request, response) => {
		void read(request).then((text) => {
			const one = {
				bearer: (request.headers.authorization ?? '').replace('Bearer ', ''),
				body: JSON.parse(text || '{}') as IDataObject,
			};
			seen.push(one);
			const { status = 200, text: answer = 'hi' } = reply(one, seen.length);
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(status < 300 ? { status, response: { response_text: answer } } : { status, error: answer }));
		});
	});
	servers.add(server);
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	return { seen, baseUrl: `http://127.0.0.1:${portOf(server)}/v1` };
}

const pairs = (seen: Seen[], field: (one: Seen) => unknown) =>
	Object.fromEntries(seen.map((one) => [one.body.message as string, field(one)]));

const MODES: OnError[] = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];
const FIXED = { apiToken: 'token-of-a', instanceIp: '10.9.0.0', authToken: 'gateway-of-a' };
const message = { message: '={{ $json.q }}' };

describe('a credential that is an expression gives each row its own', () => {
	const rows = ['token-of-a', 'token-of-b', 'token-of-a', 'token-of-b'].map((token, row) => ({ q: `q${row}`, token }));

	test.each(MODES)('token (%s)', async (onError) => {
		const { seen, baseUrl } = await start();
		const credential = { ...FIXED, baseUrl, apiToken: '={{ $json.token }}' };
		const { items, error } = await runNode({ credential, parameters: message, items: rows, onError });
		expect(error).toBeUndefined();
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2, 3].map((item) => ({ item })));
		expect(pairs(seen, ({ bearer }) => bearer)).toEqual({ q0: 'token-of-a', q1: 'token-of-b', q2: 'token-of-a', q3: 'token-of-b' });
	});

	test('instance and gateway token', async () => {
		const { seen, baseUrl } = await start();
		const credential = { ...FIXED, baseUrl, instanceIp: '={{ $json.ip }}', authToken: '={{ $json.gateway }}' };
		const items = [0, 1].map((row) => ({ q: `q${row}`, ip: `10.9.0.${row}`, gateway: `gateway-${row}` }));
		const { error } = await runNode({ credential, parameters: message, items });
		expect(error).toBeUndefined();
		expect(pairs(seen, ({ body }) => [body.instance_ip, body.auth_token])).toEqual({
			q0: ['10.9.0.0', 'gateway-0'],
			q1: ['10.9.0.1', 'gateway-1'],
		});
	});

	test('tokens that are numbers in their rows', async () => {
		const { seen, baseUrl } = await start();
		const credential = { apiToken: '={{ $json.token }}', instanceIp: '10.9.0.0', authToken: '={{ $json.gateway }}', baseUrl };
		const { error } = await runNode({ credential, parameters: message, items: [{ q: 'q0', token: 71523904, gateway: 482913 }] });
		expect(error).toBeUndefined();
		expect(pairs(seen, ({ body, bearer }) => [bearer, body.auth_token])).toEqual({ q0: ['71523904', '482913'] });
	});

	test('Base URL', async () => {
		const [first, second] = [await start(), await start()];
		const credential = { ...FIXED, baseUrl: '={{ $json.server }}' };
		const items = [first, second].map(({ baseUrl }, row) => ({ q: `q${row}`, server: baseUrl }));
		await runNode({ credential, parameters: message, items });
		expect(first.seen.map(({ body }) => body.message)).toEqual(['q0']);
		expect(second.seen.map(({ body }) => body.message)).toEqual(['q1']);
	});

	test('the token that is refused ends its own account only', async () => {
		const { seen, baseUrl } = await start(({ bearer }) => (bearer === 'token-of-b' ? { status: 401, text: 'wrong token' } : {}));
		const credential = { ...FIXED, baseUrl, apiToken: '={{ $json.token }}' };
		const refused = rows.map((row, index) => ({ ...row, token: index % 2 === 0 ? 'token-of-b' : 'token-of-a' }));
		const { items } = await runNode({ credential, parameters: message, items: refused, onError: 'continueRegularOutput' });
		expect(items.map(({ json }) => json.error === undefined)).toEqual([false, true, false, true]);
		expect(seen.filter(({ bearer }) => bearer === 'token-of-b').length).toBeLessThanOrEqual(2);
	});

	test('after a refusal, Retry gives no row the answer of another account', async () => {
		let tries = 1;
		const { seen, baseUrl } = await start(({ bearer, body }) => {
			if (tries < 3 && bearer === 'token-of-b') return { status: 400, text: 'no' };
			return tries < 3 && body.message === 'bad' ? { status: 401, text: 'no' } : { text: `for ${bearer.at(-1)}` };
		});
		const credential = { ...FIXED, baseUrl, apiToken: '={{ $json.token }}' };
		const items = [
			{ q: 'same', token: 'token-of-a' },
			{ q: 'bad', token: 'token-of-a' },
			{ q: 'same', token: 'token-of-b' },
		];
		const parameters = { ...message, options: { maxConcurrency: 1 } };
		let last = await runNode({ credential, parameters, items });
		for (tries = 2; tries <= 3; tries++) last = await runNode({ credential, parameters, retryOf: retryData(last.run.data) });
		expect(last.error).toBeUndefined();
		expect(last.items.map(({ json }) => (json.openclaw_result as IDataObject).response_text)).toEqual(['for a', 'for a', 'for b']);
		expect(seen.filter(({ bearer, body }) => bearer === 'token-of-a' && body.message === 'same')).toHaveLength(1);
	});

	test.each([
		['an empty token', { token: '' }, /API Token in the Agent\.ai credential is empty/],
		['a token that no header carries', { token: 'tökén-of-b' }, /contains a character that is not allowed in a token/],
		['no such field', {}, /API Token in the Agent\.ai credential is empty/],
	])('%s fails its own row alone', async (_what, bad, why) => {
		const { seen, baseUrl } = await start();
		const credential = { ...FIXED, baseUrl, apiToken: '={{ $json.token }}' };
		const items = [rows[0]!, { q: 'bad', ...bad }, rows[2]!];
		const result = await runNode({ credential, parameters: message, items, onError: 'continueRegularOutput' });
		expect(result.items.map(({ json }) => json.error === undefined)).toEqual([true, false, true]);
		expect((result.items[1]?.json.error as IDataObject).message).toMatch(why);
		expect(seen.map(({ body }) => body.message)).toEqual(['q0', 'q2']);
	});

	test('Max Concurrency holds for all accounts together', async () => {
		let [underWay, most] = [0, 0];
		const server = createServer((request, response) => {
			most = Math.max(most, ++underWay);
			request.resume();
			setTimeout(() => {
				underWay--;
				response.writeHead(200, { 'content-type': 'application/json' });
				response.end('{"status":200,"response":{"response_text":"hi"}}');
			}, 5);
		});
		servers.add(server);
		await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
		const credential = { ...FIXED, baseUrl: `http://127.0.0.1:${portOf(server)}/v1`, apiToken: '={{ $json.token }}' };
		const items = Array.from({ length: 30 }, (_, row) => ({ q: `q${row}`, token: `token-of-${row % 3}` }));
		const { error } = await runNode({ credential, parameters: { ...message, options: { maxConcurrency: 2 } }, items });
		expect(error).toBeUndefined();
		expect(most).toBe(2);
	});

	test('in Stop mode one account’s failure ends the others’ sending too', async () => {
		const { seen, baseUrl } = await start(({ body }) => (body.message === 'q1' ? { status: 400, text: 'no' } : {}));
		const credential = { ...FIXED, baseUrl, apiToken: '={{ $json.token }}' };
		const items = Array.from({ length: 20 }, (_, row) => ({ q: `q${row}`, token: `token-of-${row % 2}` }));
		const { error } = await runNode({ credential, parameters: { ...message, options: { maxConcurrency: 1 } }, items });
		expect(error?.message).toMatch(/of 20 items answered, 1 failed/);
		expect(seen.length).toBeLessThan(5);
	});
});

test('a credential that is saved anew while the batch runs is sent as a whole, and neither token is shown', async () => {
	let requests = 0;
	const { seen, baseUrl } = await start(({ bearer, body }, count) => {
		requests = count;
		const echo = `${bearer} ${body.auth_token as string}`;
		return body.message === 'q5' ? { status: 400, text: echo } : { text: echo };
	});
	const of = (name: string) => ({ apiToken: `api-token-${name}`, instanceIp: `10.9.0.${name.length}`, authToken: `gateway-token-${name}` });
	const credential = () => ({ baseUrl, ...of(requests < 2 ? 'old' : 'newer') });
	const items = Array.from({ length: 6 }, (_, row) => ({ q: `q${row}` }));
	const result = await runNode({
		credential,
		parameters: { ...message, options: { maxConcurrency: 1 } },
		items,
		onError: 'continueRegularOutput',
	});
	expect(seen).toHaveLength(6);
	for (const { bearer, body } of seen) {
		const { apiToken, instanceIp, authToken } = of(bearer.endsWith('old') ? 'old' : 'newer');
		expect([bearer, body.instance_ip, body.auth_token]).toEqual([apiToken, instanceIp, authToken]);
	}
	expect(result.everything).not.toMatch(/(api|gateway)-token-(old|newer)/);
});

test.each(MODES)('a token that is renewed while the batch runs is taken up before the next row fails (%s)', async (onError) => {
	let valid = 'token-one';
	const { seen, baseUrl } = await start(({ bearer }, count) => {
		if (count === 3) valid = 'token-two';
		return bearer === valid || count < 3 ? {} : { status: 401, text: 'expired' };
	});
	const items = Array.from({ length: 8 }, (_, row) => ({ q: `q${row}` }));
	const credential = () => ({ ...FIXED, baseUrl, apiToken: valid });
	const result = await runNode({ credential, parameters: { ...message, options: { maxConcurrency: 1 } }, items, onError });
	expect(result.error).toBeUndefined();
	expect(result.items.filter(({ json }) => json.error === undefined)).toHaveLength(8);
	expect(seen.at(-1)?.bearer).toBe('token-two');
	// the rows that were read before it was saved do not ask with the old one, each for itself
	expect(seen.filter(({ bearer }) => bearer === 'token-one')).toHaveLength(3);
});

test.each([2, 3])(
	'while agent.ai is down, the items of %s accounts wait no longer than Max Wait altogether for their instances',
	async (count) => {
		// what is not waited for is tried again at once
		const random = jest.spyOn(systemClock, 'random').mockReturnValue(0);
		const startedAt = performance.now();
		const { items } = await runNode({
			credential: { apiToken: '={{ $json.token }}', baseUrl: 'http://127.0.0.1:9/v1', instanceIp: '', authToken: '' },
			parameters: { ...message, options: { maxRateLimitWait: 3 } },
			items: Array.from({ length: count }, (_, row) => ({ q: `q${row}`, token: `down-${count}-${row}` })),
			onError: 'continueRegularOutput',
			mode: 'trigger',
		});
		random.mockRestore();
		for (const { json } of items) expect(json.error).toMatchObject({ message: 'Couldn’t connect to the Base URL' });
		expect(performance.now() - startedAt).toBeLessThan(5_000);
	},
	20_000,
);
