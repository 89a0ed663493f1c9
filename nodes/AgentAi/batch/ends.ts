import { type Failure, type NotSentReason, waitsTooLong } from '../failures/failure';
import type { Result } from '../failures/result';
import type { Task } from './queue';
import { effortOf, endingFailure } from './retry';
import type { RunBounds } from './runBounds';
import { endOf, type Job, NOTHING_SPENT, type Settled } from './types';

/** How the tasks of a batch end: each leaves the line of its session, and is settled once. */
export class Ends<J extends Job<T>, T> {
	constructor(
		private readonly bounds: RunBounds,
		private readonly onSettled: (job: J, settled: Settled<T>) => void,
	) {}

	/** Ends a task with its result. Of a failure the run takes note. */
	with(task: Task<J>, result: Result<T>): void {
		if (result.ok) return void this.end(task, endOf(result, effortOf(task)));
		const ended = this.fail(task, result.failure, result.failure);
		if (ended.state === 'failed') this.bounds.failed(ended.failure);
	}

	/**
	 * Ends a task that is not sent (again): with a failure of its own, if it has been tried.
	 *
	 * @param why what the request came to that an earlier answer of it asked for, where that is not its own failure
	 */
	unsent(task: Task<J>, reason: NotSentReason, why?: Failure): Settled<T> {
		const { lastFailure } = task;
		if (lastFailure === undefined) return this.end(task, { state: 'notSent', reason, ...NOTHING_SPENT }, why);
		const failure = 'resetInMs' in reason && !lastFailure.resetsAt ? waitsTooLong(lastFailure, reason.resetInMs) : lastFailure;
		return this.fail(task, failure, lastFailure);
	}

	private fail(task: Task<J>, failure: Failure, why: Failure): Settled<T> {
		return this.end(task, endOf({ ok: false, failure: endingFailure(task, failure) }, effortOf(task)), why);
	}

	/** A task without an answer ends with what an earlier answer of it came to, where there is one. */
	private end(task: Task<J>, settled: Settled<T>, why?: Failure): Settled<T> {
		const soFar = settled.state === 'answered' ? undefined : task.job.soFar?.(why);
		const ended = soFar ? endOf(soFar, effortOf(task)) : settled;
		task.place?.leave();
		this.onSettled(task.job, ended);
		return ended;
	}
}
