import { createRedactor } from '../../nodes/AgentAi/transport/redact.ts';
import { SseParser } from '../../nodes/AgentAi/transport/sse.ts';
import { StreamedResponse } from '../../nodes/AgentAi/transport/streamedResponse.ts';

const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
	`data: ${JSON.stringify({ id: 'chatcmpl_5f1c', object: 'chat.completion.chunk', created: 1764600000, model: 'openclaw:main', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
const DONE = 'data: [DONE]\n\n';

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

/** Whether an event is still all there, or gone without a trace: nothing but an empty line of data is left of it. */
const leavesNoTrace = (spoiled: string) => /^[\s:]*$|^\s*(?:data)?:?\s*$/.test(spoiled);

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
