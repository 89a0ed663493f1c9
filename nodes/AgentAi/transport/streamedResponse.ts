import type { Asked } from '../failures/classify';
import { type Failure, failure } from '../failures/failure';
import { isObject, readJson } from '../failures/json';
import type { ActionResponse, Result } from '../failures/result';
import { errorIn, toldFailure } from './interpret';
import { redactCut, type Redactor } from './redact';
import { redactJson } from './redactJson';
import { actionResponse, answerTextOf, contentText, firstChoice, ShownPieces, withoutSilentWord } from './responseText';
import type { ServerSentEvent } from './sse';

/** Finish reasons after which an agent goes on by itself. */
const GOES_ON = ['tool_calls', 'function_call'];
/** What is kept of events that nobody understands, in UTF-16 code units. */
const MAX_UNREAD = 1024 * 1024;

/** How far a streamed answer is: under way, complete but for what may still follow (usage), or at its end. */
export type StreamState = 'open' | 'complete' | 'ended';

/**
 * Puts the events of a streamed answer together to the same ActionResponse that comes without streaming:
 * `{ status: 200, response: { response_text, … } }`. Understands OpenAI's chunks, which the OpenClaw gateway sends
 * (measured), an error inside a stream that began with HTTP 200, and an ActionResponse sent as an event. What
 * agent.ai itself sends for `stream: true` is not documented, so every one of these is accepted.
 */
export class StreamedResponse {
	state: StreamState = 'open';

	/** Whether any event was one of an answer. */
	understood = false;

	/** The text so far, without its secrets; joined when it is asked for. */
	private readonly texts: string[] = [];

	private length = 0;

	private extra: Record<string, unknown> = {};

	private whole?: ActionResponse;

	private failed?: Failure;

	private unread = '';

	private readonly cleaning;

	private readonly shown = new ShownPieces();

	/**
	 * @param redact takes the secrets out of what the remote side says
	 * @param asked what the request asked for
	 * @param httpStatus the status under which the stream came
	 */
	constructor(
		private readonly redact: Redactor,
		private readonly asked: Asked,
		private readonly httpStatus: number,
	) {
		this.cleaning = redact.pieces();
	}

	/** Takes one event and gives the piece of the answer that can be shown now, `''` for none. */
	take(event: ServerSentEvent): string {
		if (this.state === 'ended') return '';
		const data = event.data.trim();
		if (data === '[DONE]') {
			this.understood = true;
			this.state = 'ended';
			return '';
		}
		const read = data === '' ? undefined : readJson(data);
		const json = read?.ok && isObject(read.data) ? read.data : undefined;
		const cleaned = json && redactJson(withoutChoices(json), this.redact);
		// nothing after a finish reason can spoil the answer
		if (this.state === 'open' && this.takeError(event, data, isObject(cleaned) ? cleaned : undefined)) return '';
		if (!json || !isObject(cleaned)) {
			// a torn object is no text for people, and may end in the middle of a secret
			if (!json && !data.startsWith('{')) this.keepUnread(data);
			return '';
		}
		if ('response' in json) return this.takeWhole(cleaned);
		if (!Array.isArray(json.choices) && !isObject(json.usage)) {
			this.keepUnread(data);
			return '';
		}
		return this.takeChunk(json, cleaned);
	}

	/**
	 * The result once the stream has ended, with the rest of the answer that can be shown now.
	 *
	 * @param broken why it ended, where that was not its own end
	 */
	finish(broken?: Failure): { result: Result<ActionResponse>; rest: string } {
		const complete = this.state !== 'open' && !this.failed;
		const last = this.clean(this.cleaning.end(complete));
		const { text } = this;
		if (!complete) {
			const failed = this.failed ?? broken ?? failure('streamIncomplete', { status: this.httpStatus });
			return { result: { ok: false, failure: withText(failed, text || this.unread) }, rest: '' };
		}
		const rest = this.show(last) + this.shown.end();
		if (this.whole) return { result: { ok: true, value: text === '' ? this.whole : completed(this.whole, text) }, rest };
		if (text === '' && this.unread !== '' && Object.keys(this.extra).length === 0) {
			const failed = failure('notAnActionResponse', { status: this.httpStatus, partialText: this.unread });
			return { result: { ok: false, failure: failed }, rest };
		}
		return { result: { ok: true, value: { status: 200, response: { response_text: withoutSilentWord(text), ...this.extra } } }, rest };
	}

	/** The text so far. */
	get text(): string {
		return this.texts.join('');
	}

	/** Its length, in UTF-16 code units. */
	get size(): number {
		return this.length;
	}

	private takeError(event: ServerSentEvent, data: string, json: Record<string, unknown> | undefined): boolean {
		const told = json && errorIn(json, 'stream', this.asked, this.httpStatus);
		const named = event.event === 'error' || (!json && /^(internal server )?error\b/i.test(data));
		if (!told && !named) return false;
		const said = json ?? this.redact(data);
		this.failed = told ?? toldFailure(said, { status: undefined, place: 'stream', asked: this.asked }, this.httpStatus);
		this.understood = true;
		this.state = 'ended';
		return true;
	}

	private takeWhole(json: Record<string, unknown>): string {
		this.understood = true;
		const answer = actionResponse(json);
		if (!answer) return '';
		this.whole = answer;
		if (this.state === 'open') this.state = 'complete';
		const text = answerTextOf(answer);
		// its secrets are out already
		return text === undefined ? '' : this.show(this.clean(this.cleaning.end(true)) + this.clean(this.newIn(text)));
	}

	private takeChunk(json: Record<string, unknown>, cleaned: Record<string, unknown>): string {
		this.understood = true;
		for (const [name, value] of Object.entries(cleaned)) {
			if (value !== null && name !== 'response_text' && name !== 'choices') this.extra[name] = value;
		}
		const choice = firstChoice(json);
		if (!choice) return '';
		const isMessage = !isObject(choice.delta) && isObject(choice.message);
		const holder = isMessage ? choice.message : choice.delta;
		const content = isObject(holder) ? contentText(holder.content) : undefined;
		const finished = typeof choice.finish_reason === 'string' && !GOES_ON.includes(choice.finish_reason);
		const wasOpen = this.state === 'open';
		if (typeof choice.finish_reason === 'string') this.extra.finish_reason = choice.finish_reason;
		if ((finished || isMessage) && wasOpen) this.state = 'complete';
		if (content === undefined || content === '') return '';
		if (isMessage) return this.show(this.clean(this.cleaning.end(true)) + this.clean(this.newIn(this.redact(content))));
		// what follows the finish reason is no part of the answer
		return wasOpen ? this.show(this.clean(this.cleaning.push(content))) : '';
	}

	/** What a closing message adds to the pieces before it, which it repeats. */
	private newIn(whole: string): string {
		const { text } = this;
		if (whole.startsWith(text)) return whole.slice(text.length);
		const repeated = whole.trim();
		return this.state !== 'open' || text.trim().endsWith(repeated) ? '' : whole;
	}

	/** Adds to the text. */
	private clean(text: string): string {
		if (text !== '') this.texts.push(text);
		this.length += text.length;
		return text;
	}

	private show(text: string): string {
		return text === '' ? '' : this.shown.push(text);
	}

	private keepUnread(data: string): void {
		if (this.unread.length < MAX_UNREAD) this.unread += redactCut(data, this.redact);
	}
}

/** Choices hold the text, whose secrets are taken out over its seams. */
const withoutChoices = ({ choices, ...rest }: Record<string, unknown>) => ({ ...rest, ...(choices === undefined ? {} : { choices: [] }) });

const withText = (failed: Failure, text: string): Failure => (text === '' ? failed : { ...failed, partialText: text });

/** An answer that came whole after its pieces, with their text where it has none of its own. */
function completed(whole: ActionResponse, text: string): ActionResponse {
	const own = answerTextOf(whole);
	if (own !== undefined && own !== '') return whole;
	return { ...whole, response: { ...(isObject(whole.response) ? whole.response : {}), response_text: withoutSilentWord(text) } };
}
