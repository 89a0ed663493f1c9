/** What an answer said about one window of the rate limit. */
export interface WindowReport {
	/** What tells it apart from others: the policy's name, or the family of headers that speaks of it. */
	name: string;
	/** Requests that one window allows. */
	limit?: number;
	/** Requests left in the window in which the answered one started. */
	remaining?: number;
	/** Until that window ends, in ms: from now on with `fixedEnd`, where it may have passed; else from the request on. */
	resetInMs?: number;
	/** The end was named as a point in time: it holds, however long the answer took. */
	fixedEnd?: boolean;
	/** Length of the window, in ms, where a policy names it. */
	lengthMs?: number;
}

/** What an answer said about the rate limit; all times are finite durations in ms from now. */
export interface LimitReport {
	windows?: WindowReport[];
	/** How long the server ordered to wait: told on 429 and 503 only; 0 for a time that has passed. */
	retryAfterMs?: number;
	/** The limit of a whole day is used up. */
	daily?: boolean;
	/** agent.ai refused the request for the limit. */
	refused?: boolean;
}
