import { KeptAnswers, RequestKeys } from '../../nodes/AgentAi/run/keptAnswers.ts';

const ACCOUNT = { baseUrl: 'https://a', apiToken: 'one' };
const request = (body: Record<string, string>) => ({ action: 'openclaw_chat_completion', body });

describe('a key', () => {
	const keyOf = (account: typeof ACCOUNT, body: Record<string, string>) => new RequestKeys(account).next(request(body));
	const first = keyOf(ACCOUNT, { auth_token: 'gateway', message: 'x' });

	test('is the same for the same account and body, and counts equal requests of one run', () => {
		expect(first).toMatch(/^[\w-]{43}$/);
		const keys = new RequestKeys(ACCOUNT);
		expect(keys.next(request({ auth_token: 'gateway', message: 'x' }))).toBe(first);
		expect(keys.next(request({ auth_token: 'gateway', message: 'x' }))).toBe(`${first}:2`);
	});

	test.each([
		['another server', { ...ACCOUNT, baseUrl: 'https://b' }, { auth_token: 'gateway', message: 'x' }],
		['another account', { ...ACCOUNT, apiToken: 'two' }, { auth_token: 'gateway', message: 'x' }],
		['another secret in the body', ACCOUNT, { auth_token: 'other', message: 'x' }],
		['another message', ACCOUNT, { auth_token: 'gateway', message: 'y' }],
	])('is another one for %s', (_what, account, body) => expect(keyOf(account, body)).not.toBe(first));
});

describe('kept answers', () => {
	test('belong to one run of the node, and are gone after clear', () => {
		const context = {};
		const run0 = new KeptAnswers(context, 0);
		const run1 = new KeptAnswers(context, 1);
		run0.keep([['a', { response: 1 }]]);
		run1.keep([['b', { response: 2 }]]);
		const reloaded = JSON.parse(JSON.stringify(context)) as object;
		expect(new KeptAnswers(reloaded, 0).get('a')).toEqual({ response: 1 });
		expect(new KeptAnswers(reloaded, 0).get('b')).toBeUndefined();
		run0.clear();
		expect(run1.get('b')).toEqual({ response: 2 });
		run1.clear();
		expect(context).toEqual({});
	});

	test('of an earlier try stay when a later one is stopped before it comes by them', () => {
		const context = {};
		new KeptAnswers(context, 0).keep([
			['a', { response: 1 }],
			['b', { response: 2 }],
		]);
		new KeptAnswers(context, 0).keep([
			['c', { response: 3 }],
			['a', { response: 4 }],
		]);
		const kept = new KeptAnswers(context, 0);
		expect(['a', 'b', 'c'].map((key) => kept.get(key)?.response)).toEqual([4, 2, 3]);
	});

	test('are bounded at 5 MB, the newest kept', () => {
		const context = {};
		const kept = new KeptAnswers(context, 0);
		const big = 'x'.repeat(2 * 1024 * 1024);
		kept.keep([
			['old', { response: big }],
			['newer', { response: big }],
			['newest', { response: big }],
		]);
		expect(kept.get('old')).toBeUndefined();
		expect(kept.get('newer')).toBeDefined();
		expect(kept.get('newest')).toBeDefined();
		expect(JSON.stringify(context).length).toBeLessThan(5 * 1024 * 1024);
	});
});
