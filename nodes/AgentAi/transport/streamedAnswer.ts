import { type Failure, failure } from './failures';
import { errorText, interpret, isObject } from './interpret';
import { readJson } from './readJson';
import type { ActionResponse, Result } from './result';
import type { ServerSentEvent } from './sse';

/**
 * Puts the events of a streamed answer together to the same ActionResponse that comes without streaming:
 * `{ status: 200, response: { response_text, … } }`. Understands OpenAI's chunks, which the OpenClaw gateway sends
 * (measured), an `error` inside a stream that began with HTTP 200, and an ActionResponse sent as an event. What
 * agent.ai itself sends for `stream: true` is not documented, so every one of these is accepted.
 */
export class StreamedAnswer {
	private readonly pieces: string[] = [];

	private extra: Record<string, unknown> = {};

	private whole?: ActionResponse;

	private failed?: Failure;

	private complete = false;

	/** @param redact takes the secrets out of what the remote side says */
	constructor(private readonly redact: (text: string) => string) {}

	/** Takes one event and gives the piece of the answer's text that it carries, `''` for none. */
	take(event: ServerSentEvent): string {
		if (this.failed) return '';
		if (event.data.trim() === '[DONE]') {
			this.complete = true;
			return '';
		}
		const read = readJson(event.data);
		const json = read.ok ? read.data : undefined;
		if (event.event === 'error' || (isObject(json) && json.error)) {
			this.failed = this.errorFailure(json, event.data);
			return '';
		}
		if (!isObject(json)) {
			this.failed = failure('invalidJson', { status: 200, partialText: this.text });
			return '';
		}
		if ('response' in json) return this.takeWhole(json);
		return this.takeChunk(json);
	}

	/** The result once the stream has ended: a failure when it broke off before its end. */
	finish(): Result<ActionResponse> {
		if (this.failed) return { ok: false, failure: this.failed };
		if (this.whole) return { ok: true, value: this.whole };
		if (!this.complete) {
			return { ok: false, failure: failure('streamIncomplete', { status: 200, partialText: this.text }) };
		}
		return { ok: true, value: { status: 200, response: { response_text: this.text, ...this.extra } } };
	}

	/** The text so far. */
	get text(): string {
		return this.pieces.join('');
	}

	private takeWhole(json: Record<string, unknown>): string {
		const judged = interpret({ status: 200, contentType: 'application/json', body: json });
		if (!judged.ok) {
			this.failed = judged.failure;
			return '';
		}
		this.whole = judged.value;
		const { response } = judged.value;
		const text = isObject(response) && typeof response.response_text === 'string' ? response.response_text : '';
		// pieces may have come before the whole
		const rest = text.startsWith(this.text) ? text.slice(this.text.length) : '';
		this.pieces.push(rest);
		return rest;
	}

	private takeChunk(json: Record<string, unknown>): string {
		const choice: unknown = Array.isArray(json.choices) ? json.choices[0] : undefined;
		if (isObject(json.usage)) this.extra.usage = json.usage;
		if (typeof json.model === 'string') this.extra.model = json.model;
		if (!isObject(choice)) return '';
		if (typeof choice.finish_reason === 'string') {
			this.extra.finish_reason = choice.finish_reason;
			this.complete = true;
		}
		const delta = isObject(choice.delta) ? choice.delta : choice.message;
		const piece = isObject(delta) && typeof delta.content === 'string' ? delta.content : '';
		if (piece) this.pieces.push(piece);
		return piece;
	}

	private errorFailure(json: unknown, data: string): Failure {
		const remote = errorText(isObject(json) ? json : data);
		const said = this.redact(remote.text) || undefined;
		return failure('streamError', { status: 200, said, partialText: this.text });
	}
}
