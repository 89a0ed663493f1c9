import { type Failure, failure } from '../failures/failure';
import type { Asked } from '../failures/failureRow';
import { asObject, isObject, parsed } from '../failures/json';
import type { ActionResponse, Result } from '../failures/result';
import {
	actionResponse,
	answerTextOf,
	brokeOff,
	choiceOf,
	completed,
	finishOf,
	isUnreadable,
	type Media,
	namedReason,
	readMessage,
	stateOf,
} from './answer';
import { errorIn, toldFailure } from './interpret';
import { redactCut, type Redactor } from './redact';
import { redactJson } from './redactJson';
import { ShownDeltas, withoutSilentWords } from './silence';
import type { ServerSentEvent } from './sse';

/** What is kept of events that nobody understands, in UTF-16 code units. */
const MAX_UNREAD = 1024 * 1024;

const DONE = '[DONE]';

/**
 * How far a streamed answer is: under way; at its end, if the stream ends now, because its agent may go on after a tool, and some
 * servers name a reason to finish with every piece; complete but for what may still follow (usage); or at its end.
 */
export type StreamState = 'open' | 'mayEnd' | 'complete' | 'ended';

/**
 * Puts the events of a streamed answer together to the same ActionResponse that comes without streaming:
 * `{ status: 200, response: { response_text, … } }`. Understands OpenAI's chunks, which the OpenClaw gateway sends
 * (measured), an error inside a stream that began with HTTP 200, and an ActionResponse sent as an event. What
 * agent.ai itself sends for `stream: true` is not documented, so every one of these is accepted. What may have held a piece
 * and cannot be read makes the whole answer a damaged one: a success never has a hole.
 */
export class StreamedResponse {
	state: StreamState = 'open';

	/** Whether there was any event, and whether any was one of an answer. */
	hasBegun = false;

	understood = false;

	/** The text so far, without its secrets, and but for an end that may be the beginning of one. */
	text = '';

	/** The text so far as it came. */
	private said = '';

	private media: Media = {};

	private extra: Record<string, unknown> = {};

	private whole?: ActionResponse;

	/** Whether pieces come as messages, not as deltas; the first tells. */
	private inMessages?: boolean;

	/** Whether pieces come as whole answers: one told so that did not go on from those before it. */
	private inAnswers = false;

	private failed?: Failure;

	private unread = '';

	private readonly cleaning;

	private readonly shown = new ShownDeltas();

	constructor(
		private readonly redact: Redactor,
		private readonly asked: Asked,
		private readonly httpStatus: number,
	) {
		this.cleaning = redact.deltas();
	}

	/** Takes one event and gives the delta of the answer that can be shown now, `''` for none. */
	take(event: ServerSentEvent): string {
		this.hasBegun = true;
		const data = event.data.trim();
		if (this.state === 'ended' || data === '') return '';
		const values = readData(data);
		if (values)
			return values
				.flat()
				.map((value) => this.takeValue(event, value))
				.join('');
		this.takeUnreadable(event, data);
		return '';
	}

	/**
	 * The result once the stream has ended, with the rest of the answer that can be shown now.
	 *
	 * @param broken why it ended, where that was not its own end
	 */
	finish(broken?: Failure): { result: Result<ActionResponse>; rest: string } {
		const finished = this.state === 'mayEnd' ? !broken : this.state !== 'open';
		const complete = finished && !this.failed && !brokeOff(this.answer());
		const last = this.cleaning.end(complete);
		this.text += last;
		const unread = redactCut(this.unread, this.redact);
		const { text } = this;
		if (!complete) {
			const reset = broken?.kind === 'connectionReset' ? undefined : broken;
			const failed = this.failed ?? reset ?? failure('streamIncomplete', { status: this.httpStatus });
			return { result: { ok: false, failure: withText(failed, text || unread) }, rest: '' };
		}
		const rest = this.show(last) + this.shown.end();
		if (!this.whole && text === '' && unread !== '' && Object.keys(this.extra).length === 0) {
			const failed = failure('notAnActionResponse', { status: this.httpStatus, partialText: unread });
			return { result: { ok: false, failure: failed }, rest };
		}
		return { result: { ok: true, value: this.answer() }, rest };
	}

	/** The answer that came whole, or what its pieces make, with all that came beside either. */
	private answer(): ActionResponse {
		const { whole, extra, media } = this;
		const response = whole ? whole.response : {};
		const own = answerTextOf({ response });
		const text = own === undefined || own === '' || this.inAnswers ? withoutSilentWords(this.text) : own;
		const beside = { ...extra, ...media };
		if (whole && (Array.isArray(response) || (text === (own ?? '') && Object.keys(beside).length === 0))) return whole;
		const said = whole && text === '' ? {} : { response_text: text };
		return { ...(whole ?? { status: 200 }), response: { ...completed(asObject(response), { ...said, ...beside }), ...said } };
	}

	/** Whether the agent has said that it is done, if only for now. */
	get finished(): boolean {
		return finishOf(asObject(this.whole?.response).finish_reason ?? this.extra.finish_reason) === 'finished';
	}

	private takeValue(event: ServerSentEvent, value: unknown): string {
		if (this.state === 'ended') return '';
		if (value === DONE) {
			this.understood = true;
			this.state = 'ended';
			return '';
		}
		// as it came: a secret may stand over the seam of two
		const text = isObject(value) && 'response' in value ? answerTextOf(actionResponse(value) as ActionResponse) : undefined;
		const cleaned = isObject(value) ? redactJson(withoutChoices(value), this.redact) : undefined;
		// nothing after the end can spoil the answer
		if (this.state !== 'complete' && this.takeError(event, value, cleaned)) {
			// what the same event says beside its error was paid for
			this.add(this.newIn(text ?? (isObject(value) ? saidIn(choiceOf(value)).text : undefined) ?? ''));
			return '';
		}
		if (!isObject(value) || !isObject(cleaned)) this.keepUnread(event.data);
		else if ('response' in value) return this.takeWhole(cleaned, text ?? '');
		else if (Array.isArray(value.choices) || isObject(value.usage)) return this.takeChunk(value, cleaned);
		else this.keepUnread(event.data);
		return '';
	}

	/** An event that is no JSON: an error in words, a piece that was torn, or nothing, as what keeps a connection alive. */
	private takeUnreadable(event: ServerSentEvent, data: string): void {
		if (this.state !== 'complete' && this.takeError(event, data, undefined)) return;
		if (event.unfinished) {
			// cut by the end of the stream: after a tool's call the agent was going on
			if (this.state === 'mayEnd' && !this.finished) this.state = 'open';
			return;
		}
		if (event.stray || /["{}]/.test(data.slice(0, 1000) + data.slice(-1000))) this.damage();
		else this.keepUnread(data);
	}

	private damage(): void {
		this.fail(failure('answerDamaged', { status: this.httpStatus }));
	}

	private fail(failed: Failure): void {
		this.failed = failed;
		this.understood = true;
		this.state = 'ended';
	}

	private takeError(event: ServerSentEvent, value: unknown, cleaned: unknown): boolean {
		const told = isObject(cleaned) ? errorIn(cleaned, 'stream', this.asked, this.httpStatus, this.redact) : undefined;
		const named = event.event === 'error' || (typeof value === 'string' && /^\W{0,5}(?:internal server )?error\b/i.test(value));
		if (!told && !named) return false;
		const said = cleaned ?? this.redact(event.data.trim());
		const failed = told ?? toldFailure(said, { status: undefined, place: 'stream', asked: this.asked }, this.httpStatus);
		// a stream that has begun was taken on, whatever its error says
		const wasTakenOn = this.understood && failed.delivery === 'notDelivered';
		this.fail(wasTakenOn ? failure('streamError', { status: this.httpStatus, said: failed.said }) : failed);
		return true;
	}

	private takeWhole(json: Record<string, unknown>, text: string): string {
		this.understood = true;
		const answer = actionResponse(json, this.redact);
		// a stream of events also tells that the work goes on
		if (!answer || stateOf(json) === 'underWay') return '';
		const added = this.newIn(text);
		this.inAnswers ||= this.whole !== undefined && this.said !== '' && added === text && text !== '';
		this.whole = answer;
		if (isUnreadable(json)) this.damage();
		else this.state = this.inAnswers && !this.finished ? 'mayEnd' : 'complete';
		return this.add(added);
	}

	private takeChunk(json: Record<string, unknown>, cleaned: Record<string, unknown>): string {
		this.understood = true;
		for (const [name, value] of Object.entries(cleaned)) {
			if (value !== null && name !== 'response_text' && name !== 'choices') this.extra[name] = value;
		}
		const choice = choiceOf(json);
		if (!choice) return '';
		const said = saidIn(choice);
		if (said.unreadable) {
			this.damage();
			return '';
		}
		for (const [name, parts] of Object.entries(redactJson(said.media, this.redact) ?? {}) as [keyof Media, unknown[]][]) {
			this.media[name] = [...(this.media[name] ?? []), ...parts];
		}
		const reason = namedReason(choice);
		if (reason !== undefined) this.extra.finish_reason = this.redact(reason);
		const text = said.text ?? '';
		const closing = this.isClosing(json, choice, text !== '');
		this.passTo(finishOf(reason), text !== '' && !closing, closing);
		return this.add(closing ? this.newIn(text) : text);
	}

	/** Whether a chunk is the whole message, which repeats the pieces before it; some servers send each piece as a message. */
	private isClosing(json: Record<string, unknown>, choice: Record<string, unknown>, hasText: boolean): boolean {
		const isMessage = !isObject(choice.delta) && isObject(choice.message);
		if (hasText) this.inMessages ??= isMessage && finishOf(namedReason(choice)) === undefined;
		return isMessage && (json.object === 'chat.completion' || this.inMessages === false);
	}

	private passTo(finish: ReturnType<typeof finishOf>, hasText: boolean, closing: boolean): void {
		if (finish === 'finished' && !hasText) this.state = 'complete';
		else if (finish !== undefined) this.state = 'mayEnd';
		else if (closing) this.state = 'complete';
		// the agent goes on
		else if (hasText && this.state === 'complete') this.state = 'mayEnd';
		else if (hasText && this.state === 'mayEnd' && !this.finished) this.state = 'open';
	}

	/** What a closing message adds to the pieces before it, which it repeats. */
	private newIn(whole: string): string {
		const { said } = this;
		if (whole.startsWith(said)) return whole.slice(said.length);
		const isEnd = !this.inAnswers && whole.trim() !== '' && said.trim().endsWith(whole.trim());
		return isEnd ? '' : whole;
	}

	/** Adds to the text, whose secrets may stand over the seams of its pieces, and gives what can be shown of it now. */
	private add(text: string): string {
		this.said += text;
		const cleaned = this.cleaning.push(text);
		this.text += cleaned;
		return this.show(cleaned);
	}

	private show(text: string): string {
		return text === '' ? '' : this.shown.push(text);
	}

	private keepUnread(data: string): void {
		if (this.unread.length < MAX_UNREAD) this.unread += data;
	}
}

/** The JSON in the data of an event, or in each of its lines where the blank lines between events were lost; `undefined` for other data. */
function readData(data: string): unknown[] | undefined {
	const valueOf = (text: string) => (text === DONE ? DONE : parsed(text));
	const whole = valueOf(data);
	if (whole !== undefined) return [whole];
	const values = data
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '')
		.map(valueOf);
	return values.includes(undefined) ? undefined : values;
}

const saidIn = (choice: Record<string, unknown> = {}) => readMessage(choice.delta ?? choice.message ?? choice.text);

/** Choices hold the text, whose secrets are taken out over its seams. */
const withoutChoices = ({ choices, ...rest }: Record<string, unknown>) => ({ ...rest, ...(choices === undefined ? {} : { choices: [] }) });

const withText = (failed: Failure, text: string): Failure => (text === '' ? failed : { ...failed, partialText: text });
