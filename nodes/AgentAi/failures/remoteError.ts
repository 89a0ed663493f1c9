import { bodyKind } from './bodyKind';
import { excerpt } from './excerpt';
import { isObject, parsed, toStatus } from './json';

/** What the remote side said of an error, in words and in facts. */
export interface RemoteError {
	/** Readable text of the error, `''` for none. */
	text: string;
	/** `error.type`, or `error.code`, as OpenAI, the OpenClaw gateway and model providers write it. */
	type?: string;
	/** A status that stands inside the error. */
	status?: number;
	/** Where the text was found: in an ActionResponse, in other JSON, in a web page, or as the bare body. */
	source: 'actionResponse' | 'json' | 'page' | 'text';
}

/** How deep an error may be wrapped in others. */
const MAX_WRAPPED = 8;
/** As far as a text is looked at for the error that is quoted in it. */
const MAX_QUOTED = 100_000;

/** Fields in which an error's text is found, in this order. */
const ERROR_FIELDS = ['error', 'message', 'detail', 'details', 'errors', 'response'];

/** Reads the error in a body: parsed JSON, or the text of what is none. */
export function remoteError(body: unknown): RemoteError {
	if (!isObject(body)) {
		if (typeof body !== 'string') return { text: excerpt(textOf(body)), source: 'json' };
		return { ...errorText(body), source: bodyKind(body, true) === 'page' ? 'page' : 'text' };
	}
	const source = 'response' in body ? 'actionResponse' : 'json';
	const found = ERROR_FIELDS.map((field) => errorText(body[field])).find(({ text }) => text !== '');
	// a body without any text is quoted whole, unless it is agent.ai's envelope
	const text = found ?? { text: toStatus(body.status) === undefined ? excerpt(textOf(body)) : '' };
	return { ...text, source };
}

/** Whether a value under `error` is an error at all: servers also send `null`, `false`, `""`, `{}`, `[]`, and fields that hold nothing else. */
export function isError(value: unknown): boolean {
	return typeof value === 'object' && value !== null ? Object.values(value).some(isError) : Boolean(value);
}

/** The text, type and status in an error value: a text, or an object as OpenAI and the gateway write it. */
export function errorText(value: unknown): Omit<RemoteError, 'source'> {
	let current = value;
	for (let depth = 0; depth < MAX_WRAPPED; depth++) {
		if (Array.isArray(current)) [current] = current as unknown[];
		if (typeof current === 'string') return { text: excerpt(current), ...factsOf(quoted(current)) };
		if (!isObject(current)) return { text: '' };
		const inner = current.error;
		if (isObject(inner) || (typeof inner === 'string' && current.message === undefined)) {
			current = inner;
			continue;
		}
		const { type, ...facts } = factsOf(current);
		const said = [current.message, current.msg, current.detail].find((each) => typeof each === 'string' && each !== '');
		// a provider's own error may be quoted in the message
		const deeper = typeof said === 'string' ? factsOf(quoted(said)) : {};
		return { ...deeper, ...(type ? { type } : {}), ...facts, text: typeof said === 'string' ? excerpt(said) : (type ?? '') };
	}
	return { text: '' };
}

/** agent.ai relays the gateway's body as a text inside its own error: the error in it. */
function quoted(text: string): unknown {
	const start = text.slice(0, MAX_QUOTED).indexOf('{');
	const end = text.slice(0, MAX_QUOTED).lastIndexOf('}');
	if (start === -1 || end < start) return undefined;
	const read = parsed(text.slice(start, end + 1));
	return isObject(read) && isObject(read.error) ? read.error : read;
}

/** Types that say little where a code stands beside them. */
const GENERAL_TYPES = ['invalid_request_error', 'api_error', 'server_error', 'error'];

function factsOf(error: unknown): { type?: string; status?: number } {
	if (!isObject(error)) return {};
	const named = [error.type, error.code].filter((each) => typeof each === 'string' && each !== '' && toStatus(each) === undefined);
	const type = named.find((each) => !GENERAL_TYPES.includes(each as string)) ?? named[0];
	const status = [error.status, error.statusCode, error.code].map(toStatus).find((each) => each !== undefined && each >= 400 && each < 600);
	return { ...(typeof type === 'string' ? { type: type.slice(0, 100) } : {}), ...(status === undefined ? {} : { status }) };
}

/** JSON as text, for a person to read; a text as it is. */
export function textOf(body: unknown): string {
	if (typeof body === 'string') return body;
	try {
		return JSON.stringify(body) ?? '';
	} catch {
		// nested too deeply to be written
		return '';
	}
}
