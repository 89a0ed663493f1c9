import { createRedactor } from '../../nodes/AgentAi/transport/redact.ts';
import { SseParser } from '../../nodes/AgentAi/transport/sse.ts';
import { StreamedResponse } from '../../nodes/AgentAi/transport/streamedResponse.ts';

const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
	`data: ${JSON.stringify({ id: 'chatcmpl_5f1c', object: 'chat.completion.chunk', created: 1764600000, model: 'openclaw:main', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
const DONE = 'data: [DONE]\n\n';

/** Texts whose pieces tempt a reader that trusts their form. */
const TEXTS: [what: string, pieces: string[]][] = [
	['words', ['Do ', 'not ', 'pay']],
	['JSON', ['{"a":', '"data: x"', '}\n']],
	['lines', ['1\n\n', 'data: [DONE]\n', '2']],
];

const withType = (type: string, event: string) => event.replace('data: ', `event: ${type}\ndata: `);
const crlf = (event: string) => event.replaceAll('\n', '\r\n');
const USAGE = { usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 } };
const short = (delta: object, finish: string | null = null, more: object = {}) =>
	`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
const textOfAll = (pieces: string[]) => pieces.map((content) => short({ content }));

/** The forms in which servers of chat completions send a text in pieces, each as recorded from one of them. */
const FORMS = new Map<string, (pieces: string[]) => string[]>([
	[
		'a role in the first chunk, usage in one without choices',
		(pieces) => [
			short({ role: 'assistant', content: '' }),
			...textOfAll(pieces),
			short({}, 'stop'),
			`data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [], ...USAGE })}\n\n`,
			DONE,
		],
	],
	[
		'the role in every chunk',
		(pieces) => [...pieces.map((content) => short({ role: 'assistant', content })), short({ content: '' }, 'stop'), DONE],
	],
	[
		'tool calls, then the text',
		(pieces) => [
			short({
				role: 'assistant',
				content: null,
				tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
			}),
			short({}, 'tool_calls'),
			...textOfAll(pieces),
			short({}, 'stop'),
			DONE,
		],
	],
	[
		'reasoning, then the text',
		(pieces) => [
			short({ reasoning_content: 'Hm.', content: null }),
			short({ reasoning: 'So.', content: '' }),
			...textOfAll(pieces),
			short({}, 'stop', USAGE),
			DONE,
		],
	],
	['a refusal', (pieces) => [...pieces.map((refusal) => short({ content: null, refusal })), short({}, 'stop'), DONE]],
	['an empty reason in every chunk', (pieces) => [...pieces.map((content) => short({ content }, '')), short({}, 'STOP'), DONE]],
	['cut by its length', (pieces) => [...textOfAll(pieces), short({}, 'length'), DONE]],
	['lines that end with CRLF', (pieces) => [...textOfAll(pieces), short({}, 'stop'), DONE].map(crlf)],
	['named events', (pieces) => [...textOfAll(pieces), short({}, 'end_turn'), DONE].map((event) => withType('message', event))],
	[
		'ids and comments between',
		(pieces) => [
			'retry: 3000\n\n',
			...textOfAll(pieces).flatMap((event, index) => [`id: ${index}\n${event}`, ': OPENROUTER PROCESSING\n\n']),
			short({}, 'stop'),
			DONE,
		],
	],
	['no [DONE]', (pieces) => [...textOfAll(pieces), short({}, 'stop')]],
	[
		'messages in the place of deltas',
		(pieces) => [
			...pieces.map(
				(content) =>
					`data: ${JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: null }] })}\n\n`,
			),
			short({}, 'stop'),
			DONE,
		],
	],
	[
		'agent.ai’s own form alone',
		(pieces) => [
			'data: {"status":"processing"}\n\n',
			`data: ${JSON.stringify({ status: 200, response: { response_text: pieces.join(''), finish_reason: 'stop' } })}\n\n`,
		],
	],
	[
		'two choices',
		(pieces) => [
			...pieces.map(
				(content, index) =>
					`data: ${JSON.stringify({
						choices: [
							{ index: 1, delta: { content: `no ${index}` } },
							{ index: 0, delta: { content } },
						],
					})}\n\n`,
			),
			short({}, 'stop'),
			DONE,
		],
	],
]);

/** Streams as the OpenClaw gateway and other servers of chat completions send them: the text, and the event that holds each piece. */
const STREAMS: Record<string, { text: string; events: string[] }> = {
	'the gateway’s': {
		text: 'Do not delete it. "Really"\n{no} naïve 🦞',
		events: [
			chunk({ role: 'assistant' }),
			...['Do ', 'not ', 'delete it.', ' "Really"\n', '{no}', ' naïve 🦞'].map((content) => chunk({ content })),
			chunk({}, 'stop'),
			DONE,
		],
	},
	'one with usage and keep-alives': {
		text: 'One, two, three',
		events: [
			': keep-alive\n\n',
			chunk({ role: 'assistant', content: '' }),
			chunk({ content: 'One, ' }),
			'event: ping\ndata: {"type":"ping"}\n\n',
			chunk({ content: 'two, ' }),
			chunk({ content: 'three' }),
			chunk({}, 'stop', { usage: { prompt_tokens: 3, completion_tokens: 5 } }),
			DONE,
		],
	},
	'one whose content is parts': {
		text: 'Yes, no',
		events: [...['Yes, ', 'no'].map((text) => chunk({ content: [{ type: 'text', text }] })), chunk({}, 'stop'), DONE],
	},
	'one that names a reason with each piece': {
		text: 'Good morning',
		events: [chunk({ content: 'Good ' }, 'stop'), chunk({ content: 'morning' }, 'stop'), DONE],
	},
	'one that ends with agent.ai’s own form': {
		text: 'Hello you',
		events: [chunk({ content: 'Hello ' }), chunk({ content: 'you' }), 'data: {"status":200,"response":{"response_text":"Hello you"}}\n\n'],
	},
	...Object.fromEntries(
		[...FORMS].map(([form, build], index) => {
			const [what, pieces] = TEXTS[index % TEXTS.length]!;
			return [`${form}, ${what}`, { text: pieces.join(''), events: build(pieces) }];
		}),
	),
};

/**
 * What a server or a proxy may do to one event at one place. What leaves no trace, such as an event that is lost whole, or one that comes twice, as an agent
 * that repeats itself, nobody can see.
 */
const DAMAGES: Record<string, (event: string, at: number) => string> = {
	'its end is lost': (event, at) => event.slice(0, at),
	'its end is lost, but for the blank line': (event, at) => `${event.slice(0, at)}\n\n`,
	'its beginning is lost': (event, at) => event.slice(at),
	'it is torn by a line feed': (event, at) => `${event.slice(0, at)}\n${event.slice(at)}`,
	'it is torn by a blank line': (event, at) => `${event.slice(0, at)}\n\n${event.slice(at)}`,
	'its beginning comes twice': (event, at) => event.slice(0, Math.min(at, event.length - 4)) + event,
};

/**
 * Whether an event is gone without a trace: nothing is left of it, or an empty line of data, or its type or id, which the standard lets
 * stand alone.
 */
const leavesNoTrace = (spoiled: string) => /^\s*(?:(?:event|id): ?\w*\s+)?(?:[\s:]*|(?:data)?:?|(?:e|i)\w*(?:: ?\w*)?)\s*$/.test(spoiled);

function read(stream: string): { text?: unknown; shown: string } {
	const parser = new SseParser(1_000_000);
	const answer = new StreamedResponse(createRedactor([]), 'chat', 200);
	let shown = '';
	for (const event of [...parser.push(stream), ...parser.end()]) shown += answer.take(event);
	const { result, rest } = answer.finish();
	return result.ok ? { text: (result.value.response as { response_text: string }).response_text, shown: shown + rest } : { shown };
}

describe.each(Object.entries(STREAMS))('%s', (_name, { text, events }) => {
	test('is whole', () => expect(read(events.join(''))).toEqual({ text, shown: text }));

	test.each(Object.entries(DAMAGES))('is never a success with another text where of any event, at any place, %s', (_damage, spoil) => {
		const wrong: string[] = [];
		for (const [index, event] of events.entries()) {
			for (let at = 1; at < event.length; at++) {
				const spoiled = spoil(event, at);
				if (leavesNoTrace(spoiled)) continue;
				const found = read([...events.slice(0, index), spoiled, ...events.slice(index + 1)].join(''));
				if (found.text !== undefined && found.text !== text) wrong.push(`${JSON.stringify(spoiled)} gives ${JSON.stringify(found.text)}`);
			}
		}
		expect(wrong).toEqual([]);
	});
});
