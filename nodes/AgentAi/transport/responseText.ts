import { isObject, toStatus } from '../failures/json';
import type { ActionResponse } from '../failures/result';

/**
 * How the texts begin that the OpenClaw gateway gives when its agent produced nothing (measured with openclaw 2026.6.11
 * and 2026.9.6; the first goes on in two ways). A message that merely contains one of them is an answer like any other.
 */
const PLACEHOLDERS = ["⚠️ agent couldn't generate a response", "agent couldn't generate a response", 'no response from openclaw.'];

/** Words with which an OpenClaw agent says that it has nothing to say. They come through as text, alone or at its end. */
const SILENT_WORDS = ['HEARTBEAT_OK', 'NO_REPLY'];

/** As far into a text as its beginning may be blank, for a placeholder to be found there. */
const HELD_START = 1000;

/**
 * The text in a content value: a text, or a list of parts as OpenAI and Anthropic write it.
 *
 * @returns `undefined` when it holds no text at all
 */
export function contentText(content: unknown): string | undefined {
	if (typeof content === 'string') return content;
	if (!Array.isArray(content)) return undefined;
	const texts = content.map(partText).filter((text) => text !== undefined);
	return texts.length === 0 ? undefined : texts.join('');
}

function partText(part: unknown): string | undefined {
	if (typeof part === 'string') return part;
	if (!isObject(part)) return undefined;
	const text = isObject(part.text) ? part.text.value : part.text;
	return typeof text === 'string' ? text : undefined;
}

/** The first choice of an answer or a chunk in OpenAI's form, `undefined` where there is none. */
export function firstChoice(json: Record<string, unknown>): Record<string, unknown> | undefined {
	const choice: unknown = Array.isArray(json.choices) ? json.choices[0] : undefined;
	return isObject(choice) ? choice : undefined;
}

/** The text of an answer in OpenAI's form: `choices[0].message.content`. */
function choiceText(json: Record<string, unknown>): string | undefined {
	const { message } = firstChoice(json) ?? {};
	return isObject(message) ? contentText(message.content) : undefined;
}

/**
 * Brings an answer to the form that agent.ai documents, `{ status, response: { response_text, … } }`: also one in OpenAI's
 * own form, bare or inside `response`, and a bare answer of the gateway's tools. Whatever else came stays.
 *
 * @returns `undefined` when it is neither
 */
export function actionResponse(json: Record<string, unknown>): ActionResponse | undefined {
	if ('response' in json) return { ...json, response: withText(json.response) };
	const text = choiceText(json);
	if (text !== undefined) return { status: 200, response: { response_text: text, ...json } };
	if (typeof json.ok === 'boolean' && 'result' in json) return { status: 200, response: json };
	// a webhook that answers later names its run alone
	return toStatus(json.status) === undefined && typeof json.run_id !== 'string' ? undefined : json;
}

/** The same `response` with its text under `response_text`. */
function withText(response: unknown): unknown {
	if (!isObject(response)) return response;
	if (Array.isArray(response.response_text)) {
		const text = contentText(response.response_text);
		return text === undefined ? response : { ...response, response_text: text };
	}
	const text = 'response_text' in response ? undefined : choiceText(response);
	return text === undefined ? response : { response_text: text, ...response };
}

/** The answer's text, `undefined` for an answer that is something else. */
export function answerTextOf({ response }: ActionResponse): string | undefined {
	const text = isObject(response) ? response.response_text : response;
	return contentText(text);
}

/** Whether a chat answer holds nothing of the agent: no text, a blank one, or what the gateway gives instead of one. */
export function isEmptyAnswer(answer: ActionResponse): boolean {
	const text = answerTextOf(answer);
	if (text !== undefined) return isNoAnswer(text);
	const { response } = answer;
	if (isObject(response) && 'response_text' in response) return isNothing(response.response_text);
	return isNothing(response);
}

const isNothing = (value: unknown) =>
	value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);

const isNoAnswer = (text: string) => {
	const start = placeholderForm(withoutSilentWord(text));
	return start === '' || PLACEHOLDERS.some((placeholder) => start.startsWith(placeholder));
};

/** The beginning of a text as the placeholders are written here. */
const placeholderForm = (text: string) => text.trim().slice(0, 60).replaceAll('’', "'").toLowerCase();

/** A text without the word at its end that says that nothing is to be said. */
export function withoutSilentWord(text: string): string {
	const trimmed = text.trimEnd();
	for (const word of SILENT_WORDS) {
		if (!trimmed.endsWith(word)) continue;
		const rest = trimmed.slice(0, -word.length);
		// it stands alone, not at the end of another word
		if (rest === '' || !/[\p{L}\p{N}_]$/u.test(rest.slice(-2))) return rest.trimEnd();
	}
	return text;
}

/** The same answer without a silent word at the end of its text. */
export function tidied(answer: ActionResponse): ActionResponse {
	const text = answerTextOf(answer);
	const tidy = text === undefined ? undefined : withoutSilentWord(text);
	if (tidy === undefined || tidy === text) return answer;
	return { ...answer, response: isObject(answer.response) ? { ...answer.response, response_text: tidy } : tidy };
}

/**
 * Holds back of a text that arrives in pieces what may turn out to be no part of an answer: a beginning that may be the
 * gateway's placeholder, and an end that may be a silent word. All else is passed on at once.
 */
export class ShownPieces {
	private held = '';

	private atStart = true;

	/** Takes a piece and gives what can be shown. */
	push(piece: string): string {
		const text = this.held + piece;
		if (this.atStart && mayBePlaceholder(text)) {
			this.held = text;
			return '';
		}
		this.atStart = false;
		const end = silentEnd(text);
		this.held = text.slice(end);
		return text.slice(0, end);
	}

	/** Gives what was held back, if it is part of the answer. */
	end(): string {
		const rest = this.held;
		this.held = '';
		return isNoAnswer(rest) ? '' : withoutSilentWord(rest);
	}
}

function mayBePlaceholder(text: string): boolean {
	const start = placeholderForm(text.slice(0, HELD_START));
	if (start === '' && text.length >= HELD_START) return false;
	return PLACEHOLDERS.some((placeholder) => placeholder.startsWith(start) || start.startsWith(placeholder));
}

/** Where an end begins that may be a silent word, with the white space after it. */
function silentEnd(text: string): number {
	const trimmed = text.trimEnd();
	const from = Math.max(0, trimmed.length - Math.max(...SILENT_WORDS.map(({ length }) => length)));
	for (let start = from; start < trimmed.length; start++) {
		const end = trimmed.slice(start);
		const alone = start === 0 || !/[\p{L}\p{N}_]$/u.test(trimmed.slice(Math.max(0, start - 2), start));
		const whole = text.length > trimmed.length;
		if (alone && SILENT_WORDS.some((word) => (whole ? word === end : word.startsWith(end)))) return start;
	}
	return text.length;
}
