import type { IDataObject } from 'n8n-workflow';

import type * as Beliefs from '../../nodes/AgentAi/limiter/belief.ts';
import { type Answer, errors, outage, refused, RESTARTING, rows, run, Site, texts } from '../support/site.mts';

// what is down is asked five times as often as in earnest, and comes back the sooner
jest.mock('../../nodes/AgentAi/limiter/belief.ts', () => {
	const actual = jest.requireActual<typeof Beliefs>('../../nodes/AgentAi/limiter/belief.ts');
	const { agesMs, everyMs, leastMs } = actual.DOWN;
	return { ...actual, DOWN: { agesMs: agesMs.map((age) => age / 5), everyMs: everyMs / 5, leastMs: leastMs / 5 } };
});

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
