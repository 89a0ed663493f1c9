import type * as Beliefs from '../../nodes/AgentAi/limiter/belief.ts';
import type { RunOptions } from '../support/engine.mts';
import { type Answer, errors, refused, run, Site, texts } from '../support/site.mts';

// what is down is asked five times as often as in earnest, and comes back the sooner
jest.mock('../../nodes/AgentAi/limiter/belief.ts', () => {
	const actual = jest.requireActual<typeof Beliefs>('../../nodes/AgentAi/limiter/belief.ts');
	const { agesMs, everyMs, leastMs } = actual.DOWN;
	return { ...actual, DOWN: { agesMs: agesMs.map((age) => age / 5), everyMs: everyMs / 5, leastMs: leastMs / 5 } };
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
