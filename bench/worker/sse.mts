/**
 * A worker process: reads a streamed answer of a given size in chunks of 1 KB, with this package's parser or with
 * eventsource-parser, and prints the speed in MB/s of processor time. Arguments: parser, kind of events, MB.
 */

import { createParser } from 'eventsource-parser';

import { SseParser } from '../../nodes/AgentAi/transport/sse.ts';
import { threadCpuUsage } from './threadCpu.mts';

const [parser, kind, megabytes = '100'] = process.argv.slice(2);
const CHUNK = 1024;
const WARM_UP_MB = 5;

/** What OpenClaw's gateway sends for one word, and the same with a long text. */
const event = (content: string) =>
	`data: ${JSON.stringify({ id: 'chatcmpl_1', object: 'chat.completion.chunk', created: 1, model: 'openclaw', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
const EVENTS: Record<string, string> = { words: event(' naïve'), paragraphs: event('a longer text — '.repeat(500)) };

/** Each reads a chunk of bytes and tells how many events it completed. */
const READERS: Record<string, () => (chunk: Uint8Array) => number> = {
	agentAi: () => {
		const ours = new SseParser(2 ** 25);
		const decoder = new TextDecoder();
		return (chunk) => {
			let events = 0;
			for (const { data } of ours.push(decoder.decode(chunk, { stream: true }))) events += data === '' ? 0 : 1;
			return events;
		};
	},
	eventsourceParser: () => {
		let events = 0;
		const theirs = createParser({ onEvent: ({ data }) => (events += data === '' ? 0 : 1) });
		const decoder = new TextDecoder();
		return (chunk) => {
			events = 0;
			theirs.feed(decoder.decode(chunk, { stream: true }));
			return events;
		};
	},
};

/** Reads so many MB and gives the events found. */
function read(reader: (chunk: Uint8Array) => number, mb: number): number {
	const one = Buffer.from(EVENTS[kind ?? ''] ?? '');
	// a whole number of events, so that its repetition is a stream too
	const piece = Buffer.concat(Array.from({ length: Math.ceil((64 * CHUNK) / one.length) }, () => one));
	const repeated = Buffer.concat([piece, piece]);
	let events = 0;
	for (let offset = 0; offset < mb * 1e6; offset += CHUNK) {
		const start = offset % piece.length;
		events += reader(repeated.subarray(start, start + CHUNK));
	}
	return events;
}

const reader = READERS[parser ?? '']!();
read(READERS[parser ?? '']!(), WARM_UP_MB);
const before = threadCpuUsage();
const events = read(reader, Number(megabytes));
const { user, system } = threadCpuUsage(before);
console.log(`\n${JSON.stringify({ mbPerSecond: Number(megabytes) / ((user + system) / 1e6), events })}`);
process.exit(0);
