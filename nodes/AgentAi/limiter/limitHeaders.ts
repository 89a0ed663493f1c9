import type { LimitReport } from './limitReport';
import type { ServerClock } from './serverClock';

type Headers = Record<string, unknown>;

/** Longest time that is believed, in ms (31 days): beyond it no date could be made of some headers. */
const MAX_TIME_MS = 31 * 86_400_000;
const DAY_S = 86_400;
/** A wait longer than this is no minute's, in ms. */
const LONG_WAIT_MS = 3_600_000;

/** What is known of one window. */
interface Window {
	limit?: number;
	remaining?: number;
	resetInMs?: number;
	/** Length in seconds. */
	length?: number;
}

/**
 * Reads what an answer says about the rate limit: `ratelimit-*` and `X-AgentAI-RateLimit-*` (agent.ai's), `x-ratelimit-*`,
 * the IETF draft's structured fields (`"default";r=0;t=2`) and those of its draft 07 (`limit=20, remaining=0, reset=2`),
 * and `retry-after`, which stands on every answer of agent.ai, but is an order on a 429 or 503 only. Times come back as
 * durations from the arrival of the answer, measured on the server's own clock, so that a wrong clock on either side does
 * no harm.
 *
 * @param status HTTP status of the answer; 429 marks a refusal
 * @param clock the server's clock, which learns from the answer's `date`
 * @param now this machine's clock at the arrival, in ms
 * @param said text of a refusal, which may name the limit
 */
export function readLimits(headers: Headers, status: number, clock: ServerClock, now: number, said = ''): LimitReport {
	const serverNow = clock.note(dateOf(headers), now);
	const mayOrder = status === 429 || status === 503;
	if (!mayOrder && !Object.keys(headers).some((name) => /rate-?limit/.test(name))) return {};
	const get = (...names: string[]) => firstText(headers, names);
	const policy = get('x-agentai-ratelimit-policy', 'ratelimit-policy', 'x-ratelimit-policy') ?? '';
	const window = withPolicy(structured(get('ratelimit')) ?? plain(get, serverNow), policy);
	const retryAfterMs = mayOrder ? until(get('retry-after'), serverNow) : undefined;
	const { limit, remaining, resetInMs, length } = window;
	const longest = Math.max(retryAfterMs ?? 0, resetInMs ?? 0);
	const daily = isDaily(length, status === 429 && namesLimit(said) ? said : policy, longest);
	return {
		...(limit === undefined ? {} : { limit }),
		...(remaining === undefined ? {} : { remaining }),
		...(resetInMs === undefined ? {} : { resetInMs }),
		...(length === undefined ? {} : { windowMs: clamp(length * 1000) }),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
		...(daily ? { daily } : {}),
		...(status === 429 ? { refused: true } : {}),
	};
}

/** The header `date`, in ms since 1970. */
const dateOf = (headers: Headers) => epochMs(headerText(headers.date));

function firstText(headers: Headers, names: string[]): string | undefined {
	for (const name of names) {
		const text = headerText(headers[name]);
		if (text !== undefined) return text;
	}
	return undefined;
}

function headerText(value: unknown): string | undefined {
	const first: unknown = Array.isArray(value) ? value.join(', ') : value;
	const text = typeof first === 'string' || typeof first === 'number' ? String(first).slice(0, 1000).trim() : '';
	return text === '' ? undefined : text;
}

/** The spellings of one field for each fact. */
function plain(get: (...names: string[]) => string | undefined, serverNow: number): Window {
	const named = (what: string) => get(`ratelimit-${what}`, `x-agentai-ratelimit-${what}`, `x-ratelimit-${what}`, `x-rate-limit-${what}`);
	const breached = /^(true|1|yes)$/i.test(get('x-agentai-ratelimit-breached') ?? '');
	const remaining = count(named('remaining')) ?? (breached ? 0 : undefined);
	const resetInMs = until(get('ratelimit-reset-date'), serverNow) ?? until(named('reset') ?? named('resetat'), serverNow);
	const limits = windowsIn(named('limit') ?? '').filter(({ length }) => length !== undefined);
	return { limit: count(named('limit')), remaining, resetInMs, ...(limits.length === 1 ? { length: limits[0]?.length } : {}) };
}

/** The field `RateLimit` of the drafts; of several windows the one that binds: with the least left, and of those the longest. */
function structured(value: string | undefined): Window | undefined {
	if (value === undefined) return undefined;
	const windows = windowsIn(value).filter(({ remaining }) => remaining !== undefined);
	return windows.sort((a, b) => (a.remaining ?? 0) - (b.remaining ?? 0) || (b.resetInMs ?? 0) - (a.resetInMs ?? 0))[0];
}

/** Adds what the policy says of the window: the only one that it names, or the one of the same size. */
function withPolicy(window: Window, policy: string): Window {
	const policies = windowsIn(policy).filter(({ length }) => length !== undefined);
	const own = policies.length === 1 ? policies[0] : policies.find(({ limit }) => limit !== undefined && limit === window.limit);
	return { ...window, limit: window.limit ?? own?.limit, length: window.length ?? own?.length };
}

/**
 * Windows as the drafts write them: a list of `20;w=60` or `"name";q=20;w=60` or `"name";r=0;t=2`; draft 07 writes one as
 * `limit=20, remaining=0, reset=2`.
 */
function windowsIn(value: string): Window[] {
	if (value === '') return [];
	const members = value
		.split(',')
		.slice(0, 20)
		.map((member) => member.trim());
	if (members.some((member) => /^(limit|remaining|reset)\s?=/i.test(member))) {
		const fields = fieldsOf(members);
		return [{ limit: count(fields.limit), remaining: count(fields.remaining), resetInMs: seconds(fields.reset) }];
	}
	return members.map((member) => {
		const [first, ...parameters] = member.split(';').map((part) => part.trim());
		const { q, w, r, t } = fieldsOf(parameters);
		const length = count(w);
		return { limit: count(q ?? first), remaining: count(r), resetInMs: seconds(t), ...(length ? { length } : {}) };
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
	/\bdaily\b|\btoday\b|\b(per|a|each|every|in|of) ?(1|one|a)? ?(calendar )?days?\b|\/ ?(1 ?)?d(ay)?\b|\b24 ?(h|hours?)\b|\bper_day\b|\bRPD\b|\b86400\b|;\s?w=86400\b/i;
const SHORTER =
	/\b(per|a|each|every|in|of) ?(\d+|one|a)? ?(minutes?|mins?|seconds?|secs?|hours?)\b|\/ ?(\d+ ?)?(m(in(ute)?)?|s(ec(ond)?)?|h(our)?)\b|\bper_(minute|second|hour)\b|\bRPM\b|\bminutely\b|;\s?w=(?!86400\b)\d+/i;

const namesLimit = (text: string) => DAILY.test(text) || SHORTER.test(text);

/**
 * Whether the limit is the one for a whole day: by the length of its window, else by the words for it. Where they name a
 * shorter window too, the time to wait tells which of them is meant.
 */
function isDaily(length: number | undefined, words: string, waitMs: number): boolean {
	if (DAILY.test(words)) return SHORTER.test(words) ? (waitMs > 0 ? waitMs > LONG_WAIT_MS : length === DAY_S) : true;
	return length === DAY_S && !SHORTER.test(words);
}

/** "20" or "20, 20;w=60": the first number. */
function count(value: string | undefined): number | undefined {
	const number = Number.parseInt(value ?? '', 10);
	return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** Whole seconds as ms. */
function seconds(value: string | undefined): number | undefined {
	const number = count(value);
	return number === undefined ? undefined : clamp(number * 1000);
}

/**
 * Duration until a point in time: seconds from now (below 10^8), epoch seconds, ms, µs or ns, or a date. Whole epoch
 * seconds may have been rounded down, so a second is added to them.
 */
function until(value: string | undefined, serverNow: number): number | undefined {
	if (value === undefined) return undefined;
	if (/^\d{1,30}(\.\d{1,30})?$/.test(value)) {
		const number = Number(value);
		if (number < 1e8) return clamp(number * 1000);
		if (number >= 1e17) return clamp(number / 1e6 - serverNow);
		if (number >= 1e14) return clamp(number / 1e3 - serverNow);
		if (number >= 1e11) return clamp(number - serverNow);
		return clamp(number * 1000 + (Number.isInteger(number) ? 1000 : 0) - serverNow);
	}
	const at = epochMs(value);
	return at === undefined ? undefined : clamp(at - serverNow);
}

const clamp = (ms: number) => Math.min(Math.max(0, ms), MAX_TIME_MS);

function epochMs(value: string | undefined): number | undefined {
	if (value === undefined) return undefined;
	// a date without a zone is UTC (the API writes `ratelimit-reset-date` so)
	const zoneless = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?$/.test(value);
	const parsed = Date.parse(zoneless ? `${value.replace(' ', 'T')}Z` : value);
	return Number.isNaN(parsed) ? undefined : parsed;
}
