import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import type { IDataObject } from 'n8n-workflow';

import type * as Beliefs from '../../nodes/AgentAi/limiter/belief.ts';
import { type OnError, retryData, runNode, type RunOptions, type RunResult } from '../support/engine.mts';
import { needs } from '../support/features.mts';
import { portOf } from '../support/port.mts';
import { textOf } from '../support/sandbox.mts';

// what is down is asked five times as often as in earnest, and comes back the sooner
jest.mock('../../nodes/AgentAi/limiter/belief.ts', () => {
	const actual = jest.requireActual<typeof Beliefs>('../../nodes/AgentAi/limiter/belief.ts');
	const { agesMs, everyMs, leastMs } = actual.DOWN;
	return { ...actual, DOWN: { agesMs: agesMs.map((age) => age / 5), everyMs: everyMs / 5, leastMs: leastMs / 5 } };
});

interface Answer {
	status: number;
	body: string;
	headers?: Record<string, string>;
}

const answered = (message: string): Answer => ({
	status: 200,
	body: JSON.stringify({ status: 200, response: { response_text: `re: ${message}` } }),
});
const refused = (status: number, error: unknown): Answer => ({ status, body: JSON.stringify({ status, error, response: null }) });

const RESTARTING = {
	message: 'Gateway is temporarily unavailable while suspending or restarting',
	type: 'service_unavailable',
	code: 'gateway_unavailable',
};

const open = new Set<Site>();

afterEach(async () => {
	for (const site of open) await site.down();
	open.clear();
});

/** An agent.ai that goes down, comes back at the same address, and says what it is told. */
class Site {
	/** What was asked, in order; questions for the instance are "get_details". */
	readonly asked: string[] = [];

	/** Rows that were answered, with the token that came along. */
	readonly runs: { message: string; token: string }[] = [];

	/** Judges a request; `undefined` to answer it. */
	judge: (message: string, request: { token: string; body: IDataObject; number: number }) => Answer | 'silent' | 'reset' | undefined = () =>
		undefined;

	latencyMs = 5;

	private server: Server | undefined;

	private port = 0;

	private onAsked?: () => void;

	static async start(): Promise<Site> {
		const site = new Site();
		open.add(site);
		await site.up();
		return site;
	}

	get baseUrl(): string {
		return `http://127.0.0.1:${this.port}/v1`;
	}

	async up(): Promise<void> {
		const server = createServer((request, response) => void this.take(request, response));
		await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
		this.server = server;
		this.port = portOf(server);
	}

	async down(): Promise<void> {
		const { server } = this;
		this.server = undefined;
		server?.closeAllConnections();
		await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
	}

	/** Resolves when so many requests have come. */
	async hasBeenAsked(count: number): Promise<void> {
		while (this.asked.length < count) await new Promise((resolve) => (this.onAsked = () => resolve(undefined)));
	}

	private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
		let text = '';
		for await (const chunk of request) text += String(chunk);
		const body = (text === '' ? {} : JSON.parse(text)) as IDataObject;
		const message = typeof body.message === 'string' ? body.message : request.url?.includes('get_details') ? 'get_details' : 'catalogue';
		const token = typeof body.auth_token === 'string' ? body.auth_token : '';
		const number = this.asked.push(message);
		this.onAsked?.();
		const judged = this.judge(message, { token, body, number });
		await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
		if (judged === 'silent') return;
		if (judged === 'reset') return void request.socket.resetAndDestroy();
		const answer = judged ?? answered(message);
		if (!judged) this.runs.push({ message, token });
		response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
		response.end(answer.body);
	}
}

const rows = (count: number, name = 'row') => Array.from({ length: count }, (_, row) => ({ prompt: `${name} ${row}` }));

async function run(site: Site, count: number, options: Partial<RunOptions> & { options?: IDataObject; credentialMore?: IDataObject } = {}) {
	const { options: nodeOptions, credentialMore, ...rest } = options;
	return await runNode({
		credential: { apiToken: 'token', baseUrl: site.baseUrl, instanceIp: '10.0.0.1', authToken: 'gateway', ...credentialMore },
		parameters: { message: '={{ $json.prompt }}', options: { maxConcurrency: 20, ...nodeOptions } },
		items: rows(count),
		mode: 'trigger',
		onError: 'continueRegularOutput',
		...rest,
	});
}

const texts = ({ items }: RunResult) => items.map(({ json }) => textOf(json));
const errors = ({ items, errorItems }: RunResult) =>
	[...items, ...errorItems].flatMap(({ json }) =>
		json.error ? [json.error as { message: string; description: string; itemIndex: number; sendAgain?: boolean }] : [],
	);

/** Judges as told from one request on, until so many ms later. */
function outage(site: Site, from: number, ms: number, answer: Answer): { meanwhile: () => number } {
	let until: number | undefined;
	let meanwhile = 0;
	site.judge = (_message, { number }) => {
		if (number <= from) return undefined;
		until ??= performance.now() + ms;
		if (performance.now() > until) return undefined;
		meanwhile++;
		return answer;
	};
	return { meanwhile: () => meanwhile };
}

describe('what is down is down for all of its rows', () => {
	test('no connection for some seconds in the middle: all are answered but those under way, none twice', async () => {
		const site = await Site.start();
		site.judge = (_message, { number }) => {
			if (number === 40) {
				void site.down();
				setTimeout(() => void site.up(), 500);
			}
			return undefined;
		};
		site.latencyMs = 60;
		const result = await run(site, 100, { onError: 'continueRegularOutput' });
		expect(errors(result).every(({ message }) => message.includes('connection broke'))).toBe(true);
		expect(errors(result).length).toBeLessThanOrEqual(20);
		expect(result.hints[0]).toMatch(
			/down from \d\d:\d\d:\d\d UTC to \d\d:\d\d:\d\d UTC \(Couldn’t connect to the Base URL, \d+ items in flight may have been done\)/,
		);
		expect(result.log).toMatch(/waiting since .*Couldn’t connect/);
		expect(new Set(site.runs.map(({ message }) => message)).size).toBe(site.runs.length);
	}, 30_000);

	test.each<[string, Answer]>([
		['the server behind Cloudflare', { status: 521, body: 'error code: 521' }],
		['a gateway that restarts', { ...refused(503, RESTARTING), headers: { 'retry-after': '1' } }],
		['the same, relayed as a text', refused(503, `OpenClaw instance returned 503: ${JSON.stringify({ error: RESTARTING })}`)],
		['a gateway that the relay cannot connect to', refused(502, 'connect ECONNREFUSED 10.0.0.1:18789')],
	])(
		'%s: 60 rows are answered, each once, with few requests meanwhile',
		async (_what, answer) => {
			const modes = ['continueRegularOutput', 'stopWorkflow'] as const;
			await Promise.all(
				modes.map(async (onError) => {
					const site = await Site.start();
					const { meanwhile } = outage(site, 10, 500, answer);
					const result = await run(site, 60, { onError });
					expect(texts(result)).toEqual(rows(60).map(({ prompt }) => `re: ${prompt}`));
					expect(site.runs).toHaveLength(60);
					expect(meanwhile()).toBeLessThanOrEqual(25);
				}),
			);
		},
		30_000,
	);

	test('from the first request of a scheduled run on', async () => {
		const site = await Site.start();
		await site.down();
		setTimeout(() => void site.up(), 500);
		const result = await run(site, 30);
		expect(errors(result)).toEqual([]);
		expect(site.runs).toHaveLength(30);
	}, 30_000);

	test('503 of whoever stands in front loses the rows that ask, not those that wait', async () => {
		const site = await Site.start();
		outage(site, 5, 500, refused(503, 'Service unavailable'));
		const result = await run(site, 100, { options: { maxConcurrency: 5 } });
		const failed = errors(result);
		expect(failed.length).toBeGreaterThan(0);
		expect(failed.length).toBeLessThanOrEqual(12);
		expect(failed.every(({ description, sendAgain }) => description.includes('may already have done the work') && !sendAgain)).toBe(true);
		expect(site.runs).toHaveLength(100 - failed.length);
	}, 30_000);

	test('another instance’s rows are not held', async () => {
		const site = await Site.start();
		site.judge = (_message, { body }) => (body.instance_ip === '10.0.0.2' && site.runs.length < 20 ? refused(503, RESTARTING) : undefined);
		const result = await run(site, 40, {
			parameters: {
				message: '={{ $json.prompt }}',
				instance: 'defineBelow',
				instance_ip: '={{ $itemIndex % 2 ? "10.0.0.2" : "10.0.0.1" }}',
				auth_token: 'gateway',
				options: { maxConcurrency: 4 },
			},
		});
		expect(errors(result)).toEqual([]);
		const order = site.runs.map(({ message }) => Number(message.split(' ')[1]) % 2);
		expect(order.slice(0, 20)).toEqual(Array(20).fill(0));
	}, 30_000);

	test('an outage longer than Max Rate Limit Wait ends soon, and every item says what was not reachable', async () => {
		const site = await Site.start();
		site.judge = (message, { number }) => {
			if (number === 10) void site.down();
			return message === 'row 9' ? 'silent' : undefined;
		};
		const startedAt = performance.now();
		const result = await run(site, 100, { options: { maxConcurrency: 1, maxRateLimitWait: 2 } });
		expect(performance.now() - startedAt).toBeLessThan(10_000);
		expect(site.runs).toHaveLength(9);
		const failed = errors(result);
		expect(failed).toHaveLength(91);
		expect(failed.slice(1).every(({ message }) => message === 'Couldn’t connect to the Base URL')).toBe(true);
	}, 30_000);

	test('a wrong Base URL in a run by hand fails within seconds', async () => {
		const site = await Site.start();
		await site.down();
		const result = await run(site, 30, { mode: 'manual' });
		const failed = errors(result);
		expect(failed).toHaveLength(30);
		expect(failed[29]?.message).toContain('Base URL');
	}, 20_000);

	test('a broken certificate behind Cloudflare is not waited for, and a time that ran out there is asked once', async () => {
		for (const status of [525, 526, 524]) {
			const site = await Site.start();
			site.judge = (_message, { number }) => (number === 1 ? { status, body: `error code: ${status}` } : undefined);
			const result = await run(site, 1);
			expect(errors(result)).toHaveLength(1);
			expect(errors(result)[0]?.description.includes('may already have done')).toBe(status === 524);
			expect(site.asked).toHaveLength(1);
		}
	});
});

describe('a token that is refused', () => {
	test.each<[string, Answer]>([
		['the agent.ai token', refused(401, 'Invalid bearer token')],
		['the gateway’s', { status: 401, body: JSON.stringify({ error: { message: 'Unauthorized', type: 'unauthorized' } }) }],
	])('%s, from the 11th request on: at most 6 more are sent', async (_what, answer) => {
		const site = await Site.start();
		site.judge = (_message, { number }) => (number > 10 ? answer : undefined);
		const result = await run(site, 60, { options: { maxConcurrency: 4 } });
		expect(site.asked.length).toBeLessThanOrEqual(16);
		expect(errors(result).length).toBe(60 - site.runs.length);
		expect(errors(result).at(-1)?.description).toMatch(/^This item was not sent/);
		// another run of the same token learns it too; one with another token is answered
		const before = site.asked.length;
		await run(site, 20, { options: { maxConcurrency: 4 } });
		expect(site.asked.length - before).toBeLessThanOrEqual(1);
		site.judge = () => undefined;
		const other = await run(site, 3, { credentialMore: { apiToken: 'other', authToken: 'other' } });
		expect(errors(other)).toEqual([]);
	});

	test('a single stray 401 costs its own row alone', async () => {
		const site = await Site.start();
		site.judge = (_message, { number }) => (number === 12 ? refused(401, 'Invalid bearer token') : undefined);
		const result = await run(site, 40, { options: { maxConcurrency: 4 } });
		expect(errors(result)).toHaveLength(1);
	});

	test('a mended agent.ai token is asked by one row of the next run, and the others follow', async () => {
		const site = await Site.start();
		site.judge = () => refused(401, 'Invalid bearer token');
		expect(errors(await run(site, 10))).toHaveLength(10);
		expect(site.asked.length).toBeLessThanOrEqual(10);
		site.judge = () => undefined;
		expect(errors(await run(site, 10))).toEqual([]);
	});
});

describe('what is said of a row that was tried in several ways', () => {
	const unavailable = refused(503, RESTARTING);
	const broken = refused(500, 'Internal server error.');
	const oneRow = async (answers: Answer[], options: IDataObject) => {
		const site = await Site.start();
		site.judge = (_message, { number }) => answers[Math.min(number, answers.length) - 1];
		const [error] = errors(await run(site, 1, { onError: 'continueRegularOutput', options }));
		return { error, asked: site.asked.length };
	};

	test('tries that were not delivered are no work that the agent may have done', async () => {
		const { error, asked } = await oneRow([unavailable, unavailable, broken], {});
		expect(asked).toBe(3);
		expect(error?.description).toContain('It was not sent again, because the agent may already have done the work');
		expect(error?.description).not.toMatch(/\d times/);
		expect(error?.sendAgain).toBeUndefined();
	});

	test('one that may have been carried out is told, though the last was not delivered', async () => {
		const { error, asked } = await oneRow([broken, unavailable], { retryUncertainFailures: true, maxTries: 3, maxRateLimitWait: 0 });
		expect(asked).toBe(3);
		expect(error?.description).toMatch(/^The last try failed with: .*The agent may already have done the work/);
		expect(error?.description).not.toMatch(/Nothing was|\d times/);
		expect(error?.sendAgain).toBeUndefined();
	});
});

describe('questions that only read', () => {
	const automatic = { credentialMore: { instanceIp: '', authToken: '' } };
	const named = (instance_ip: string, auth_token = 'gateway'): Answer => ({
		status: 200,
		body: JSON.stringify({ status: 200, response: { instance_ip, auth_token, status: 'running' } }),
	});
	const details = named('10.0.0.1');

	test('a 503 on the question for the instance is asked again, and nobody says that the agent may have worked', async () => {
		const site = await Site.start();
		site.judge = (message, { number }) =>
			message !== 'get_details' ? undefined : number < 3 ? refused(503, 'Service unavailable') : details;
		const result = await run(site, 5, automatic);
		expect(errors(result)).toEqual([]);
	}, 20_000);

	test.each<[string, Answer, Answer, lost: number]>([
		[
			'as off while it restarts',
			{
				status: 200,
				body: JSON.stringify({ status: 200, response: { instance_ip: '10.0.0.1', auth_token: 'gateway', status: 'stopped' } }),
			},
			refused(502, 'connect ECONNREFUSED 10.0.0.1:18789'),
			0,
		],
		[
			'as off, having answered nobody in time',
			{
				status: 200,
				body: JSON.stringify({ status: 200, response: { instance_ip: '10.0.0.1', auth_token: 'gateway', status: 'stopped' } }),
			},
			refused(408, 'The instance did not answer in time'),
			4,
		],
		['not at all meanwhile', refused(503, 'Service unavailable'), refused(502, 'connect ECONNREFUSED 10.0.0.1:18789'), 0],
	])(
		'an instance that agent.ai names %s costs those under way at most, in a table of which most is not read yet',
		async (_what, question, answer, lost) => {
			const site = await Site.start();
			let until = Infinity;
			site.judge = (message, { number }) => {
				if (number === 12) until = performance.now() + 1_000;
				const isDown = number >= 12 && performance.now() < until;
				if (message === 'get_details') return isDown ? question : details;
				return isDown ? answer : undefined;
			};
			const result = await run(site, 600, { ...automatic, options: { maxConcurrency: 4 } });
			expect(errors(result).length).toBeLessThanOrEqual(lost);
			expect(site.runs).toHaveLength(600 - errors(result).length);
		},
		40_000,
	);

	test('one that has no answer says nothing of work that the agent may have done: the items can be sent again', async () => {
		const site = await Site.start();
		site.judge = () => refused(500, 'Internal server error');
		const result = await run(site, 3, automatic);
		expect(site.asked).toEqual(Array(4).fill('get_details'));
		for (const { description, sendAgain } of errors(result)) {
			expect(description).not.toMatch(/agent may|not sent again/);
			expect(sendAgain).toBe(true);
		}
		expect(errors(result)).toHaveLength(3);
	}, 20_000);

	test.each<[string, string, Partial<RunOptions>]>([
		['instance', 'get_details', {}],
		[
			'catalogue',
			'catalogue',
			{
				parameters: {
					resource: 'action',
					operation: 'run',
					actionName: 'echo',
					inputsMode: 'json',
					inputsJson: '={{ { message: $json.prompt } }}',
				},
			},
		],
	])(
		'the run that asks for the %s is stopped: it ends, and those who wait for the same answer get it',
		async (_what, question, more) => {
			const site = await Site.start();
			const echo = { name: 'echo', description: '', parameters: { properties: { message: { type: 'string' } } } };
			site.judge = (message) =>
				message === 'get_details' ? details : message === 'catalogue' ? { status: 200, body: JSON.stringify([echo]) } : undefined;
			site.latencyMs = 1_000;
			let execution: { cancel(): void } | undefined;
			const first = run(site, 2, { ...automatic, ...more, onStart: (begun) => (execution = begun) });
			await site.hasBeenAsked(1);
			const others = [run(site, 2, { ...automatic, ...more }), run(site, 2, { ...automatic, ...more, onError: 'stopWorkflow' })];
			await new Promise((resolve) => setTimeout(resolve, 300));
			execution?.cancel();
			expect((await first).run.status).toBe('canceled');
			// it has not waited for the answer
			expect(site.runs).toHaveLength(0);
			for (const other of await Promise.all(others)) {
				expect(other.run.status).toBe('success');
				expect(errors(other)).toEqual([]);
			}
			expect(site.runs).toHaveLength(4);
			expect(site.asked.filter((message) => message === question)).toHaveLength(1);
		},
		20_000,
	);

	test('Stop ends a run that waits for the limit in order to ask, and nothing is sent afterwards', async () => {
		const site = await Site.start();
		site.judge = () => ({ ...refused(429, 'Too many requests'), headers: { 'retry-after': '25' } });
		let execution: { cancel(): void } | undefined;
		const waiting = run(site, 2, { ...automatic, onStart: (begun) => (execution = begun) });
		await site.hasBeenAsked(1);
		// the refusal has arrived, and the run waits
		await new Promise((resolve) => setTimeout(resolve, 200));
		execution?.cancel();
		expect((await waiting).run.status).toBe('canceled');
		expect(site.asked).toEqual(['get_details']);
	}, 5_000);

	test('an instance that moved: its row fails and is not repeated, the next run asks again', async () => {
		const site = await Site.start();
		const addresses = ['10.0.0.1', '10.0.0.2'];
		site.judge = (message, { body }) => {
			if (message === 'get_details') return named(addresses.shift() ?? '10.0.0.2');
			return body.instance_ip === '10.0.0.1' ? refused(408, 'The instance did not answer in time') : undefined;
		};
		const first = await run(site, 1, automatic);
		expect(errors(first)).toHaveLength(1);
		expect(site.asked.filter((message) => message === 'row 0')).toHaveLength(1);
		expect(texts(await run(site, 1, automatic))).toEqual(['re: row 0']);
	});

	test('an instance that moved: the next row of the same run asks again, although it was read before', async () => {
		const site = await Site.start();
		const addresses = ['10.0.0.1', '10.0.0.2'];
		site.judge = (message, { body }) => {
			if (message === 'get_details') return named(addresses.shift() ?? '10.0.0.3');
			return body.instance_ip === '10.0.0.2' ? undefined : refused(408, 'The instance did not answer in time');
		};
		const result = await run(site, 4, { ...automatic, options: { maxConcurrency: 1 } });
		expect(errors(result).map(({ itemIndex }) => itemIndex)).toEqual([0]);
		expect(texts(result).slice(1)).toEqual(['re: row 1', 're: row 2', 're: row 3']);
		expect(site.asked).toEqual(['get_details', 'row 0', 'get_details', 'row 1', 'row 2', 'row 3']);
	});
});

test.each([
	['of an instance that agent.ai names', ''],
	['in the credential', '10.0.0.1'],
])('a gateway token %s that is changed while several rows are under way costs none of them', async (_what, instanceIp) => {
	const site = await Site.start();
	let valid = 'gateway-one';
	site.judge = (message, { body, number }) => {
		if (message === 'get_details')
			return { status: 200, body: JSON.stringify({ status: 200, response: { instance_ip: '10.0.0.1', auth_token: valid } }) };
		if (number >= 6) valid = 'gateway-two';
		return body.auth_token === valid ? undefined : refused(401, { message: 'Unauthorized', type: 'unauthorized' });
	};
	const options = { maxConcurrency: 4, maxTries: 1 };
	const credential = () => ({ apiToken: 'token', baseUrl: site.baseUrl, instanceIp, authToken: instanceIp && valid });
	const result = await run(site, 20, { options, credential });
	expect(errors(result)).toEqual([]);
	expect(texts(result)).toHaveLength(20);
});

describe('n8n ends the execution', () => {
	const canceledAtFifth = async (onError: OnError, more: Partial<RunOptions> = {}) => {
		const site = await Site.start();
		let execution: { cancel(): void } | undefined;
		site.judge = (_message, { number }) => {
			if (number !== 5) return undefined;
			setTimeout(() => execution?.cancel(), 20);
			return 'silent';
		};
		const options = { maxConcurrency: 1 };
		return { site, result: await run(site, 8, { onError, options, onStart: (begun) => (execution = begun), ...more }) };
	};

	test('Continue: the answers stand in their places, each other row has an error', async () => {
		const { result } = await canceledAtFifth('continueRegularOutput');
		expect(result.run.status).toBe('canceled');
		expect(texts(result).slice(0, 4)).toEqual(['re: row 0', 're: row 1', 're: row 2', 're: row 3']);
		expect(errors(result).map(({ itemIndex }) => itemIndex)).toEqual([4, 5, 6, 7]);
		expect(errors(result)[0]?.description).toMatch(/was running/);
		expect(errors(result)[1]?.description).not.toMatch(/was running/);
		// only the one under way may have been done
		expect(errors(result).map(({ sendAgain }) => sendAgain)).toEqual([undefined, true, true, true]);
		expect(result.hints[0]).toContain('8 items: 4 answered, 1 failed, 3 not sent');
	});

	test('error output: four on each, with their rows', async () => {
		const { result } = await canceledAtFifth('continueErrorOutput');
		expect(result.items).toHaveLength(4);
		expect(result.errorItems.map(({ json }) => json.prompt)).toEqual(['row 4', 'row 5', 'row 6', 'row 7']);
	});

	test('Stop: what was answered is kept', async () => {
		const { result } = await canceledAtFifth('stopWorkflow');
		expect(result.run.status).toBe('canceled');
		expect(JSON.stringify(result.run.data.executionData?.contextData)).toContain('re: row 3');
	});

	test('10,000 rows: all of them have an item, in the same turn', async () => {
		const { result } = await canceledAtFifth('continueRegularOutput', { items: rows(10_000) });
		expect(result.items).toHaveLength(10_000);
		expect(errors(result)).toHaveLength(9_996);
	}, 20_000);

	needs('workflowSettings')(
		'where the workflow’s timeout can be read, the node ends before it: an error that Retry goes on from',
		async () => {
			const ended = async (onError: OnError) => {
				const site = await Site.start();
				site.judge = (message) => (message === 'row 3' ? 'silent' : undefined);
				return await run(site, 8, { options: { maxConcurrency: 1 }, executionTimeout: 4, onError });
			};
			const [result, stopped] = await Promise.all([ended('continueRegularOutput'), ended('stopWorkflow')]);
			expect(result.run.status).toBe('success');
			expect(texts(result).slice(0, 3)).toEqual(['re: row 0', 're: row 1', 're: row 2']);
			expect(errors(result).map(({ message }) => message)).toEqual(Array(5).fill('The workflow is about to time out'));
			expect(stopped.run.status).toBe('error');
			expect(JSON.stringify(stopped.run.data.executionData?.contextData)).toContain('re: row 2');
		},
		20_000,
	);
});

test('Stop: the error names the row that may have been done, and that Retry sends it again; Retry sends it and what was not sent', async () => {
	const site = await Site.start();
	site.judge = (message) => (message === 'row 3' ? 'reset' : undefined);
	const options = { options: { maxConcurrency: 1 }, onError: 'stopWorkflow' as const };
	const stopped = await run(site, 8, options);
	expect(stopped.error?.context).toMatchObject({ itemIndex: 3 });
	expect(stopped.error?.description).toContain('Retry includes this item, which may run a second time');

	site.judge = () => undefined;
	const retried = await run(site, 8, { ...options, retryOf: retryData(stopped.run.data) });
	expect(texts(retried)).toEqual(rows(8).map(({ prompt }) => `re: ${prompt}`));
	const asked = (message: string) => site.asked.filter((other) => other === message).length;
	expect(rows(8).map(({ prompt }) => asked(prompt))).toEqual([1, 1, 1, 2, 1, 1, 1, 1]);
});

test('an operation that this version does not have gives an error for each row in the Continue modes', async () => {
	const site = await Site.start();
	for (const onError of ['continueRegularOutput', 'continueErrorOutput'] as const) {
		const result = await run(site, 3, { onError, parameters: { resource: 'openclaw', operation: 'sendFile' } });
		expect(result.run.status).toBe('success');
		expect(errors(result).map(({ message }) => message)).toEqual(
			Array(3).fill('This version of the Agent.ai node has no operation “sendFile”'),
		);
	}
	expect(site.asked).toEqual([]);
});
