import { isDaily } from './interpret';
import type { LimitReport } from './limitReport';

type Headers = Record<string, unknown>;

/**
 * Reads what an answer says about the rate limit, in both spellings that agent.ai uses (`ratelimit-*` and
 * `X-AgentAI-RateLimit-*`) and `retry-after`. Times come back as durations from now, measured against the server's own
 * `date` where it sends one, so that a wrong clock on either side does no harm.
 *
 * @param status HTTP status of the answer; 429 marks a refusal
 * @param now this machine's clock in ms
 */
export function readLimits(headers: Headers, status: number, now: number): LimitReport {
	const get = (name: string) => {
		const value = headers[name];
		const text = Array.isArray(value) ? String(value[0]) : typeof value === 'string' || typeof value === 'number' ? String(value) : '';
		return text.trim() === '' ? undefined : text.trim();
	};
	const serverNow = epochMs(get('date')) ?? now;
	const limit = count(get('ratelimit-limit') ?? get('x-agentai-ratelimit-limit'));
	let remaining = count(get('ratelimit-remaining') ?? get('x-agentai-ratelimit-remaining'));
	const breached = /^(true|1|yes)$/i.test(get('x-agentai-ratelimit-breached') ?? '');
	if (breached && remaining === undefined) remaining = 0;
	const resetInMs =
		until(get('ratelimit-reset-date'), serverNow) ?? until(get('ratelimit-reset') ?? get('x-agentai-ratelimit-resetat'), serverNow);
	const retryAfterMs = until(get('retry-after'), serverNow);
	const daily = isDaily(get('x-agentai-ratelimit-policy') ?? get('ratelimit-policy') ?? '');
	return {
		...(limit === undefined ? {} : { limit }),
		...(remaining === undefined ? {} : { remaining }),
		...(resetInMs === undefined ? {} : { resetInMs }),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
		...(daily ? { daily } : {}),
		...(status === 429 ? { refused: true } : {}),
	};
}

/** "20" or "20, 20;w=60": the first number. */
function count(value: string | undefined): number | undefined {
	const number = Number.parseInt(value ?? '', 10);
	return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/**
 * Duration until a point in time: seconds from now (below 10^8), epoch seconds, epoch milliseconds (from 10^11), or a date.
 * Whole epoch seconds may have been rounded down, so a second is added to them.
 */
function until(value: string | undefined, serverNow: number): number | undefined {
	if (value === undefined) return undefined;
	if (/^\d+(\.\d+)?$/.test(value)) {
		const number = Number(value);
		if (number < 1e8) return number * 1000;
		if (number >= 1e11) return Math.max(0, number - serverNow);
		return Math.max(0, number * 1000 + (Number.isInteger(number) ? 1000 : 0) - serverNow);
	}
	const at = epochMs(value);
	return at === undefined ? undefined : Math.max(0, at - serverNow);
}

function epochMs(value: string | undefined): number | undefined {
	if (value === undefined) return undefined;
	// a date without a zone is UTC (the API writes `ratelimit-reset-date` so)
	const zoneless = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(value);
	const parsed = Date.parse(zoneless ? `${value.replace(' ', 'T')}Z` : value);
	return Number.isNaN(parsed) ? undefined : parsed;
}
