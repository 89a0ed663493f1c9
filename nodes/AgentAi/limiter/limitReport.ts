/** What an answer said about the rate limit; all times are durations in ms from its arrival, finite and never negative. */
export interface LimitReport {
	/** Requests that one window allows. */
	limit?: number;
	/** Requests left in the current window, after the answered one. Of several windows named, the one that binds. */
	remaining?: number;
	/** Until that window ends. */
	resetInMs?: number;
	/** Length of that window, where a policy names it. */
	windowMs?: number;
	/** How long the server ordered to wait: told on 429 and 503 only; 0 for a time that has passed. */
	retryAfterMs?: number;
	/** The limit named is the one for a whole day. */
	daily?: boolean;
	/** agent.ai refused the request for the limit. */
	refused?: boolean;
}

/** The report some time after it arrived: what it said of times has come nearer. */
export function aged(report: LimitReport, ms: number): LimitReport {
	const { resetInMs, retryAfterMs } = report;
	if (resetInMs === undefined && retryAfterMs === undefined) return report;
	return {
		...report,
		...(resetInMs === undefined ? {} : { resetInMs: Math.max(0, resetInMs - ms) }),
		...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.max(0, retryAfterMs - ms) }),
	};
}
