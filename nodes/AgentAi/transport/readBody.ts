import type { IN8nHttpFullResponse } from 'n8n-workflow';

import { type BodyKind, bodyKind } from '../failures/bodyKind';
import { isObject } from '../failures/json';
import type { Deadline } from './deadline';
import { type ServerSentEvent, SseParser } from './sse';
import type { StreamedResponse, StreamState } from './streamedResponse';
import type { OnDelta } from './wireRequest';
import { contentType } from './wireResponse';

/** Largest answer taken in, in bytes after unpacking; of a stream, the largest event and the largest text. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** Largest stream read, in bytes: an event is some fifty times as long as the piece of text in it. */
const MAX_STREAM_BYTES = 8 * MAX_ANSWER_BYTES;
/** As much of the body of an error is read; more of it says no more. */
export const MAX_ERROR_BYTES = 256 * 1024;
/** Beginning of a stream that is kept until an event of an answer shows that it is one, in bytes. */
const MAX_HEAD_BYTES = 1024 * 1024;

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

/** How long usage is waited for after a finish reason, in ms; servers send it at once. */
const GRACE_MS = 1000;
/** How long more is waited for where one came with a piece of text, or a whole answer without one: some servers send every piece so. */
const LONG_GRACE_MS = 10_000;

/**
 * Reads a body within a time and a size. What it is is told by its first bytes; events are handed on as they come, and
 * all else comes back as text.
 *
 * @param response with the body as n8n's helper gives it, unpacked
 * @param maxBytes largest body that is no stream; 32 MiB, or less for errors
 * @param streamed what events make up; without it there are none
 * @param onDelta shows a delta of a streamed answer
 */
export async function readBody(
	response: IN8nHttpFullResponse,
	deadline: Deadline,
	maxBytes: number,
	streamed?: StreamedResponse,
	onDelta?: OnDelta,
): Promise<Body> {
	const chunks = chunksOf(response.body);
	const reading = new BodyReading(contentType(response), maxBytes, deadline, streamed, onDelta);
	let finished = false;
	try {
		for (;;) {
			const chunk = await nextOf(chunks, deadline);
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
async function endsByItself(chunks: AsyncIterator<Uint8Array>, deadline: Deadline): Promise<boolean> {
	deadline.endSoon(END_MS);
	for (;;) {
		const chunk = await nextOf(chunks, deadline);
		if (chunk === undefined) return true;
		if ('why' in chunk) return false;
	}
}

/** The body as n8n's helper gives it when it is asked for a stream; a whole one, which tests of n8n may give, as one chunk. */
function chunksOf(body: unknown): AsyncIterator<Uint8Array> {
	if (isObject(body) && Symbol.asyncIterator in body) return (body as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
	return oneChunk(new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body ?? '')));
}

async function* oneChunk(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
	yield await Promise.resolve(chunk);
}

/** The next chunk, or why there is none; `undefined` at the end of the body. */
async function nextOf(chunks: AsyncIterator<Uint8Array>, deadline: Deadline): Promise<Uint8Array | Broken | undefined> {
	try {
		const { done, value } = await deadline.wait(chunks.next());
		return done === true ? undefined : (value as Uint8Array);
	} catch (error) {
		return { why: 'thrown', error };
	}
}

/** How reading goes on. */
type State = 'more' | 'enough' | Broken;

/** A body while it is read. */
class BodyReading {
	/** Of events, which are UTF-8 whatever their label says (WHATWG HTML, section 9.2.6), and of the beginning of all else. */
	private readonly decoder = new TextDecoder();

	private readonly parser = new SseParser(MAX_ANSWER_BYTES);

	private chunks: Uint8Array[] = [];

	private size = 0;

	/** The beginning of the text, until it tells what the body is. */
	private head = '';

	private kind?: BodyKind;

	constructor(
		private readonly label: string,
		private readonly maxBytes: number,
		private readonly deadline: Deadline,
		private readonly streamed: StreamedResponse | undefined,
		private readonly onDelta: OnDelta | undefined,
	) {}

	async take(chunk: Uint8Array): Promise<State> {
		this.size += chunk.length;
		if (this.size <= MAX_HEAD_BYTES || this.kind !== 'events') this.chunks.push(chunk);
		if (this.size > (this.kind === 'events' ? MAX_STREAM_BYTES : this.maxBytes)) return TOO_LARGE;
		return await this.read(() => this.decoder.decode(chunk, { stream: true }), false);
	}

	async end(): Promise<Body> {
		await this.read(() => this.decoder.decode(), true);
		if (this.kind === 'events') await this.hand(this.parser.end());
		return this.stopped();
	}

	/** What was read when reading ended. */
	stopped(broken?: Broken): Body {
		const text = decodeWhole(this.chunks, this.label);
		return { kind: this.kind ?? bodyKind(text, true) ?? 'text', text, ...(broken ? { broken } : {}) };
	}

	/** @param decode gives the next text; of a body that is no stream only the beginning is needed */
	private async read(decode: () => string, whole: boolean): Promise<State> {
		if (this.kind !== undefined && this.kind !== 'events') return 'more';
		let text = decode();
		if (this.kind === undefined) {
			// blanks before the first character say nothing, and may be endless
			this.head += this.head === '' ? text.trimStart() : text;
			this.kind = this.kindOf(this.head, whole);
			if (this.kind !== 'events') return 'more';
			text = this.head;
		}
		const events = this.parse(text);
		return events ? await this.hand(events) : TOO_LARGE;
	}

	/** The next events, `undefined` when one of them is too large. */
	private parse(text: string): ServerSentEvent[] | undefined {
		try {
			return this.parser.push(text);
		} catch {
			return undefined;
		}
	}

	private kindOf(head: string, whole: boolean): BodyKind | undefined {
		const kind = bodyKind(head, whole);
		if (!this.streamed && kind === 'events') return 'text';
		// a stream may begin with a line that means nothing
		return this.streamed && this.label.includes('event-stream') && kind === 'text' && head !== '' ? 'events' : kind;
	}

	/** Takes events, and shows the deltas in them, until no more is needed: then the answer is complete. */
	private async hand(events: ServerSentEvent[]): Promise<State> {
		const { streamed, deadline } = this;
		if (!streamed) return 'more';
		for (const event of events) {
			const before = streamed.state;
			const delta = streamed.take(event);
			if (delta !== '') {
				// a slow reader does not use up the time in which more may come
				deadline.endSoon(undefined);
				await this.onDelta?.(delta);
			}
			const { state, finished, text } = streamed;
			if (state === 'ended') return 'enough';
			if (delta !== '' || state !== before || state === 'mayEnd') deadline.endSoon(graceMs(state, finished));
			if (text.length > MAX_ANSWER_BYTES) return TOO_LARGE;
		}
		if (streamed.understood) this.chunks = [];
		return 'more';
	}
}

function graceMs(state: StreamState, finished: boolean): number | undefined {
	if (state === 'complete') return finished ? GRACE_MS : LONG_GRACE_MS;
	return state === 'mayEnd' && finished ? LONG_GRACE_MS : undefined;
}

const TOO_LARGE: Broken = { why: 'tooLarge' };

/**
 * The text of a whole body: UTF-8 where its bytes are that, because labels lie; otherwise as its label says, and as far as it
 * goes where the label names nothing that exists. JSON without a single letter of UTF-8 beyond ASCII is what old servers write.
 */
function decodeWhole(chunks: Uint8Array[], contentType: string): string {
	const bytes = Buffer.concat(chunks);
	const labelled = /charset\s{0,5}=\s{0,5}"?([\w-]{1,40})/i.exec(contentType.slice(0, 500))?.[1];
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		const text = decoderOf(labelled).decode(bytes);
		const isLatin = text.includes('\uFFFD') && !/[\u0080-\uFFFC]/.test(text) && bodyKind(text, true) === 'json';
		return isLatin ? new TextDecoder('windows-1252').decode(bytes) : text;
	}
}

function decoderOf(charset: string | undefined): InstanceType<typeof TextDecoder> {
	try {
		return new TextDecoder(charset);
	} catch {
		return new TextDecoder();
	}
}
