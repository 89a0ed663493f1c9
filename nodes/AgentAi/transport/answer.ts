import type { IDataObject } from 'n8n-workflow';

import type { Redact } from '../failures/excerpt';
import { asList, asObject, isObject, toStatus } from '../failures/json';
import type { ActionResponse } from '../failures/result';

/** What a message, or a piece of one, holds for people. */
export interface Said {
	/** `undefined` where there is no text at all. */
	text?: string;
	/** Addresses of images and of other files, or the parts that hold them. */
	media: Media;
	/** There is a content, or a part of one, in a form that nobody knows. */
	unreadable?: true;
}

/** What an answer has beside its text, by the name of the field under which it stands in the answer; only fields that hold something. */
export type Media = Partial<Record<keyof typeof MEDIA, unknown[]>>;

/** The types of parts that make it up. */
const MEDIA = {
	images: /(?:^|_)image(?:_|$)/,
	files: /(?:^|_)(?:audio|video|file|media|document)(?:_|$)/,
};

/** Reasons to finish, in lower case, of OpenAI, Anthropic, Google and others; all else ends nothing. */
const FINISHED = new Set('stop end_turn stop_sequence eos eos_token complete completed refusal'.split(' '));
/** Those after which an agent goes on by itself. */
const GOES_ON = new Set('tool_calls function_call tool_use'.split(' '));
/** Those that cut an answer. */
const CUT_BY_LENGTH = new Set('length max_tokens max_output_tokens model_length model_context_window_exceeded'.split(' '));
const CUT_BY_FILTER = new Set(
	'content_filter content_filtered safety image_safety recitation blocklist prohibited_content spii sensitive guardrail_intervened'.split(
		' ',
	),
);
/** Those with which a server gives an answer up: OpenRouter's, vLLM's, DeepSeek's, Zhipu's and Google's, and what others call the same. */
const GIVEN_UP = new Set(
	'error failed abort aborted canceled cancelled insufficient_system_resource network_error function_call_filter malformed_function_call'.split(
		' ',
	),
);

/** The reason itself: Google's endpoint writes its own behind OpenAI's word for it, as in `content_filter: PROHIBITED_CONTENT`. */
const wordOf = (reason: unknown) => (typeof reason === 'string' ? (reason.split(':', 1)[0] as string).trim().toLowerCase() : '');

/** What a finish reason means; `undefined` for none, and for one that nobody knows. */
export function finishOf(reason: unknown): 'finished' | 'goesOn' | undefined {
	const word = wordOf(reason);
	if (GOES_ON.has(word)) return 'goesOn';
	return FINISHED.has(word) || CUT_BY_LENGTH.has(word) || CUT_BY_FILTER.has(word) ? 'finished' : undefined;
}

/** By what a finished answer was cut short; `undefined` for one that is whole. */
export function cutBy({ response }: ActionResponse): 'its length' | 'a content filter' | undefined {
	const word = wordOf(asObject(response).finish_reason);
	return CUT_BY_LENGTH.has(word) ? 'its length' : CUT_BY_FILTER.has(word) ? 'a content filter' : undefined;
}

/** Whether an answer broke off, as its reason to finish says. */
export const brokeOff = ({ response }: ActionResponse) => GIVEN_UP.has(wordOf(asObject(response).finish_reason));

/** The reason that a choice names, whatever it is; servers also write that there is none. */
export function namedReason(choice: Record<string, unknown>): string | undefined {
	const reason = choice.finish_reason ?? choice.stop_reason;
	return typeof reason === 'string' && !/^\s*(?:null|none|undefined|)\s*$/i.test(reason) ? reason : undefined;
}

/** The choice that is the answer, in an answer or a chunk in OpenAI's form: the one with index 0, or without any. */
export function choiceOf(json: Record<string, unknown>): Record<string, unknown> | undefined {
	const choices = asList(json.choices);
	return choices.filter(isObject).find(({ index }) => index === 0 || index === undefined || index === null);
}

/** Reads a message or a delta: its content, and the words with which a model refuses to give one. */
export function readMessage(message: unknown): Said {
	if (typeof message === 'string') return { text: message, media: {} };
	if (!isObject(message)) return { media: {} };
	const { content, refusal } = message;
	const text = contentText(content);
	const words = typeof refusal === 'string' ? refusal : '';
	const said = text === undefined && words === '' ? undefined : (text ?? '') + words;
	const media = mediaIn([...asList(content), ...asList(message.images)]);
	return { ...(said === undefined ? {} : { text: said }), media, ...(partsOf(content).some(isLost) ? { unreadable: true } : {}) };
}

/**
 * The text in a content value: a text, or what is text in a list of parts as OpenAI and Anthropic write it. What a model
 * thinks, and what its tools give, is none.
 *
 * @returns `undefined` when it holds no text at all
 */
export function contentText(content: unknown): string | undefined {
	const texts = partsOf(content)
		.map(partText)
		.filter((text) => text !== undefined);
	return texts.length === 0 ? undefined : texts.join('');
}

const partsOf = (content: unknown): unknown[] => (Array.isArray(content) ? content : [content]);

const TEXT_PARTS: unknown[] = ['text', 'output_text', 'input_text', undefined, null];

function partText(part: unknown): string | undefined {
	if (typeof part === 'string') return part;
	if (!isObject(part)) return undefined;
	if (part.type === 'refusal') return typeof part.refusal === 'string' ? part.refusal : undefined;
	if (!TEXT_PARTS.includes(part.type)) return undefined;
	const text = isObject(part.text) ? part.text.value : part.text;
	return typeof text === 'string' ? text : undefined;
}

/** Further types of parts that are known and no text: what a model thinks, calls and is given, and sources of what it says. */
const BESIDE_TEXT = /think|reason|tool|function|image|reference|citation/i;

/** Whether a part may hold a piece of the answer, in a form that nobody knows. */
function isLost(part: unknown): boolean {
	if (part === undefined || part === null || partText(part) !== undefined) return false;
	if (!isObject(part)) return true;
	return part.text !== null && !BESIDE_TEXT.test(String(part.type)) && Object.keys(mediaIn([part])).length === 0;
}

/** The images and other files among parts. */
function mediaIn(parts: unknown[]): Media {
	const found = Object.entries(MEDIA).map(([name, type]) => [
		name,
		parts.filter((part) => isObject(part) && typeof part.type === 'string' && type.test(part.type)).map((part) => addressIn(part as never)),
	]);
	return Object.fromEntries(found.filter(([, list]) => (list as unknown[]).length > 0)) as Media;
}

/** The address in a part, or the part as it came where it holds the image or file itself. */
function addressIn(part: Record<string, unknown>): unknown {
	const medium = Object.entries(part).find(([name]) => /(?:^|_)url$/.test(name))?.[1] ?? part.source;
	const address = isObject(medium) ? medium.url : medium;
	return typeof address === 'string' && address !== '' ? address : part;
}

/**
 * Brings an answer to the form that agent.ai documents, `{ status, response: { response_text, … } }`: also one in OpenAI's
 * own form, bare or inside `response`, and a bare answer of the gateway's tools. Whatever else came stays.
 *
 * @param redact cleans what parts make up together: a secret may stand over the seam of two
 * @returns `undefined` when it is neither
 */
export function actionResponse(json: Record<string, unknown>, redact: Redact = (text) => text): ActionResponse | undefined {
	if ('response' in json) return { ...json, response: isObject(json.response) ? opened(json.response, redact) : json.response };
	const response = opened(json, redact);
	if (response !== json) return { status: 200, response };
	const { ok } = json;
	if (typeof ok === 'boolean' && 'result' in json) return { status: 200, response: json };
	// a webhook that answers later names its run alone
	return toStatus(json.status) === undefined && !['string', 'number'].includes(typeof json.run_id) ? undefined : json;
}

/** The same `response` with what people read of it at its top: the text, why it finished, and images. */
function opened(response: Record<string, unknown>, redact: Redact): Record<string, unknown> {
	if (Array.isArray(response.response_text)) {
		const text = contentText(response.response_text);
		return text === undefined ? response : { ...response, response_text: redact(text) };
	}
	const choice = choiceOf(response);
	if (!choice) return response;
	const { text, media } = readMessage(choice.message);
	const reason = namedReason(choice);
	if (text === undefined && reason === undefined && Object.keys(media).length === 0) return response;
	return completed(response, {
		...(text === undefined ? {} : { response_text: redact(text) }),
		...(reason === undefined ? {} : { finish_reason: reason }),
		...media,
	});
}

/** The same `response` with what was found of it elsewhere, which comes first; its own fields win, but for those that say nothing. */
export function completed(response: Record<string, unknown>, found: Record<string, unknown>): Record<string, unknown> {
	const own = Object.entries(response).filter(([name, value]) => !(name in found) || says(name, value));
	return { ...found, ...Object.fromEntries(own) };
}

const says = (name: string, value: unknown) =>
	value !== null &&
	value !== undefined &&
	value !== '' &&
	(name !== 'finish_reason' || namedReason({ finish_reason: value }) !== undefined);

/** Whether what an answer has for its text is, or holds, what nobody can read. */
export function isUnreadable(json: Record<string, unknown>): boolean {
	const response = asObject('response' in json ? json.response : json);
	const own = response.response_text ?? undefined;
	return readMessage(own === undefined ? choiceOf(response)?.message : { content: own }).unreadable === true;
}

/** The answer's text, `undefined` for an answer that is something else. */
export function answerTextOf({ response }: ActionResponse): string | undefined {
	return contentText(isObject(response) ? response.response_text : response);
}

/** Whether an answer holds images or other files. */
export const holdsMedia = ({ response }: ActionResponse) => Object.keys(MEDIA).some((name) => asList(asObject(response)[name]).length > 0);

const FAILED = /^(?:failed|failure|error|errored|cancell?ed|expired)$/i;
const UNDER_WAY = /^(?:queued|pending|in[_-]?progress|progress|processing|running|started|working|created)$/i;

/**
 * What an answer says of itself in words, as job queues and streams of events do under a 200: that the work failed, or that it is
 * still under way.
 */
export function stateOf(json: Record<string, unknown>): 'failed' | 'underWay' | undefined {
	const response = asObject(json.response);
	const event = typeof json.type === 'string' ? json.type.split('.').at(-1) : undefined;
	const words = [response.status, response.state, json.status, json.state, json.object, event].filter((word) => typeof word === 'string');
	if (words.some((word) => FAILED.test(word))) return 'failed';
	return words.some((word) => UNDER_WAY.test(word)) ? 'underWay' : undefined;
}

/** The token usage, wherever the answer carries it: in the gateway's words (OpenAI's `prompt_tokens` and so on). */
export function usageOf(answer: ActionResponse): IDataObject | undefined {
	for (const holder of [answer.response, answer.metadata, answer]) {
		if (isObject(holder) && isObject(holder.usage)) return holder.usage as IDataObject;
	}
	return undefined;
}

/** Tokens of an answer, as n8n's AI SDK counts them too. */
export interface Tokens {
	promptTokens: number;
	completionTokens: number;
	totalTokens: number;
}

/** The tokens that an answer names, in the words of OpenAI or of Anthropic; `undefined` where it names none. */
export function tokensIn(answer: ActionResponse): Tokens | undefined {
	const usage = usageOf(answer);
	if (!usage) return undefined;
	const count = (...names: string[]) =>
		Number(names.map((name) => usage[name]).find((value) => typeof value === 'number' && value > 0) ?? 0);
	const promptTokens = count('prompt_tokens', 'input_tokens');
	const completionTokens = count('completion_tokens', 'output_tokens');
	return { promptTokens, completionTokens, totalTokens: count('total_tokens') || promptTokens + completionTokens };
}
