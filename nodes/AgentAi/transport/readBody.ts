import { type BodyKind, bodyKind } from '../failures/bodyKind';
import type { Chunks } from './bodyChunks';
import type { Deadline } from './deadline';
import { type ServerSentEvent, SseParser } from './sse';

/** Largest answer taken in, in bytes after unpacking; of a stream, the largest event and the largest text. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** Largest stream read, in bytes: an event is some fifty times as long as the piece of text in it. */
const MAX_STREAM_BYTES = 8 * MAX_ANSWER_BYTES;
/** As much of the body of an error is read; more of it says no more. */
export const MAX_ERROR_BYTES = 256 * 1024;
/** Beginning of a stream that is kept until an event of an answer shows that it is one, in UTF-16 code units. */
const MAX_HEAD = 1024 * 1024;

/** Why a body ended before its end: the answer is larger than it may be, or what the connection threw. */
export type Broken = { why: 'tooLarge' } | { why: 'thrown'; error: unknown };

/** A body that was read. */
export interface Body {
	kind: BodyKind;
	/** The text of the body; of events only the beginning, in case that they are none. */
	text: string;
	/** Set when it is not all of the body. */
	broken?: Broken;
}

/** Receives the events of a body that is a stream of events. */
export interface EventReader {
	/** Takes an event; gives false when no more is needed. */
	take(event: ServerSentEvent): Promise<boolean>;
	/** Whether any event was one of an answer. */
	readonly understood: boolean;
	/** What is kept of them, in UTF-16 code units. */
	readonly size: number;
}

/**
 * Reads a body within a time and a size. What it is is told by its first bytes; events are handed on as they come, and
 * all else comes back as text.
 *
 * @param chunks the body as n8n's helper gives it, unpacked
 * @param maxBytes largest body that is no stream; 32 MiB, or less for errors
 * @param reader receives events; without one they are text as well
 */
export async function readBody(chunks: Chunks, deadline: Deadline, maxBytes: number, reader?: EventReader): Promise<Body> {
	const reading = new BodyReading(maxBytes, reader);
	deadline.onTimeUp((error) => chunks.stop(error));
	let finished = false;
	try {
		for (;;) {
			const chunk = await nextOf(chunks);
			if (chunk === undefined) {
				finished = true;
				return await reading.end();
			}
			if ('why' in chunk) return reading.stopped(chunk);
			const state = await reading.take(chunk);
			if (state === 'enough') finished = await endsByItself(chunks, deadline);
			if (state !== 'more') return reading.stopped(state === 'enough' ? undefined : state);
		}
	} finally {
		deadline.end(!finished);
	}
}

/** How long a server may take to end an answer that is complete, in ms; it nearly always has by then. */
const END_MS = 100;

/**
 * Lets a server that has said its last word end the answer: an OpenClaw gateway takes a client that leaves before that for
 * one that wants the run stopped (measured). Whatever else comes is dropped.
 */
async function endsByItself(chunks: Chunks, deadline: Deadline): Promise<boolean> {
	deadline.shorten(END_MS);
	for (;;) {
		const chunk = await nextOf(chunks);
		if (chunk === undefined) return true;
		if ('why' in chunk) return false;
	}
}

/** The next chunk, or why there is none; `undefined` at the end of the body. */
async function nextOf(chunks: Chunks): Promise<Uint8Array | Broken | undefined> {
	try {
		return await chunks.next();
	} catch (error) {
		return { why: 'thrown', error };
	}
}

/** How reading goes on: only events are handed to somebody who may have to be awaited. */
type State = 'more' | 'enough' | Broken;

/** A body while it is read. */
class BodyReading {
	private readonly decoder = new TextDecoder('utf-8');

	private readonly parser = new SseParser(MAX_ANSWER_BYTES);

	private readonly parts: string[] = [];

	private kind?: BodyKind;

	private bytes = 0;

	private keptLength = 0;

	constructor(
		private readonly maxBytes: number,
		private readonly reader: EventReader | undefined,
	) {}

	take(chunk: Uint8Array): State | Promise<State> {
		this.bytes += chunk.length;
		// the decoder drops a byte order mark at the start, and holds back incomplete characters
		return this.read(this.decoder.decode(chunk, { stream: true }), false);
	}

	async end(): Promise<Body> {
		await this.read(this.decoder.decode(), true);
		const last = this.kind === 'events' && this.reader ? this.parser.end() : undefined;
		if (last) await this.hand([last]);
		return this.stopped();
	}

	/** What was read when reading ended. */
	stopped(broken?: Broken): Body {
		const text = this.parts.join('');
		return { kind: this.kind ?? bodyKind(text, true) ?? 'text', text, ...(broken ? { broken } : {}) };
	}

	private read(text: string, whole: boolean): State | Promise<State> {
		const known = this.kind;
		this.keep(text);
		this.kind ??= bodyKind(this.parts.join(''), whole);
		if (this.kind !== 'events' || !this.reader) return this.bytes > this.maxBytes ? TOO_LARGE : 'more';
		if (this.bytes > MAX_STREAM_BYTES) return TOO_LARGE;
		const events = this.parse(known === 'events' ? text : this.parts.join(''));
		return events ? this.hand(events) : TOO_LARGE;
	}

	/** The next events, `undefined` when one of them is too large. */
	private parse(text: string): ServerSentEvent[] | undefined {
		try {
			return this.parser.push(text);
		} catch {
			return undefined;
		}
	}

	private async hand(events: ServerSentEvent[]): Promise<State> {
		const { reader } = this;
		for (const event of events) {
			const more = await reader?.take(event);
			if (!more) return 'enough';
			if (reader && reader.size > MAX_ANSWER_BYTES) return TOO_LARGE;
		}
		if (reader?.understood) this.parts.length = 0;
		return 'more';
	}

	private keep(text: string): void {
		// blanks before the first character say nothing, and may be endless
		if (text === '' || (this.parts.length === 0 && text.trim() === '')) return;
		if (this.kind === 'events' && this.reader && (this.reader.understood || this.keptLength > MAX_HEAD)) return;
		this.parts.push(text);
		this.keptLength += text.length;
	}
}

const TOO_LARGE: Broken = { why: 'tooLarge' };
