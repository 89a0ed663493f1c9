import { isObject } from '../failures/json';
import type { ActionResponse } from '../failures/result';
import { answerTextOf, holdsMedia } from './answer';

/**
 * How the texts begin that the OpenClaw gateway gives when its agent produced nothing (measured with openclaw 2026.6.11
 * and 2026.9.6; the first goes on in two ways). A message that merely contains one of them is an answer like any other.
 */
const PLACEHOLDERS = ["⚠️ agent couldn't generate a response", "agent couldn't generate a response", 'no response from openclaw'];

/** Words with which an OpenClaw agent says that it has nothing to say. They come through as text, alone or at its end. */
const SILENT_WORDS = ['HEARTBEAT_OK', 'NO_REPLY', 'ANNOUNCE_SKIP', 'REPLY_SKIP'];

/** What the gateway adds to an answer that its model's limit has cut, where it does not stream (openclaw 2026.9.6). */
const CUT_NOTICE = "⚠️ Reply truncated at the model's output token limit. The text above is partial — ask to continue it.";

/** As far into a text as its beginning may be blank, for a placeholder to be found there. */
const HELD_START = 1000;

/** Whether a chat answer holds nothing of the agent: no text, image or file, a blank text, or what the gateway gives instead of one. */
export function isEmptyAnswer(answer: ActionResponse): boolean {
	if (holdsMedia(answer)) return false;
	const text = answerTextOf(answer);
	return text === undefined || isNoAnswer(text);
}

const isNoAnswer = (text: string) => {
	const start = placeholderForm(withoutSilentWords(text));
	return start === '' || PLACEHOLDERS.some((placeholder) => start.startsWith(placeholder));
};

/** The beginning of a text as the placeholders are written here. */
const placeholderForm = (text: string) => text.trim().slice(0, 60).replaceAll('’', "'").toLowerCase();

/** A text without the words at its end that say that nothing is to be said. */
export function withoutSilentWords(text: string): string {
	let kept = text;
	for (;;) {
		const trimmed = kept.trimEnd();
		const word = SILENT_WORDS.find((each) => trimmed.endsWith(each) && standsAlone(trimmed, trimmed.length - each.length));
		if (word === undefined) return kept === text ? text : trimmed;
		kept = trimmed.slice(0, -word.length);
	}
}

/** Whether what begins there is not the end of another word. */
const standsAlone = (text: string, at: number) => !/[\p{L}\p{N}_]$/u.test(text.slice(Math.max(0, at - 2), at));

/** The same answer without what is none of it: silent words at the end of its text, and the notice that it was cut. */
export function tidied(answer: ActionResponse): ActionResponse {
	const text = answerTextOf(answer);
	if (text === undefined) return answer;
	const cut = text.trimEnd().endsWith(CUT_NOTICE);
	const tidy = withoutSilentWords(cut ? text.trimEnd().slice(0, -CUT_NOTICE.length).trimEnd() : text);
	if (tidy === text) return answer;
	if (!isObject(answer.response)) return { ...answer, response: cut ? { response_text: tidy, finish_reason: 'length' } : tidy };
	return { ...answer, response: { ...answer.response, response_text: tidy, ...(cut ? { finish_reason: 'length' } : {}) } };
}

/**
 * Holds back of a text that arrives in deltas what may turn out to be no part of an answer: a beginning that may be the
 * gateway's placeholder, and an end that may be a silent word. All else is passed on at once.
 */
export class ShownDeltas {
	private held = '';

	private atStart = true;

	/** Takes a delta and gives what can be shown. */
	push(delta: string): string {
		const text = this.held + delta;
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
		return isNoAnswer(rest) ? '' : withoutSilentWords(rest);
	}
}

function mayBePlaceholder(text: string): boolean {
	const start = placeholderForm(text.slice(0, HELD_START));
	if (start === '' && text.length >= HELD_START) return false;
	return PLACEHOLDERS.some((placeholder) => placeholder.startsWith(start) || start.startsWith(placeholder));
}

/** How many silent words in a row are waited for. */
const MAX_SILENT = 4;

/** Where an end begins that may be silent words, with the white space between and after them. */
function silentEnd(text: string): number {
	let end = text.length;
	for (let words = 0; words < MAX_SILENT; words++) end = silentStart(text.slice(0, end));
	return end;
}

/** Where the last word begins that may be a silent one. */
function silentStart(text: string): number {
	const trimmed = text.trimEnd();
	const from = Math.max(0, trimmed.length - Math.max(...SILENT_WORDS.map(({ length }) => length)));
	for (let start = from; start < trimmed.length; start++) {
		const end = trimmed.slice(start);
		const whole = text.length > trimmed.length;
		if (standsAlone(trimmed, start) && SILENT_WORDS.some((word) => (whole ? word === end : word.startsWith(end)))) return start;
	}
	return text.length;
}
