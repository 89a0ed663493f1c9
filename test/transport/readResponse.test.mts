import { Readable } from 'node:stream';

import fc from 'fast-check';
import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import { ServerClock } from '../../nodes/AgentAi/limiter/serverClock.ts';
import { createRedactor } from '../../nodes/AgentAi/transport/redact.ts';
import { sendAction } from '../../nodes/AgentAi/transport/send.ts';

const SECRET = 'gateway-token-4711';
const TEXT = `Good morning, Ada 🦞. Line "two"\n\\end; my token is ${SECRET}, keep it`;
const CLEAN = TEXT.replace(SECRET, '[hidden]');

/** How the pieces of a body arrive: all at once, or each after others had their turn. */
async function* arriving(pieces: Uint8Array[], delayed: boolean, broken?: Error): AsyncGenerator<Uint8Array> {
	for (const piece of pieces) {
		if (delayed) await new Promise(setImmediate);
		yield piece;
	}
	if (broken) throw broken;
}

async function read(
	pieces: Uint8Array[],
	{
		label = 'application/json',
		status = 200,
		delayed = false,
		broken,
		headers = {},
	}: { label?: string; status?: number; delayed?: boolean; broken?: Error; headers?: Record<string, string> } = {},
) {
	const shown: string[] = [];
	let options: IHttpRequestOptions | undefined;
	const outcome = await sendAction(
		async (asked) => {
			options = asked;
			return await Promise.resolve({
				statusCode: status,
				headers: { 'content-type': label, ...headers },
				body: Readable.from(arriving(pieces, delayed, broken), { objectMode: false }),
			} as unknown as IN8nHttpFullResponse);
		},
		{
			url: 'http://127.0.0.1:9/v1/action/openclaw_chat_completion',
			body: '{"message":"hi"}',
			timeoutSeconds: 5,
			stream: true,
			asked: 'chat',
			redact: createRedactor([SECRET]),
			serverClock: new ServerClock(),
			onDelta: (piece) => Promise.resolve(void shown.push(piece)),
		},
	);
	return { outcome, shown: shown.join(''), closed: options?.abortSignal?.aborted };
}

const bytes = (text: string) => new TextEncoder().encode(text);

function cutAt(whole: Uint8Array, cuts: number[]): Uint8Array[] {
	const positions = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
	return [0, ...positions].map((from, index) => whole.slice(from, positions[index] ?? whole.length));
}

const textOf = ({ outcome }: Awaited<ReturnType<typeof read>>) =>
	outcome.ok ? (outcome.value.response as { response_text?: string }).response_text : `failed: ${outcome.failure.kind}`;

const chunk = (delta: object, finish: string | null = null) =>
	`data: ${JSON.stringify({ choices: [{ delta, finish_reason: finish }], model: 'm' })}`;

/** The same answer as a stream whose pieces are cut anywhere, with noise between them. */
const stream = fc
	.record({
		cuts: fc.array(fc.nat(), { maxLength: 8 }),
		noise: fc.array(
			fc.constantFrom(': keep-alive', 'data:', 'data: ping', 'data: [HEARTBEAT]', 'event: ping\ndata: {}', 'data: {"type":"ping"}'),
			{ maxLength: 5 },
		),
		lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
		parts: fc.boolean(),
		closing: fc.constantFrom('done', 'finish', 'message', 'whole'),
		lastBlank: fc.boolean(),
		after: fc.constantFrom('', 'event: end\ndata: bye\n\n', 'data: {"error":{"message":"late"}}\n\n', '<html>'),
	})
	.map(({ cuts, noise, lineEnd, parts, closing, lastBlank, after }) => {
		const decoder = new TextDecoder();
		const points = [...new Set(cuts.map((cut) => cut % (TEXT.length + 1)))].sort((a, b) => a - b);
		const pieces = [0, ...points]
			.map((from, index) => TEXT.slice(from, points[index] ?? TEXT.length))
			.filter((piece) => decoder.decode(bytes(piece)) === piece);
		const content = (pieces.join('') === TEXT ? pieces : [TEXT]).map((piece) =>
			chunk({ content: parts ? [{ type: 'text', text: piece }] : piece }),
		);
		const events = [chunk({ role: 'assistant' }), ...content.flatMap((event, index) => [noise[index] ?? ': x', event])];
		if (closing === 'whole') events.push(`data: ${JSON.stringify({ status: 200, response: { response_text: TEXT } })}`);
		else events.push(chunk({}, 'stop'));
		if (closing === 'message') events.push(`data: ${JSON.stringify({ choices: [{ message: { content: TEXT }, finish_reason: 'stop' }] })}`);
		if (closing === 'done') events.push('data: [DONE]');
		const text = events.join('\n\n') + (after !== '' && closing === 'done' ? `\n\n${after}` : lastBlank ? '\n\n' : '');
		return text.replaceAll('\n', lineEnd);
	});

const whole = fc.constantFrom(
	JSON.stringify({ status: 200, response: { response_text: TEXT } }),
	`\uFEFF \n${JSON.stringify({ status: 200, response: { response_text: TEXT } })}`,
	JSON.stringify({ choices: [{ message: { content: TEXT } }] }),
	JSON.stringify({ status: 200, response: { choices: [{ message: { content: [{ type: 'text', text: TEXT }] } }] } }),
);

test('any answer gives the same item, wherever it is cut, whatever it is labelled, however it arrives', async () => {
	const label = fc.constantFrom('text/event-stream', 'application/json', 'text/plain; charset=utf-8', 'text/html', '');
	await fc.assert(
		fc.asyncProperty(
			fc.oneof(stream, whole),
			fc.array(fc.nat(), { maxLength: 12 }),
			label,
			fc.boolean(),
			async (text, cuts, labelled, delayed) => {
				const answer = await read(cutAt(bytes(text), cuts), { label: labelled, delayed });
				expect(textOf(answer)).toBe(CLEAN);
				if (answer.shown !== '') expect(answer.shown).toBe(CLEAN);
			},
		),
		{ numRuns: 500 },
	);
});

test('a stream that breaks off anywhere is the whole answer, or fails with the text so far', async () => {
	await fc.assert(
		fc.asyncProperty(stream, fc.nat(), fc.boolean(), async (text, at, reset) => {
			const body = bytes(text);
			const broken = reset ? Object.assign(new Error('aborted'), { code: 'ECONNRESET' }) : undefined;
			const { outcome, shown } = await read([body.slice(0, at % (body.length + 1))], {
				label: 'text/event-stream',
				...(broken ? { broken } : {}),
			});
			if (outcome.ok) expect((outcome.value.response as { response_text: string }).response_text).toBe(CLEAN);
			else {
				// what came of an event that was cut is kept too, where there is no text; of a secret, nothing
				const soFar = (outcome.failure.partialText ?? '').replace(/\[hidden\]$/, '');
				if (!CLEAN.startsWith(soFar) && !TEXT.startsWith(soFar)) expect(shown).toBe('');
				expect(JSON.stringify(outcome)).not.toContain(SECRET.slice(0, 12));
			}
			expect(CLEAN.startsWith(shown)).toBe(true);
		}),
		{ numRuns: 500 },
	);
});

test('a complete JSON is an answer, whatever the connection does then', async () => {
	const broken = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
	const answer = await read([bytes(JSON.stringify({ status: 200, response: { response_text: TEXT } }))], { broken });
	expect(textOf(answer)).toBe(CLEAN);
	const cut = await read([bytes(`{"status":200,"response":{"response_text":"it is ${SECRET}`)], { broken });
	expect(cut.outcome).toMatchObject({
		ok: false,
		failure: { kind: 'connectionReset', partialText: '{"status":200,"response":{"response_text":"it is [hidden]' },
	});
	expect(cut.closed).toBe(true);
});

test.each([
	['JSON', '{"status":200,"response":{"response_text":"', 'x'],
	['an event', 'data: {"choices":[{"delta":{"content":"', 'x'],
	['a stream', '', `${chunk({ content: 'x'.repeat(100_000) })}\n\n`],
	['a text', 'Hello ', 'x'],
	['blanks', '', ' '],
])('%s larger than 32 MiB is the item’s own failure, and what may have run is not said to be unsent', async (_what, start, part) => {
	const piece = bytes(part.repeat(Math.ceil(1_000_000 / part.length)));
	const { outcome, closed } = await read([bytes(start), ...Array.from({ length: 40 }, () => piece)], { label: '' });
	expect(outcome).toMatchObject({
		ok: false,
		failure: { kind: 'answerTooLarge', delivery: 'uncertain', message: 'The response is larger than 32 MiB' },
	});
	expect(outcome.ok ? undefined : outcome.failure.shared).toBeUndefined();
	expect(closed).toBe(true);
});

test('an endless error page is judged by its status', async () => {
	const piece = bytes('<p>busy</p>'.repeat(10_000));
	const { outcome, closed } = await read(
		Array.from({ length: 40 }, () => piece),
		{ status: 502, label: 'text/html' },
	);
	expect(outcome).toMatchObject({ ok: false, failure: { kind: 'upstream' } });
	expect(closed).toBe(true);
});

test.each<[string, string, string, string | undefined]>([
	['a list', '[1,2]', 'notAnActionResponse', '[1,2]'],
	['an object nobody knows', '{"hello":"world"}', 'notAnActionResponse', '{"hello":"world"}'],
	['damaged JSON', '{"status":200,"respon', 'invalidJson', '{"status":200,"respon'],
	['a text that says an error', 'upstream connect error', 'notAnActionResponse', 'upstream connect error'],
	['events nobody knows', 'data: {"delta":"Hi"}\n\ndata: [DONE]\n\n', 'notAnActionResponse', '{"delta":"Hi"}'],
	['bytes that are no text', '\0\u0001\0', 'notAnActionResponse', '\0\u0001\0'],
	['JSON nested without end', `{"status":200,"response":${'['.repeat(1000)}${']'.repeat(1000)}}`, 'answerTooLarge', undefined],
	['errors nested without end', `${'{"error":'.repeat(20_000)}"x"${'}'.repeat(20_000)}`, 'answerTooLarge', undefined],
])('%s is a failure that keeps what came', async (_what, text, kind, partialText) => {
	const { outcome } = await read([bytes(text)], { label: '' });
	expect(outcome).toMatchObject({ ok: false, failure: { kind, ...(partialText === undefined ? {} : { partialText }) } });
});

test.each([
	['a text', 'Good morning', 'Good morning'],
	['a text that looks like a field', 'data: see the table', 'data: see the table'],
	['a silent word at the end', '{"status":200,"response":"Done.\\n\\nNO_REPLY"}', undefined],
])('%s is an answer', async (_what, text, expected) => {
	const answer = await read([bytes(text)], { label: 'text/plain' });
	expect(answer.outcome.ok).toBe(true);
	if (expected) expect(textOf(answer)).toBe(expected);
});

describe('an answer behind what is none of it', () => {
	const ANSWER = { status: 200, response: { response_text: TEXT } };
	test.each([
		['a notice of PHP', '<br />\n<b>Notice</b>: Undefined index: {"a in /app/index.php on line 3<br />\n'],
		['a warning in words', 'Warning: something is old\n\n'],
		['what keeps scripts out', ")]}'\n"],
	])('%s: is read, however its JSON is written', async (_what, before) => {
		for (const json of [
			JSON.stringify(ANSWER),
			JSON.stringify(ANSWER, null, 2),
			JSON.stringify(ANSWER, null, '\t').replaceAll('\n', '\r\n'),
		]) {
			expect(textOf(await read([bytes(before + json)], { label: 'text/html' }))).toBe(CLEAN);
		}
	});

	test('other JSON at the end of a text is a part of the text', async () => {
		const text = `It is as you want it:\n${JSON.stringify({ total: 4 }, null, 2)}`;
		expect(textOf(await read([bytes(text)], { label: 'text/plain' }))).toBe(text);
	});
});

test.each<[what: string, status: number, body: string, kind: string]>([
	['Cloudflare’s rule', 403, 'error code: 1020', 'refusedInFront'],
	['Cloudflare’s ban of an address', 403, 'error code: 1006\n', 'refusedInFront'],
	['Cloudflare’s ban of a client', 403, 'error code: 1010', 'refusedInFront'],
	[
		'Cloudflare’s ban of a client, as JSON',
		403,
		'{"title":"Error 1010: Access denied","status":403,"detail":"The site owner has blocked access","error_code":1010,"cloudflare_error":true}',
		'refusedInFront',
	],
	['agent.ai, with a code of its own', 403, 'no: error code: 1020', 'forbidden'],
	['agent.ai, with a status of its own in JSON', 403, '{"status":403,"detail":"no","cloudflare_error":false}', 'forbidden'],
	['a server that is down', 521, 'error code: 521', 'originDown'],
	['a tunnel that is down', 530, 'error code: 1033', 'originDown'],
])('a refusal in a plain text is that of who sent it: %s', async (_what, status, body, kind) => {
	const { outcome } = await read([bytes(body)], { status, label: 'text/plain; charset=UTF-8' });
	expect(outcome).toMatchObject({ ok: false, failure: { kind } });
});

test.each(['', '<!doctype html><p>One moment</p>'])('a challenge in a success is the refusal of who sent it: %j', async (body) => {
	const challenge = { status: 202, headers: { 'x-amzn-waf-action': 'challenge' } };
	expect((await read([bytes(body)], challenge)).outcome).toMatchObject({
		ok: false,
		failure: { kind: 'refusedInFront', delivery: 'final' },
	});
	const answer = '{"status":200,"response":{"response_text":"Hi"}}';
	expect((await read([bytes(answer)], challenge)).outcome.ok).toBe(true);
});

test.each(['application/json', 'application/json; charset=utf-8', ''])(
	'JSON in Latin-1 is read, whatever it is called: “%s”',
	async (label) => {
		const json = '{"status":200,"response":{"response_text":"Grüße, señor"}}';
		const { outcome } = await read([Buffer.from(json, 'latin1')], { label });
		expect(outcome).toMatchObject({ ok: true, value: { response: { response_text: 'Grüße, señor' } } });
		// beside letters of UTF-8, a byte that is none is damage and no letter
		const torn = Buffer.concat([bytes('{"status":200,"response":{"response_text":"Grüße, se'), Buffer.from([0xf1]), bytes('or"}}')]);
		expect((await read([torn], { label })).outcome).toMatchObject({
			ok: true,
			value: { response: { response_text: 'Grüße, se\uFFFDor' } },
		});
	},
);

test('when a refusal passes is a sentence of its own, and comes first', async () => {
	const said = { error: { message: 'Too many failed authentication attempts', type: 'rate_limited' } };
	const { outcome } = await read([bytes(JSON.stringify(said))], { status: 429, headers: { 'retry-after': '60' } });
	expect(outcome.ok ? undefined : outcome.failure.description).toMatch(/^The lockout ends at \S+\. /);
});

describe('a stream, by what its events say', () => {
	const events = (...data: unknown[]) =>
		data.map((each) => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`).map((text) => new TextEncoder().encode(text));
	const chunk = (delta: unknown, finish?: string) => ({ choices: [{ index: 0, delta, ...(finish ? { finish_reason: finish } : {}) }] });
	const message = (said: object, finish?: string) => ({
		choices: [{ index: 0, message: said, ...(finish ? { finish_reason: finish } : {}) }],
	});
	const stream = async (...data: unknown[]) => (await read(events(...data), { label: 'text/event-stream' })).outcome;

	test.each(['LLM request failed: connect ECONNREFUSED 127.0.0.1:11434', 'gateway_unavailable'])(
		'an error behind its beginning is not one of delivery: %s',
		async (message) => {
			const error = { error: { message, type: message } };
			const outcome = await stream(chunk({ content: 'Mail sent. ' }), error, '[DONE]');
			expect(outcome).toMatchObject({ ok: false, failure: { delivery: 'uncertain', partialText: 'Mail sent. ' } });
		},
	);

	test('pieces that are messages are no answer before their end', async () => {
		for (const pieces of [['Do '], ['Do ', 'not '], ['', 'Do ']]) {
			const outcome = await stream(...pieces.map((content) => message({ content })));
			expect(outcome).toMatchObject({ ok: false, failure: { kind: 'streamIncomplete', partialText: pieces.join('') } });
		}
	});

	test('a secret in two events that nobody can read is hidden', async () => {
		const outcome = await stream('My token is gate', 'way-token-4711', '[DONE]');
		expect(outcome).toMatchObject({ ok: false, failure: { partialText: 'My token is [hidden]' } });
	});

	test('a secret in two answers that are pieces is hidden', async () => {
		const answers = ['My token is gate', 'way-token-4711', ', keep it'].map((response) => ({ status: 200, response }));
		const { outcome, shown } = await read(events(...answers, '[DONE]'), { label: 'text/event-stream' });
		expect(outcome).toMatchObject({ ok: true, value: { response: { response_text: 'My token is [hidden], keep it' } } });
		expect(shown).toBe('My token is [hidden], keep it');
	});

	test('a secret in two parts of a text is hidden, in every form of a whole answer', async () => {
		const parts = ['My token is gateway-', 'token-4711, keep it'].map((text) => ({ type: 'text', text }));
		const choice = { index: 0, message: { content: parts }, finish_reason: 'stop' };
		const forms = [
			{ choices: [choice] },
			{ status: 200, response: { response_text: parts } },
			{ status: 200, response: { choices: [choice] } },
		];
		for (const form of forms) {
			const whole = await read([bytes(JSON.stringify(form))]);
			const event = await read(events(form, '[DONE]'), { label: 'text/event-stream' });
			for (const { outcome } of [whole, event]) {
				expect(outcome).toMatchObject({ ok: true, value: { response: { response_text: 'My token is [hidden], keep it' } } });
			}
			expect(event.shown).toBe('My token is [hidden], keep it');
			const failed = { ...form, error: { message: 'gone' } };
			const told = [(await read([bytes(JSON.stringify(failed))])).outcome, await stream(failed, '[DONE]')];
			for (const outcome of told) expect(outcome).toMatchObject({ ok: false, failure: { partialText: 'My token is [hidden], keep it' } });
		}
	});

	test.each([
		['a text in brackets', '[ERROR] the model is gone'],
		['an object that says what it is', { object: 'error', message: 'the model is gone', code: 500 }],
		['a text', 'error: the model is gone'],
	])('an error in the middle is one, however it is told: %s', async (_what, error) => {
		const outcome = await stream(chunk({ content: 'Do ' }), error, '[DONE]');
		expect(outcome).toMatchObject({ ok: false, failure: { delivery: 'uncertain', partialText: 'Do ' } });
		expect(outcome.ok ? '' : outcome.failure.said).toContain('the model is gone');
	});

	test('a secret in a delta and the message that goes on from it is hidden', async () => {
		const parts = [chunk({ content: 'My token is gate' }), message({ content: 'My token is gateway-token-4711, keep it' }, 'stop')];
		const { outcome, shown } = await read(events(...parts, '[DONE]'), { label: 'text/event-stream' });
		expect(outcome).toMatchObject({ ok: true, value: { response: { response_text: 'My token is [hidden], keep it' } } });
		expect(shown).toBe('My token is [hidden], keep it');
	});

	test.each([': OPENROUTER PROCESSING\n\n', 'event: ping\n\n', 'retry: 3000\n\n'])(
		'without an event there is no answer: %j',
		async (body) => {
			const { outcome } = await read([new TextEncoder().encode(body)], { label: 'text/event-stream' });
			expect(outcome).toMatchObject({ ok: false, failure: { kind: 'streamIncomplete' } });
		},
	);

	test.each([
		['a delta that is a text', [chunk({ content: 'Do ' }), chunk('not '), chunk({ content: 'delete' }, 'stop'), '[DONE]']],
		['text completions', [{ choices: [{ text: 'Do not ' }] }, { choices: [{ text: 'delete', finish_reason: 'stop' }] }, '[DONE]']],
		['messages without a reason', [message({ content: 'Do ' }), message({ content: 'not ' }), message({ content: 'delete' }, 'stop')]],
		[
			'the same, behind one that is empty',
			[message({ content: '' }), message({ content: 'Do not ' }), message({ content: 'delete' }), '[DONE]'],
		],
		['a whole message behind deltas', [chunk({ content: 'Do ' }), chunk({ content: 'not' }), message({ content: 'Do not delete' })]],
		[
			'answers, one of them blank and one like the end so far',
			['Do', ' ', 'not', ' ', 'delete'].map((response) => ({ status: 200, response })),
		],
		['a list of chunks', [[chunk({ content: 'Do ' }), chunk({ content: 'not ' })], chunk({ content: 'delete' }, 'stop'), '[DONE]']],
	] as [string, unknown[]][])('no piece is lost: %s', async (_what, data) => {
		expect(await stream(...data)).toMatchObject({ ok: true, value: { response: { response_text: 'Do not delete' } } });
	});
});
