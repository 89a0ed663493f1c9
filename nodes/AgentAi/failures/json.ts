/** A JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object, and an empty one in the place of anything else. */
export const asObject = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});

/** A list, and an empty one in the place of anything else. */
export const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Parses JSON; the reason of a failure is the parser's own sentence, without the text that it quotes: that may be a secret. */
export function readJson(text: string): { ok: true; data: unknown } | { ok: false; reason: string } {
	try {
		return { ok: true, data: JSON.parse(text) as unknown };
	} catch (error) {
		const { message } = error as SyntaxError;
		return {
			ok: false,
			reason: message.replace(/(^|, )(?:\.\.\.)?".*$/s, (_quoted, before) => (before ? ' is not valid JSON' : 'It is not valid JSON')),
		};
	}
}

/** The value of a JSON text, `undefined` for any other: none that JSON writes is. */
export function parsed(text: string): unknown {
	const read = readJson(text);
	return read.ok ? read.data : undefined;
}

/** Whether JSON may have rounded a number in a value: a whole one beyond 2^53 may have been another, and one beyond all is none. */
export function holdsRounded(value: unknown): boolean {
	if (typeof value === 'number') return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
	return typeof value === 'object' && value !== null && Object.values(value).some(holdsRounded);
}

/** A status as agent.ai writes it: a whole number, also as text. */
export function toStatus(value: unknown): number | undefined {
	const status = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof status === 'number' && Number.isInteger(status) ? status : undefined;
}

/** The length of a value as JSON, `undefined` when it has none (nested too deeply). */
export function jsonLength(value: unknown): number | undefined {
	try {
		return JSON.stringify(value).length;
	} catch {
		return undefined;
	}
}
