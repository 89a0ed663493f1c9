import type { ActionResponse, Result } from '../../nodes/AgentAi/failures/result.ts';
import { actionResponse, cutBy, finishOf, holdsMedia, namedReason, readMessage } from '../../nodes/AgentAi/transport/answer.ts';
import { interpret } from '../../nodes/AgentAi/transport/interpret.ts';
import { createRedactor } from '../../nodes/AgentAi/transport/redact.ts';
import { isEmptyAnswer } from '../../nodes/AgentAi/transport/silence.ts';
import { StreamedResponse } from '../../nodes/AgentAi/transport/streamedResponse.ts';

/** What becomes of a stream of these data. */
function streamed(events: (object | string)[]): Result<ActionResponse> {
	const stream = new StreamedResponse(createRedactor([]), 'chat', 200);
	for (const data of events) stream.take({ event: 'message', data: typeof data === 'string' ? data : JSON.stringify(data) });
	return stream.finish().result;
}

const ADDRESS = 'https://images.example/cat.png';
const SOURCE = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };

/** Messages that hold images, as servers of chat completions send them. */
const WITH_IMAGES: [what: string, message: object, images: unknown[]][] = [
	['OpenAI’s part', { content: [{ type: 'image_url', image_url: { url: ADDRESS } }] }, [ADDRESS]],
	['an address alone', { content: [{ type: 'output_image', image_url: ADDRESS }] }, [ADDRESS]],
	['Anthropic’s part, which holds the image', { content: [SOURCE] }, [SOURCE]],
	['OpenRouter’s list beside the text', { content: 'A cat', images: [{ type: 'image_url', image_url: { url: ADDRESS } }] }, [ADDRESS]],
	[
		'two, around a text',
		{ content: [{ type: 'image_url', image_url: ADDRESS }, { type: 'text', text: 'A cat' }, SOURCE] },
		[ADDRESS, SOURCE],
	],
];

describe('images', () => {
	const textIn = (message: { content: unknown }) => (JSON.stringify(message.content).includes('A cat') ? 'A cat' : undefined);

	test.each(WITH_IMAGES)('%s: stand under response.images, plain and streamed', (_what, message, images) => {
		const plain = actionResponse({ choices: [{ index: 0, message, finish_reason: 'stop' }] });
		expect(plain?.response).toMatchObject({ images, finish_reason: 'stop' });
		const result = streamed([{ choices: [{ index: 0, delta: message, finish_reason: 'stop' }] }]);
		expect(result.ok && result.value.response).toEqual({ response_text: textIn(message as never) ?? '', finish_reason: 'stop', images });
		for (const answer of [plain, result.ok ? result.value : undefined]) {
			expect(answer && holdsMedia(answer)).toBe(true);
			// an image is an answer, also without a word
			expect(answer && isEmptyAnswer(answer)).toBe(false);
		}
	});

	test.each([null, undefined])('a field for the text that is %s does not hide the text of the choice', (response_text) => {
		const choices = [{ index: 0, message: { content: 'A cat' }, finish_reason: 'stop' }];
		const answer = actionResponse({ status: 200, response: { response_text, finish_reason: response_text, choices } });
		expect(answer?.response).toMatchObject({ response_text: 'A cat', finish_reason: 'stop' });
	});

	test('an answer without any has no field for them', () => {
		const answer = actionResponse({ choices: [{ message: { content: [{ type: 'text', text: 'A cat' }] } }] });
		expect(answer?.response).not.toHaveProperty('images');
	});
});

describe('other files', () => {
	const SOUND = { type: 'audio', audio: { data: 'AAAA', format: 'wav' } };
	test.each<[what: string, parts: object[], files: unknown[]]>([
		['a sound, as the part that holds it', [SOUND], [SOUND]],
		['a film, by its address', [{ type: 'video_url', video_url: { url: ADDRESS } }], [ADDRESS]],
		[
			'a document and a file',
			[
				{ type: 'document', source: { url: ADDRESS } },
				{ type: 'file', url: ADDRESS },
			],
			[ADDRESS, ADDRESS],
		],
	])('%s: stand under response.files, plain and streamed, and the text is the answer', (_what, parts, files) => {
		const content = [{ type: 'text', text: 'Here' }, ...parts];
		const plain = interpret({ status: 200, body: { choices: [{ message: { content }, finish_reason: 'stop' }] }, asked: 'chat' });
		const chunks = content.map((part) => ({ choices: [{ delta: { content: [part] } }] }));
		for (const result of [plain, streamed([...chunks, '[DONE]'])]) {
			expect(result).toMatchObject({ ok: true, value: { response: { response_text: 'Here', files } } });
		}
		const alone = streamed([...chunks.slice(1), '[DONE]']);
		expect(alone.ok && isEmptyAnswer(alone.value)).toBe(false);
	});
});

describe('parts of a message', () => {
	test.each<[string, object, object]>([
		[
			'thinking and results of tools are none of the text',
			{
				content: [
					{ type: 'thinking', thinking: 'Hm' },
					{ type: 'tool_result', text: '5' },
					{ type: 'text', text: 'Five' },
				],
			},
			{ text: 'Five' },
		],
		['words of a refusal are', { content: null, refusal: 'I cannot help with that' }, { text: 'I cannot help with that' }],
		['also as a part', { content: [{ type: 'refusal', refusal: 'No' }] }, { text: 'No' }],
		['a text as Assistants write it', { content: [{ type: 'text', text: { value: 'Yes', annotations: [] } }] }, { text: 'Yes' }],
		['no content', { content: null }, {}],
		['a text that is null', { content: [{ type: 'text', text: null }, 'Yes'] }, { text: 'Yes' }],
		[
			'sources of what is said',
			{
				content: [
					{ type: 'text', text: 'Yes' },
					{ type: 'reference', reference_ids: [1] },
				],
			},
			{ text: 'Yes' },
		],
		['a content in a form that nobody knows', { content: { nested: 'Yes' } }, { unreadable: true }],
	])('%s', (_what, message, said) => expect(readMessage(message)).toEqual({ media: {}, ...said }));

	test.each<[string, unknown]>([
		['of a type that nobody knows', { type: 'markdown', text: ' not' }],
		['without a type and a text', { content: ' not' }],
		['with its text elsewhere', { type: 'text', content: ' not' }],
		['that is a number', 7],
	])('a part %s makes an answer a damaged one, with the text of the others', (_what, part) => {
		const content = [{ type: 'text', text: 'Do' }, part];
		const plain = [{ choices: [{ message: { content }, finish_reason: 'stop' }] }, { response: { response_text: content } }];
		const chunks = [{ choices: [{ delta: { content: 'Do' } }] }, { choices: [{ delta: { content: [part] }, finish_reason: 'stop' }] }];
		for (const result of [
			...plain.map((body) => interpret({ status: 200, body, asked: 'chat' })),
			streamed([...chunks, '[DONE]']),
			streamed(plain.slice(1)),
		]) {
			expect(result).toMatchObject({ ok: false, failure: { kind: 'answerDamaged', partialText: 'Do' } });
		}
		expect(interpret({ status: 200, body: plain[1], asked: 'other' }).ok).toBe(true);
	});
});

describe('reasons to finish', () => {
	test.each([
		['finished', ['stop', 'STOP', ' end_turn ', 'length', 'SAFETY', 'content_filter', 'MAX_TOKENS', 'content_filter: PROHIBITED_CONTENT']],
		['goesOn', ['tool_calls', 'tool_use', 'function_call']],
		[undefined, ['', 'null', 'thinking', 'whatever', undefined, null, 0]],
	])('%s', (meaning, reasons) => expect(reasons.map(finishOf)).toEqual(reasons.map(() => meaning)));

	test.each([
		['its length', ['length', 'MAX_TOKENS', 'model_context_window_exceeded']],
		['a content filter', ['content_filter', 'SAFETY', 'RECITATION', 'content_filter: SPII', 'sensitive', 'guardrail_intervened']],
		[undefined, ['stop', 'tool_calls', '', undefined]],
	])('an answer is cut by %s', (by, reasons) =>
		expect(reasons.map((reason) => cutBy({ response: { finish_reason: reason } }))).toEqual(reasons.map(() => by)),
	);

	test.each(['error', 'ABORT', 'insufficient_system_resource', 'network_error', 'function_call_filter: MALFORMED_FUNCTION_CALL'])(
		'“%s” breaks an answer off: it fails with its text so far',
		(reason) => {
			const choice = { index: 0, finish_reason: reason };
			const plain: object[] = [
				{ choices: [{ ...choice, message: { content: 'Do not' } }] },
				{ status: 200, response: { response_text: 'Do not', finish_reason: reason } },
			];
			const events: (object | string)[][] = [
				[{ choices: [{ index: 0, delta: { content: 'Do ' } }] }, { choices: [{ ...choice, delta: { content: 'not' } }] }, '[DONE]'],
				...plain.map((answer) => [answer]),
			];
			for (const result of [
				...plain.map((body) => interpret({ status: 200, body, asked: 'chat' })),
				...events.map((data) => streamed(data)),
			]) {
				expect(result).toMatchObject({
					ok: false,
					failure: { kind: 'streamIncomplete', delivery: 'uncertain', partialText: 'Do not', httpCode: '200' },
				});
			}
			// what other actions put into their response is theirs to name
			expect(interpret({ status: 200, body: plain[1], asked: 'other' }).ok).toBe(true);
		},
	);

	test.each<[what: string, response: unknown, by: ReturnType<typeof cutBy>]>([
		['names none', { response_text: 'Do not' }, 'its length'],
		['names null', { response_text: 'Do not', finish_reason: null }, 'its length'],
		['is a text', 'Do not', 'its length'],
		['has no text', {}, 'its length'],
		['names its own', { response_text: 'Do not', finish_reason: 'stop' }, undefined],
	])('the reason of the pieces is that of the answer behind them, where it %s', (_what, response, by) => {
		const pieces = ['Do ', 'not'].map((content) => ({ choices: [{ index: 0, delta: { content } }] }));
		const result = streamed([...pieces, { choices: [{ index: 0, delta: {}, finish_reason: 'length' }] }, { status: 200, response }]);
		expect(result).toMatchObject({ ok: true, value: { status: 200, response: { response_text: 'Do not' } } });
		expect(result.ok && cutBy(result.value)).toBe(by);
	});

	test.each<[what: string, response: unknown]>([
		['has none of it', { response_text: 'A cat' }],
		['is a text', 'A cat'],
		['names it as null', { response_text: 'A cat', usage: null, images: null }],
	])('usage and images that a stream names before or behind a whole answer stand in it, where it %s', (_what, response) => {
		const usage = { choices: [], usage: { total_tokens: 5 } };
		const image = { choices: [{ index: 0, delta: { content: [{ type: 'image_url', image_url: ADDRESS }] } }] };
		const answer = { status: 200, response };
		for (const events of [
			[usage, image, answer],
			[image, answer, usage],
		]) {
			const told = { response_text: 'A cat', usage: usage.usage, images: [ADDRESS] };
			expect(streamed([...events, '[DONE]'])).toMatchObject({ ok: true, value: { status: 200, response: told } });
		}
		const own = { response_text: 'A cat', usage: { total_tokens: 7 } };
		expect(streamed([usage, { ...answer, response: own }])).toEqual({ ok: true, value: { status: 200, response: own } });
	});

	test.each(['', 'null', 'None', ' undefined '])('“%s” is none', (reason) =>
		expect(namedReason({ finish_reason: reason })).toBeUndefined(),
	);
});
