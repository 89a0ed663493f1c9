import { TtlCache } from '../../nodes/AgentAi/client/ttlCache.ts';
import { failure } from '../../nodes/AgentAi/failures/failure.ts';

afterEach(() => jest.restoreAllMocks());

const answered = { ok: true as const, value: 'answer' };

test('one question is under way for all who wait, and its answer is kept as long as it may be', async () => {
	let now = 0;
	jest.spyOn(performance, 'now').mockImplementation(() => now);
	const cache = new TtlCache<string>(1_000);
	const ask = jest.fn(async () => await Promise.resolve(answered));
	expect(await Promise.all([cache.get('a', ask), cache.get('a', ask)])).toEqual([answered, answered]);
	now = 999;
	await cache.get('a', ask);
	expect(ask).toHaveBeenCalledTimes(1);
	now = 1_000;
	await cache.get('a', ask);
	expect(ask).toHaveBeenCalledTimes(2);
	cache.forget('a');
	await cache.get('a', ask);
	expect(ask).toHaveBeenCalledTimes(3);
});

test('who has stopped asks nothing, whatever is kept for others', async () => {
	const cache = new TtlCache<string>(1_000);
	const ask = jest.fn(async () => await Promise.resolve(answered));
	expect(await cache.get('a', ask, AbortSignal.abort())).toMatchObject({ ok: false, failure: { kind: 'aborted' } });
	expect(ask).not.toHaveBeenCalled();
	await cache.get('a', ask);
	expect(await cache.get('a', ask, AbortSignal.abort())).toEqual(answered);
});

test('a question ends with the last who waits for it, and whoever comes next asks anew', async () => {
	const cache = new TtlCache<string>(1_000);
	const signals: AbortSignal[] = [];
	const never = async (signal: AbortSignal) => {
		signals.push(signal);
		return await new Promise<typeof answered>(jest.fn());
	};
	const [one, other] = [new AbortController(), new AbortController()];
	const waiting = [cache.get('a', never, one.signal), cache.get('a', never, other.signal)];
	one.abort();
	await waiting[0];
	expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
	other.abort();
	expect(await waiting[1]).toMatchObject({ ok: false, failure: { kind: 'aborted' } });
	expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
	expect(await cache.get('a', async () => await Promise.resolve(answered))).toEqual(answered);
});

test('a failure is kept from its end on, and only where it may be', async () => {
	let now = 0;
	jest.spyOn(performance, 'now').mockImplementation(() => now);
	const failed = { ok: false as const, failure: failure('timeout') };
	const ask = jest.fn(async () => {
		now += 500;
		return await Promise.resolve(failed);
	});
	for (const [failureTtlMs, asked] of [
		[0, 2],
		[100, 1],
	] as const) {
		ask.mockClear();
		const cache = new TtlCache<string>(1_000, failureTtlMs);
		await cache.get('a', ask);
		now += 99;
		await cache.get('a', ask);
		expect(ask).toHaveBeenCalledTimes(asked);
	}
});

describe('a question that comes to nothing', () => {
	let now = 0;
	beforeEach(() => {
		now = 0;
		jest.spyOn(performance, 'now').mockImplementation(() => now);
	});
	const failing = (kind: Parameters<typeof failure>[0]) =>
		jest.fn(async () => await Promise.resolve({ ok: false as const, failure: failure(kind) }));
	const known = async () => {
		const cache = new TtlCache<string>(600_000);
		await cache.get('a', async () => await Promise.resolve(answered));
		return cache;
	};

	test.each(['serverError', 'timeout', 'connectionRefused', 'rateLimited', 'agentToken'] as const)(
		'leaves what was known, and is put again ten seconds later: %s',
		async (kind) => {
			for (const grownOld of [true, false]) {
				const cache = await known();
				if (grownOld) now += 600_000;
				else cache.forget('a');
				const ask = failing(kind);
				expect(await cache.get('a', ask)).toEqual(answered);
				now += 9_999;
				expect(await cache.get('a', ask)).toEqual(answered);
				expect(ask).toHaveBeenCalledTimes(1);
				now += 1;
				expect(await cache.get('a', ask)).toEqual(answered);
				expect(ask).toHaveBeenCalledTimes(2);
			}
		},
	);

	test('says nothing of a value that the one who asks cannot use', async () => {
		const cache = await known();
		expect(await cache.get('a', failing('serverError'), undefined, () => true)).toMatchObject({ failure: { kind: 'serverError' } });
	});
});
