import type { Settled } from '../batch/types';
import { type Failure, notSent, waitsTooLong } from '../failures/failure';
import type { ActionResponse, Result } from '../failures/result';

/** What the end of a job means to whoever asked: its answer, or the failure with the words that fit how it ended. */
export function settledResult(settled: Settled<ActionResponse, Failure>): Result<ActionResponse> {
	switch (settled.state) {
		case 'answered':
			return { ok: true, value: settled.value };
		case 'failed':
			return { ok: false, failure: 'resetInMs' in settled ? waitsTooLong(settled.failure, settled.resetInMs) : settled.failure };
		case 'notSent':
			return { ok: false, failure: notSent(settled.reason) };
	}
}
