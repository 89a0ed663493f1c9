import { parsed } from '../failures/json';

/** One server-sent event, after the rules of the WHATWG HTML standard, section 9.2.6. */
export interface ServerSentEvent {
	/** The `event` field; `message` when there is none. */
	event: string;
	/** All `data` lines of the event, joined by line feeds. */
	data: string;
	/** Not an event of the standard, but a line that is no field and may hold a part of one: something was lost. */
	stray?: true;
	/** The stream ended before the event did. */
	unfinished?: true;
}

/** An event grew beyond the bound. */
export class EventTooLargeError extends Error {
	constructor() {
		super('A single event of the stream is too large');
		this.name = 'EventTooLargeError';
	}
}

/**
 * An incremental parser of a server-sent event stream: text in, events out. Line ends may be LF, CR or CRLF and may be
 * split over pieces anywhere.
 */
export class SseParser {
	/** The current, unfinished line. V8 puts its parts together when it is read: a long line costs linear time. */
	private line = '';

	private data?: string;

	private dataLength = 0;

	private event = '';

	/** Lines that are no fields, met within the current event. */
	private strays: ServerSentEvent[] = [];

	private afterCarriageReturn = false;

	/** @param bound largest event in UTF-16 code units */
	constructor(private readonly bound: number) {}

	/**
	 * Takes the next text and gives the events that it completes.
	 *
	 * @throws EventTooLargeError when a single event exceeds the bound
	 */
	push(text: string): ServerSentEvent[] {
		if (text === '') return [];
		const events: ServerSentEvent[] = [];
		// a CR at the very end may have been the first half of a CRLF
		const lines = (this.afterCarriageReturn && text.startsWith('\n') ? text.slice(1) : text).split(/\r\n|\n|\r/);
		this.afterCarriageReturn = text.endsWith('\r');
		lines[0] = this.line + (lines[0] as string);
		this.line = lines.pop() as string;
		for (const line of lines) {
			this.checkBound(line.length);
			this.endLine(line, events);
		}
		this.checkBound(this.line.length);
		return events;
	}

	/**
	 * What the end of the stream leaves unfinished. The standard drops it; but where a proxy has lost the last line end, all its
	 * bytes are there.
	 */
	end(): ServerSentEvent[] {
		const events: ServerSentEvent[] = [];
		if (this.line !== '') this.endLine(this.line, events);
		this.line = '';
		this.endEvent(events);
		return events.map((event) => ({ ...event, unfinished: true }));
	}

	private checkBound(lineLength: number): void {
		if (lineLength + this.dataLength > this.bound) throw new EventTooLargeError();
	}

	private endLine(line: string, events: ServerSentEvent[]): void {
		if (line === '') return this.endEvent(events);
		if (line.startsWith(':') && !endsPiece(line.slice(1))) return;
		const colon = line.indexOf(':');
		// a blank or a byte order mark in front belongs to no field's name
		const field = (colon === -1 ? line : line.slice(0, colon)).trim();
		const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
		if (field === 'data') {
			this.data = this.data === undefined ? value : `${this.data}\n${value}`;
			this.dataLength += value.length + 1;
		} else if (field === 'event' && !holdsPiece(value) && !endsPiece(value)) this.event = value;
		else if (isStray(line, field, value)) {
			(this.data === undefined ? events : this.strays).push({ event: 'message', data: line, stray: true });
		}
	}

	private endEvent(events: ServerSentEvent[]): void {
		if (this.data !== undefined) events.push({ event: this.event || 'message', data: this.data }, ...this.strays);
		this.strays = [];
		this.data = undefined;
		this.dataLength = 0;
		this.event = '';
	}
}

/** Names that chunks, answers and errors have in their JSON. */
const holdsPiece = (text: string) => /"(?:choices|delta|content|response|error)"/.test(text.slice(0, 10_000));

/** Whether a comment, or the value of a field, may be the end of a torn event: it closes a brace that it did not open, or holds a piece. */
function endsPiece(value: string): boolean {
	const text = value.trim();
	return text.endsWith('}') && (holdsPiece(text) || parsed(text) === undefined);
}

/** Whether a line that is none of the known fields may hold a part of an event, as what is left of a torn one does. */
function isStray(line: string, field: string, value: string): boolean {
	if (!/^[\w.-]{1,100}$/.test(field)) return line.trim() !== '';
	return (
		'data'.startsWith(field) || 'data'.endsWith(field) || /.(?:data|event|retry)$/.test(field) || holdsPiece(value) || endsPiece(value)
	);
}
