import { isObject } from '../failures/json';
import type { LimitReport, WindowReport } from './limitReport';
import type { ServerClock } from './serverClock';

type Headers = Record<string, unknown>;

/** Longest time that is believed, in ms (31 days): beyond it no date could be made of some headers. */
const MAX_TIME_MS = 31 * 86_400_000;
export const DAY_MS = 86_400_000;
/** A wait longer than this is no minute's, in ms. */
const LONG_WAIT_MS = 3_600_000;
/** Most windows that are read from one header. */
const MOST_WINDOWS = 20;

/** What a window is called that no policy names. */
const UNNAMED = 'ratelimit';

/**
 * The headers that speak of one window each, by family, with who sends them: agent.ai's own two spellings, the one that
 * express-rate-limit (`legacyHeaders`) and GitHub made common, and OpenAI's.
 */
const FAMILIES = [
	{ name: UNNAMED, header: (fact: string) => `ratelimit-${fact}` },
	{ name: 'x-agentai-ratelimit', header: (fact: string) => `x-agentai-ratelimit-${fact}` },
	{ name: 'x-ratelimit', header: (fact: string) => `x-ratelimit-${fact}` },
	{ name: 'x-ratelimit-requests', header: (fact: string) => `x-ratelimit-${fact}-requests` },
];

/** Gives what an answer said of limits, counted from the moment it is asked for. */
export type LimitReader = (refusal?: { text: string; json?: unknown }) => LimitReport;

/**
 * Reads what an answer says about the rate limit: each of the families above, the fields of the IETF's drafts
 * (`"default";r=0;t=2` with `"default";q=20;w=60`; draft 07, which express-rate-limit sends, writes
 * `limit=20, remaining=0, reset=2`), and the wait that is ordered on a 429 or 503: `retry-after-ms` (OpenAI, Azure),
 * `retry-after`, or `retry_after` in the body (Cloudflare, Discord). Times are measured on the server's own clock, so that a
 * wrong clock on either side does no harm.
 *
 * To be called the moment the headers are there; what it gives may be asked when the body has ended, minutes later: with the
 * text and the JSON of a refusal, which may name the limit.
 *
 * @param clock the server's clock, which learns from the answer's `date`
 */
export function limitReader(headers: Headers, status: number, clock: ServerClock, now: () => number = Date.now): LimitReader {
	const arrivedAt = now();
	const serverNow = clock.note(epochMs(headerText(headers, 'date')), arrivedAt);
	const mayOrder = status === 429 || status === 503;
	if (!mayOrder && !Object.keys(headers).some((name) => name.includes('ratelimit'))) return () => ({});
	const windows = readWindows(headers, serverNow);
	const ordered = mayOrder
		? (milliseconds(headerText(headers, 'retry-after-ms')) ?? until(headerText(headers, 'retry-after'), serverNow))
		: undefined;
	return (refusal = { text: '' }) => {
		const retryAfterMs = ordered ?? (mayOrder ? waitInBody(refusal.json, serverNow) : undefined);
		// what is left says more than how much there is in all
		const policy = windows.some(({ remaining }) => remaining !== undefined) ? undefined : policyText(headers);
		const daily = status === 429 && isDaily(windows, refusal.text || (policy ?? ''), retryAfterMs);
		const passedMs = now() - arrivedAt;
		return {
			...(windows.length === 0 ? {} : { windows: windows.map((window) => aged(window, passedMs)) }),
			...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.max(0, retryAfterMs - passedMs) }),
			...(daily ? { daily } : {}),
			...(status === 429 ? { refused: true } : {}),
		};
	};
}

/** The window some time later: a point in time has come nearer. */
const aged = (window: WindowReport, ms: number): WindowReport =>
	!window.fixedEnd || window.resetInMs === undefined ? window : { ...window, resetInMs: window.resetInMs - ms };

function headerText(headers: Headers, name: string): string | undefined {
	const value = headers[name];
	const first: unknown = Array.isArray(value) ? value.join(', ') : value;
	const text = typeof first === 'string' || typeof first === 'number' ? String(first).slice(0, 1000).trim() : '';
	return text === '' ? undefined : text;
}

const policyText = (headers: Headers) => headerText(headers, 'x-agentai-ratelimit-policy') ?? headerText(headers, 'ratelimit-policy');

/** The windows that an answer names; those that only a policy knows have a limit and a length alone. */
function readWindows(headers: Headers, serverNow: number): WindowReport[] {
	const policy = policyText(headers) ?? '';
	const policies = windowsIn(policy).filter(({ limit, lengthMs }) => limit !== undefined && lengthMs !== undefined);
	const structured = windowsIn(headerText(headers, 'ratelimit') ?? '').filter(({ remaining }) => remaining !== undefined);
	const told = structured.length > 0 ? structured : FAMILIES.flatMap((family) => familyWindow(headers, family, serverNow));
	const windows = told.map((window) => withPolicy(window, policies, policy, told.length));
	const rest = policies.filter(
		({ limit, lengthMs }) => !windows.some((window) => window.limit === limit && (window.lengthMs ?? lengthMs) === lengthMs),
	);
	return [...windows, ...rest];
}

function familyWindow(headers: Headers, { name, header }: (typeof FAMILIES)[number], serverNow: number): WindowReport[] {
	const named = (fact: string) => headerText(headers, header(fact));
	const limitText = named('limit') ?? '';
	const breached = /^(true|1|yes)$/i.test(named('breached') ?? '');
	const remaining = count(named('remaining')) ?? (breached ? 0 : undefined);
	const reset = [named('reset-date'), named('reset') ?? named('resetat')].find((text) => until(text, serverNow) !== undefined);
	const resetInMs = until(reset, serverNow);
	const fixedEnd = resetInMs !== undefined && resetInMs !== until(reset, 0) ? true : undefined;
	const lengths = windowsIn(limitText).flatMap(({ lengthMs }) => lengthMs ?? []);
	const window = given({
		limit: count(limitText),
		remaining,
		resetInMs,
		fixedEnd,
		lengthMs: lengths.length === 1 ? lengths[0] : undefined,
	});
	return Object.keys(window).length === 0 ? [] : [{ name, ...window }];
}

/** Adds what the policy says of a window: the one of its name or size, or the only one there is; a name or words for a day too. */
function withPolicy(window: WindowReport, policies: WindowReport[], words: string, count: number): WindowReport {
	const own =
		policies.find(({ name }) => name === window.name && name !== UNNAMED) ??
		policies.find(({ limit }) => limit === window.limit) ??
		(window.limit === undefined && policies.length === 1 && count === 1 ? policies[0] : undefined);
	const day = DAILY.test(window.name) || (count === 1 && policies.length === 0 && DAILY.test(words) && !SHORTER.test(words));
	return {
		...window,
		...given({ limit: window.limit ?? own?.limit, lengthMs: window.lengthMs ?? own?.lengthMs ?? (day ? DAY_MS : undefined) }),
	};
}

/** Without what is not known. */
const given = <T extends object>(facts: T) =>
	Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Partial<T>;

/**
 * Windows as the drafts write them: a list of `20;w=60` or `"name";q=20;w=60` or `"name";r=0;t=2`; draft 07 writes one as
 * `limit=20, remaining=0, reset=2`.
 */
function windowsIn(value: string): WindowReport[] {
	const members = value
		.split(',')
		.slice(0, MOST_WINDOWS)
		.map((member) => member.trim());
	if (members.some((member) => /^(limit|remaining|reset)\s?=/i.test(member))) {
		const { limit, remaining, reset } = fieldsOf(members);
		return [{ name: UNNAMED, ...given({ limit: count(limit), remaining: count(remaining), resetInMs: seconds(reset) }) }];
	}
	return members.flatMap((member) => {
		const [first = '', ...parameters] = member.split(';').map((part) => part.trim());
		const { q, w, r, t } = fieldsOf(parameters);
		const name = /^"(.{1,100})"$/.exec(first)?.[1];
		const window = given({ limit: count(q ?? first), remaining: count(r), resetInMs: seconds(t), lengthMs: seconds(w) || undefined });
		return Object.keys(window).length === 0 ? [] : [{ name: name ?? UNNAMED, ...window }];
	});
}

function fieldsOf(parts: string[]): Record<string, string | undefined> {
	return Object.fromEntries(
		parts.map((part) => {
			const equals = part.indexOf('=');
			return equals === -1 ? [part, ''] : [part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim()];
		}),
	);
}

const DAILY =
	/\bday\b|\bdaily\b|\btoday\b|\b(per|a|each|every|in|of) ?(1|one|a)? ?(calendar )?days?\b|\/ ?(1 ?)?d(ay)?\b|\b24 ?(h|hours?)\b|\bper_day\b|\bRPD\b|\b86400\b|;\s?w=86400\b/i;
const SHORTER =
	/\b(per|a|each|every|in|of)[ -]?(\d+|one|a)?[ -]?(minutes?|mins?|seconds?|secs?|hours?)\b|\/ ?(\d+ ?)?(m(in(ute)?s?)?|s(ec(ond)?s?)?|h(ours?)?)\b|\bper_(minute|second|hour)\b|\bRPM\b|\bminutely\b|;\s?w=(?!86400\b)\d+/i;

/** When to come back, which says nothing of the window's length. */
const COME_BACK = /\b(?:again|retry|wait|resets?)\b[^.\d]{0,20}\d+ ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b/gi;

/**
 * Whether a refusal speaks of the limit of a whole day: by the length of the window that is used up, else by the words for
 * it. Where they name a shorter window too, the time to wait tells which of them is meant.
 */
function isDaily(windows: WindowReport[], said: string, retryAfterMs: number | undefined): boolean {
	const words = said.replace(COME_BACK, '');
	const usedUp = windows.filter(({ remaining }) => remaining === 0);
	const longest = Math.max(retryAfterMs ?? 0, ...usedUp.map(({ resetInMs = 0 }) => resetInMs));
	if (DAILY.test(words)) return !SHORTER.test(words) || longest > LONG_WAIT_MS;
	return !SHORTER.test(words) && usedUp.some(({ lengthMs }) => lengthMs === DAY_MS);
}

/** `{ retry_after: 2.5 }` as the header has it, at the top of a body or in its `error`. */
function waitInBody(json: unknown, serverNow: number): number | undefined {
	if (!isObject(json)) return undefined;
	const wait = json.retry_after ?? (isObject(json.error) ? json.error.retry_after : undefined);
	return typeof wait === 'number' || typeof wait === 'string' ? until(String(wait), serverNow) : undefined;
}

/** "20" or "20, 20;w=60": the first number. */
function count(value: string | undefined): number | undefined {
	const number = Number.parseInt(value ?? '', 10);
	return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** A decimal number of so many ms each. */
function milliseconds(value: string | undefined, unitMs = 1): number | undefined {
	return value !== undefined && /^\d{1,30}(\.\d{1,30})?$/.test(value) ? Math.min(Number(value) * unitMs, MAX_TIME_MS) : undefined;
}

const seconds = (value: string | undefined) => milliseconds(value, 1000);

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: DAY_MS };

/** Time until a duration as OpenAI writes it has passed: `1m2s`, `6ms`. */
function duration(value: string): number | undefined {
	if (!/^(\d{1,9}(\.\d{1,9})?(ms|s|m|h|d))+$/.test(value)) return undefined;
	const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
	const ms = parts.reduce((sum, [, number, unit = 's']) => sum + Number(number) * (UNIT_MS[unit] ?? 0), 0);
	return Math.min(ms, MAX_TIME_MS);
}

/**
 * Duration until a point in time, negative for one that has passed: seconds from now (below 10^8), a time since 1970 in
 * seconds or finer, a date, or a duration. Whole seconds since 1970 may have been rounded down, so one is added to them.
 */
function until(value: string | undefined, serverNow: number): number | undefined {
	if (value === undefined) return undefined;
	if (/^\d{1,120}(\.\d{1,30})?$/.test(value)) {
		let number = Number(value);
		if (number < 1e8) return Math.min(number * 1000, MAX_TIME_MS);
		if (number < 1e11) return Math.min(number * 1000 + (Number.isInteger(number) ? 1000 : 0) - serverNow, MAX_TIME_MS);
		// milliseconds, or as some write them, micro- or nanoseconds
		for (let finer = 0; finer < 2 && number >= 1e14; finer++) number /= 1000;
		return Math.min(number - serverNow, MAX_TIME_MS);
	}
	const at = epochMs(value);
	return at === undefined ? duration(value) : Math.min(at - serverNow, MAX_TIME_MS);
}

function epochMs(value: string | undefined): number | undefined {
	if (value === undefined) return undefined;
	// a date without a zone is UTC (the API writes `ratelimit-reset-date` so, and HTTP's old asctime form has none)
	const parsed = Date.parse(/([a-z]|[+-]\d\d(:?\d\d)?)$/i.test(value) ? value : `${value}Z`);
	return Number.isNaN(parsed) ? undefined : parsed;
}
