import type { Redactor } from './redact';

/**
 * Deepest nesting of an answer that is taken in. What comes after this package walks answers recursively (n8n saves them
 * as JSON), and would fail for all items because of one.
 */
export const MAX_DEPTH = 500;

/** The fields that agent.ai and the OpenClaw gateway give their answers: their names stay whatever the secrets are. */
const PROTOCOL_FIELDS = new Set(
	(
		'status response error metadata message detail details code type response_text choices index delta content role ' +
		'finish_reason usage model object prompt_tokens completion_tokens total_tokens instance_ip auth_token ok result isError agent ' +
		'inputs outputs run_id id name description text'
	).split(' '),
);

/**
 * Takes secrets out of parsed JSON, in place: out of its strings, of names of fields that are not the protocol's own, and
 * of numbers that spell one. Not recursive, because the depth is up to the server.
 *
 * @param value as `JSON.parse` gives it
 * @returns the same object or array, or the cleaned text or number; `undefined` when it is nested deeper than MAX_DEPTH
 */
export function redactJson(value: unknown, redact: Redactor): unknown {
	let level: object[] = [];
	let next: object[] = [];
	const clean = (member: unknown): unknown => {
		if (typeof member === 'string') return redact.value(member);
		if (typeof member === 'object' && member !== null) next.push(member);
		if (typeof member !== 'number') return member;
		const digits = String(member);
		const cleaned = redact.value(digits);
		return cleaned === digits ? member : cleaned;
	};
	const cleaned = clean(value);
	for (let depth = 0; next.length > 0; depth++) {
		if (depth === MAX_DEPTH) return undefined;
		[level, next] = [next, []];
		for (const holder of level) {
			if (Array.isArray(holder)) for (const [index, member] of holder.entries()) holder[index] = clean(member);
			else cleanFields(holder as Record<string, unknown>, clean, redact);
		}
	}
	return cleaned;
}

function cleanFields(fields: Record<string, unknown>, clean: (member: unknown) => unknown, redact: Redactor): void {
	for (const name of Object.keys(fields)) {
		const member = fields[name];
		const cleanMember = clean(member);
		const cleanName = PROTOCOL_FIELDS.has(name) ? name : redact(name);
		if (cleanName !== name) delete fields[name];
		if (cleanName === name && cleanMember === member) continue;
		// a field of its own also where the name means something to JavaScript (`__proto__`)
		Object.defineProperty(fields, cleanName, { value: cleanMember, writable: true, enumerable: true, configurable: true });
	}
}
