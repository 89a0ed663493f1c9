import type { ActionResponse, Result } from '../failures/result';
import type { LimitReport } from '../limiter/limitReport';

/** One request's result, with what the answer said about the rate limit. */
export type Outcome = Result<ActionResponse> & { limits: LimitReport };
