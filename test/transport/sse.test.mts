import { createParser } from 'eventsource-parser';
import fc from 'fast-check';

import { EventTooLargeError, type ServerSentEvent, SseParser } from '../../nodes/AgentAi/transport/sse.ts';

function parse(pieces: string[]): ServerSentEvent[] {
	const parser = new SseParser(10_000_000);
	return pieces.flatMap((piece) => parser.push(piece)).filter(({ stray }) => !stray);
}

const data = (text: string) => parse([text]).map((event) => event.data);

describe('events after the WHATWG standard', () => {
	test.each([
		['one event', 'data: a\n\n', ['a']],
		['CR', 'data: a\r\rdata: b\r\r', ['a', 'b']],
		['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
		['mixed line ends', 'data: a\r\n\ndata: b\n\r\n', ['a', 'b']],
		['many data lines', 'data: a\ndata\ndata: b\n\n', ['a\n\nb']],
		['only the first space is taken off', 'data:  a\ndata:b\n\n', [' a\nb']],
		['comments', ': hello\ndata: a\n:\n\n', ['a']],
		['unknown fields', 'foo: bar\ndata: a\nretry: 10\n\n', ['a']],
		['no data, no event', 'event: x\nid: 1\n\n', []],
		['an empty data line is an event', 'data\n\n', ['']],
		['an unfinished event is dropped', 'data: a\n\ndata: b\n', ['a']],
		['a byte order mark in the middle is text', 'data: \uFEFFa\n\n', ['\uFEFFa']],
		['a line without a colon', 'data: a\nnonsense\n\n', ['a']],
		['multibyte text', 'data: 🦞 größer\n\n', ['🦞 größer']],
	])('%s', (_what, text, expected) => expect(data(text)).toEqual(expected));

	test('the name of an event', () => {
		expect(parse(['id: 7\nevent: error\ndata: x\n\ndata: y\n\nid: bad\0\ndata: z\n\n'])).toEqual([
			{ event: 'error', data: 'x' },
			{ event: 'message', data: 'y' },
			{ event: 'message', data: 'z' },
		]);
	});
});

test('an event beyond the bound is an error that does not quote it', () => {
	const parser = new SseParser(100);
	parser.push('data: secret');
	expect(() => parser.push('x'.repeat(200))).toThrow(EventTooLargeError);
	expect(() => new SseParser(100).push('data: x\n'.repeat(60))).toThrow(/too large/);
});

test('an event of several megabytes arrives whole and in linear time', () => {
	const big = 'y'.repeat(4_000_000);
	const stream = `data: ${big}\n\n`;
	const chunks = Array.from({ length: 1000 }, (_, index) => stream.slice(index * 4001, (index + 1) * 4001));
	expect(parse(chunks)[0]?.data).toHaveLength(4_000_000);
});

test('the end of the stream gives the event that it leaves unfinished', () => {
	for (const [text, expected] of [
		['data: a', 'a'],
		['data: a\n', 'a'],
		['data: a\n\n', undefined],
		['', undefined],
	] as const) {
		const parser = new SseParser(100);
		parser.push(text);
		expect(parser.end()[0]?.data).toBe(expected);
	}
});

/** Events and their data as another reader finds them. */
function parseWithPeer(text: string): [string, string][] {
	const events: [string, string][] = [];
	createParser({ onEvent: ({ event = 'message', data: found }) => events.push([event, found]) }).feed(text);
	return events;
}

test('any split of any stream gives the same events, and those that eventsource-parser finds', () => {
	const line = fc.oneof(
		fc.string({ unit: 'grapheme' }).map((text) => `data: ${text}`),
		fc.constantFrom('', '', ': comment', 'event: x', 'id: 1', 'data', 'data:x', 'dat', 'foo'),
	);
	const stream = fc
		.array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n')))
		.map((lines) => `${lines.map(([text, end]) => text + end).join('')}\n\n`);
	fc.assert(
		fc.property(stream, fc.array(fc.nat()), (whole, cuts) => {
			const positions = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
			const chunks = [0, ...positions].map((from, index) => whole.slice(from, positions[index] ?? whole.length));
			expect(parse(chunks)).toEqual(parse([whole]));
			expect(parse(whole.split(''))).toEqual(parse([whole]));
			expect(parse([whole]).map(({ event, data: found }) => [event, found])).toEqual(parseWithPeer(whole));
		}),
		{ numRuns: 500 },
	);
});
