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

	private data?: string;

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
		// each is looked for anew only when it has been passed: a text without one of them is searched for it once
		let [lineFeed, carriageReturn] = [text.indexOf('\n', start), text.indexOf('\r', start)];
		for (;;) {
			if (lineFeed !== -1 && lineFeed < start) lineFeed = text.indexOf('\n', start);
			if (carriageReturn !== -1 && carriageReturn < start) carriageReturn = text.indexOf('\r', start);
			const byReturn = carriageReturn !== -1 && (lineFeed === -1 || carriageReturn < lineFeed);
			const end = byReturn ? carriageReturn : lineFeed;
			if (end === -1) break;
			const event = this.endLine(this.takeLine(text.slice(start, end)));
			if (event) events.push(event);
			start = end + 1;
			// a CR at the very end may be the first half of a CRLF
			if (byReturn && start === text.length) this.afterCarriageReturn = true;
			else if (byReturn && text[start] === '\n') start++;
		}
		this.extendLine(text.slice(start));
		return events;
	}

	/**
	 * The event that the end of the stream leaves unfinished. The standard drops it; but where a proxy has lost the last
	 * line end, all its bytes are there.
	 */
	end(): ServerSentEvent | undefined {
		const line = this.takeLine('');
		const finished = line === '' ? undefined : this.endLine(line);
		return finished ?? this.endEvent();
	}

	private extendLine(part: string): void {
		if (part === '') return;
		this.lineLength += part.length;
		this.checkBound(this.lineLength);
		this.line.push(part);
	}

	private checkBound(lineLength: number): void {
		if (lineLength + this.dataLength > this.bound) throw new EventTooLargeError();
	}

	/** The whole line that ends with this part. */
	private takeLine(part: string): string {
		if (this.lineLength === 0) {
			this.checkBound(part.length);
			return part;
		}
		this.extendLine(part);
		const line = this.line.join('');
		this.line = [];
		this.lineLength = 0;
		return line;
	}

	private endLine(line: string): ServerSentEvent | undefined {
		if (line === '') return this.endEvent();
		// nearly every line
		if (line.startsWith('data: ')) return this.addData(line.slice(6));
		if (line.startsWith(':')) return undefined;
		const colon = line.indexOf(':');
		const field = colon === -1 ? line : line.slice(0, colon);
		const rest = colon === -1 ? '' : line.slice(colon + 1);
		const value = rest.startsWith(' ') ? rest.slice(1) : rest;
		if (field === 'data') return this.addData(value);
		if (field === 'event') {
			this.event = value;
		} else if (field === 'id' && !value.includes('\0')) {
			this.id = value;
		}
		return undefined;
	}

	private addData(value: string): undefined {
		this.data = this.data === undefined ? value : `${this.data}\n${value}`;
		this.dataLength += value.length + 1;
	}

	private endEvent(): ServerSentEvent | undefined {
		const { data, event, id } = this;
		this.data = undefined;
		this.dataLength = 0;
		this.event = '';
		return data === undefined ? undefined : { event: event || 'message', data, id };
	}
}
