import { systemClock } from '../../nodes/AgentAi/client/systemClock.ts';
import { type CallWebhook, runWebhook, webhookAddress } from '../../nodes/AgentAi/client/webhook.ts';
import { failure } from '../../nodes/AgentAi/failures/failure.ts';
import type { Outcome } from '../../nodes/AgentAi/transport/readResponse.ts';

const address = (way = '') => webhookAddress(`https://example.com/agent/a1/webhook/k-1${way}`)!;

const answer = (value: object): Outcome => ({ ok: true, value: value as never, limits: {} });
const failed = (outcome: Parameters<typeof failure>[0], status?: string): Outcome => ({
	ok: false,
	failure: { ...failure(outcome), ...(status ? { httpCode: status } : {}) },
	limits: {},
});

/** Gives each answer in turn, the last again and again, and notes what was asked. */
function server(...answers: Outcome[]) {
	const asked: string[] = [];
	const call: CallWebhook = async (method, url) => {
		asked.push(`${method} ${new URL(url).pathname.replace('/agent/a1/webhook/k-1', '')}`.trim());
		return await Promise.resolve(answers[Math.min(asked.length, answers.length) - 1]!);
	};
	return { asked, call };
}

const DONE = { status: 200, response: 'done' };
const RUN = { status: 202, run_id: 'r-1' };

/** What of a run that goes on is no answer of it. */
const GOES_ON = [
	{ run_id: 'r-1' },
	{ run_id: 'r-1', status: 'running' },
	{ status: 200, run_id: 'r-1' },
	{ status: 202, response: { response_text: 'Processing' } },
	{ status: 200, state: 'queued', run_id: 'r-1' },
];

const outcomes: [what: string, way: string, answers: Outcome[], ok: boolean, asked: string[]][] = [
	['an answer', '', [answer(DONE)], true, ['POST']],
	['a failure', '', [failed('connectionRefused')], false, ['POST']],
	['an answer that comes later', '/async', [answer(RUN), answer(DONE)], true, ['POST /async', 'GET /status/r-1']],
	['an answer that was there at once', '/async', [answer({ ...RUN, response: 'done' })], true, ['POST /async']],
	['an answer without a run', '/async', [answer(DONE)], true, ['POST /async']],
	['a run that could not be started', '/async', [failed('connectionRefused')], false, ['POST /async']],
	['the answer of a run that goes on', '/status/r-1', [answer(DONE)], true, ['GET /status/r-1']],
	['a run that is not known', '/status/r-1', [failed('unknownAction', '404')], false, ['GET /status/r-1']],
	['a run whose id is a number', '/async', [answer({ status: 200, run_id: 7 }), answer(DONE)], true, ['POST /async', 'GET /status/7']],
	['no answer in time', '/status/r-1', [failed('timeout')], false, ['GET /status/r-1']],
];

test.each(outcomes)('it asks for %s', async (_what, way, answers, ok, asked) => {
	let time = 0;
	jest.spyOn(systemClock, 'now').mockImplementation(() => time);
	jest.spyOn(systemClock, 'sleep').mockImplementation(async (ms) => await Promise.resolve().then(() => void (time += ms)));
	const webhook = server(...answers);
	expect(await runWebhook(webhook.call, address(way), 2)).toMatchObject({ ok });
	expect(webhook.asked).toEqual(asked);
});

describe('in its own time', () => {
	let time = 0;
	beforeEach(() => {
		time = 0;
		jest.spyOn(systemClock, 'now').mockImplementation(() => time);
		jest.spyOn(systemClock, 'sleep').mockImplementation(async (ms) => await Promise.resolve().then(() => void (time += ms)));
	});

	test.each(GOES_ON)('%j is no answer yet', async (soFar) => {
		const webhook = server(answer(soFar), answer(soFar), answer(DONE));
		expect(await runWebhook(webhook.call, address('/status/r-1'), 60)).toMatchObject({ ok: true, value: DONE });
		expect(webhook.asked).toHaveLength(3);
	});

	test.each(['connectionRefused', 'rateLimited', 'emptyBody'] as const)(
		'a run that was started is not started again, although its last question met %s',
		async (met) => {
			const webhook = server(answer(RUN), failed(met, '204'));
			const outcome = await runWebhook(webhook.call, address('/async'), 10);
			expect(outcome).toMatchObject({ ok: false, failure: { kind: 'timeout', delivery: 'uncertain' } });
			expect(webhook.asked.filter((asked) => asked.startsWith('POST'))).toHaveLength(1);
		},
	);
});

afterEach(() => jest.restoreAllMocks());

test('who stops between two questions waits for nothing, and asks no more', async () => {
	const webhook = server(answer({ status: 202 }));
	const stop = new AbortController();
	const running = runWebhook(
		async (...call) => {
			setImmediate(() => stop.abort());
			return await webhook.call(...call);
		},
		address('/status/r-1'),
		3_600,
		stop.signal,
	);
	expect(await running).toMatchObject({ ok: false, failure: { kind: 'aborted' } });
	expect(webhook.asked).toEqual(['GET /status/r-1']);
});
