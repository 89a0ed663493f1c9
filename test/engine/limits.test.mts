import cases from '../fixtures/wire/limits.json' with { type: 'json' };
import { runNode } from '../support/engine.mts';
import { goFaster, systemClock } from '../support/fastClock.mts';
import { textOf } from '../support/sandbox.mts';
import { type WireAnswer, WireServer } from '../support/wireServer.mts';

// waits that are ordered in whole seconds pass the sooner
jest.mock('../../nodes/AgentAi/client/systemClock.ts', () => jest.requireActual<object>('../support/fastClock.mts'));

interface LimitCase {
	name: string;
	status: number;
	/** `<now+60>` stands for the time in 60 s, in whole seconds since 1970. */
	headers: Record<string, string>;
	body?: object;
	expect: {
		/** The server answers so for ever; otherwise once, and well from then on. */
		always?: boolean;
		rows: number;
		/** *Max Wait*, in s. */
		maxWait?: number;
		requests?: number;
		requestsAtMost?: number;
		/** Rows that are answered; all, unless something `fails`. */
		answered?: number;
		/** What the failed rows say. */
		fails?: string;
		/** The failure says until when. */
		namesTime?: boolean;
		/** At least so many seconds lie between the first request and the last. */
		waits?: number;
	};
}

const GOOD = JSON.stringify({ status: 200, response: { response_text: 'fine' }, error: null, metadata: {} });

function answerOf({ status, headers, body }: LimitCase): WireAnswer {
	const now = Math.floor(Date.now() / 1000);
	const written = Object.entries(headers).map(
		([name, value]) => [name, value.replace(/<now\+(\d+)>/, (_all, seconds: string) => String(now + Number(seconds)))] as const,
	);
	const refused = JSON.stringify({ status, error: 'Too many requests', response: null });
	return { status, headers: Object.fromEntries(written), body: body ? JSON.stringify(body) : status === 200 ? GOOD : refused };
}

test.each((cases as LimitCase[]).map((each) => [each.name, each] as const))(
	'%s',
	async (_name, limitCase) => {
		goFaster(10);
		const expected = limitCase.expect;
		const arrivals: number[] = [];
		const server = await WireServer.start((_request, number) => {
			arrivals.push(systemClock.now());
			return expected.always || number === 1 ? answerOf(limitCase) : { body: GOOD };
		});
		const { items, run } = await runNode({
			credential: { apiToken: 'limit-token', authToken: 'gateway-token', instanceIp: '10.0.0.1', baseUrl: server.baseUrl },
			parameters: { message: 'hi', options: { maxConcurrency: 1, maxTries: 1, maxRateLimitWait: expected.maxWait ?? 900 } },
			items: Array.from({ length: expected.rows }, () => ({})),
			onError: 'continueRegularOutput',
		});

		expect(run.status).toBe('success');
		expect(items).toHaveLength(expected.rows);
		const errors = items.flatMap(({ json }) => (json.error ? [json.error as unknown as { message: string; description: string }] : []));
		const answered = expected.answered ?? (expected.fails ? 0 : expected.rows);
		expect(items.filter(({ json }) => textOf(json) === 'fine')).toHaveLength(answered);
		expect(errors).toHaveLength(expected.rows - answered);
		for (const { message, description } of errors) {
			expect(`${message}. ${description}`).toContain(expected.fails);
			if (expected.namesTime) expect(description).toMatch(/\d-\d\d-\d\dT\d\d:/);
		}
		if (expected.requests !== undefined) expect(arrivals).toHaveLength(expected.requests);
		if (expected.requestsAtMost !== undefined) expect(arrivals.length).toBeLessThanOrEqual(expected.requestsAtMost);
		// servers count in whole seconds, and on a busy machine a request arrives a while after it has left
		if (expected.waits !== undefined) expect((arrivals.at(-1)! - arrivals[0]!) / 1000).toBeGreaterThan(expected.waits - 0.5);
	},
	// a wait that no header asks for would be one of minutes, and fail here
	30_000,
);
