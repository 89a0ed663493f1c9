/** One server-sent event, after the rules of the WHATWG HTML standard, section 9.2.6. */
export interface ServerSentEvent {
	/** The `event` field; `message` when there is none. */
	event: string;
	/** All `data` lines of the event, joined by line feeds. */
	data: string;
	/** The last `id` seen so far in the stream. */
	id: string;
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
	/** Parts of the current, unfinished line; joined once, so that a long line costs linear time. */
	private line: string[] = [];

	private lineLength = 0;

	private data: string[] = [];

	private dataLength = 0;

	private event = '';

	private id = '';

	private afterCarriageReturn = false;

	/** @param bound largest event in UTF-16 code units */
	constructor(private readonly bound: number) {}

	/**
	 * Takes the next text and gives the events that it completes.
	 *
	 * @throws EventTooLargeError when a single event exceeds the bound
	 */
	push(text: string): ServerSentEvent[] {
		const events: ServerSentEvent[] = [];
		let start = 0;
		if (this.afterCarriageReturn && text !== '') {
			if (text[0] === '\n') start = 1;
			this.afterCarriageReturn = false;
		}
		const lineEnd = /\r\n?|\n/g;
		lineEnd.lastIndex = start;
		for (let match = lineEnd.exec(text); match !== null; match = lineEnd.exec(text)) {
			this.extendLine(text.slice(start, match.index));
			start = lineEnd.lastIndex;
			// a CR at the very end may be the first half of a CRLF
			if (match[0] === '\r' && start === text.length) this.afterCarriageReturn = true;
			const line = this.line.join('');
			this.line = [];
			this.lineLength = 0;
			const event = this.endLine(line);
			if (event) events.push(event);
		}
		this.extendLine(text.slice(start));
		return events;
	}

	/**
	 * The event that the end of the stream leaves unfinished. The standard drops it; but where a proxy has lost the last
	 * line end, all its bytes are there.
	 */
	end(): ServerSentEvent | undefined {
		const line = this.line.join('');
		this.line = [];
		const finished = line === '' ? undefined : this.endLine(line);
		return finished ?? this.endEvent();
	}

	private extendLine(part: string): void {
		if (part === '') return;
		this.lineLength += part.length;
		if (this.lineLength + this.dataLength > this.bound) throw new EventTooLargeError();
		this.line.push(part);
	}

	private endLine(line: string): ServerSentEvent | undefined {
		if (line === '') return this.endEvent();
		if (line.startsWith(':')) return undefined;
		const colon = line.indexOf(':');
		const field = colon === -1 ? line : line.slice(0, colon);
		const rest = colon === -1 ? '' : line.slice(colon + 1);
		const value = rest.startsWith(' ') ? rest.slice(1) : rest;
		if (field === 'data') {
			this.data.push(value);
			this.dataLength += value.length + 1;
		} else if (field === 'event') {
			this.event = value;
		} else if (field === 'id' && !value.includes('\0')) {
			this.id = value;
		}
		return undefined;
	}

	private endEvent(): ServerSentEvent | undefined {
		const { data, event } = this;
		this.data = [];
		this.dataLength = 0;
		this.event = '';
		if (data.length === 0) return undefined;
		return { event: event || 'message', data: data.join('\n'), id: this.id };
	}
}
