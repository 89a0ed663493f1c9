import { systemClock } from '../client/systemClock';
import { type Failure, failure } from '../failures/failure';
import type { RunContext } from './runContext';

/** How long before the workflow's own timeout the node ends by itself, in ms; half of it where that is less. */
const BEFORE_TIMEOUT_MS = 5_000;

/** What an n8n says of the time that an execution has. */
interface TimedContext {
	getWorkflowSettings?: () => { executionTimeout?: unknown };
	/** n8n's own, where the end is written exactly; the settings alone do not tell when the execution began. */
	additionalData?: { executionTimeoutTimestamp?: unknown };
}

/**
 * What ends a run before its rows do: Stop and the timeout of n8n, which look alike, and the node's own end some seconds
 * before that timeout, where n8n tells it: what comes after the timeout is lost (measured, n8n 2.41.1).
 */
export class Ending {
	/** Ends requests and waits. */
	readonly signal: AbortSignal;

	private readonly ending = new AbortController();

	/** The rows that are under way, and what ends their requests: one signal for all would have a listener for each. */
	private readonly underWay = new Map<number, AbortController>();

	/** Shared by all rows that were under way. */
	private mayHaveRun?: Failure;

	private readonly canceled: AbortSignal | undefined;

	private readonly closed = new AbortController();

	private readonly end = () => {
		this.ending.abort();
		for (const request of this.underWay.values()) request.abort();
	};

	constructor({ context }: RunContext) {
		this.signal = this.ending.signal;
		this.canceled = context.getExecutionCancelSignal();
		this.canceled?.addEventListener('abort', this.end);
		if (this.canceled?.aborted) this.end();
		const ms = msUntilEnd(context as TimedContext);
		if (ms !== undefined) void this.endIn(ms);
	}

	/** n8n has ended the execution. */
	get isCanceled(): boolean {
		return this.canceled?.aborted ?? false;
	}

	/** Waits for work, or for the end; gives what ended it before its end. */
	async orEnd(work: () => Promise<Failure | undefined>): Promise<Failure | undefined> {
		const ended = new Promise<Failure>((resolve) => {
			const onEnd = () => resolve(failure(this.isCanceled ? 'aborted' : 'timeLimit'));
			this.signal.addEventListener('abort', onEnd);
			if (this.signal.aborted) onEnd();
		});
		return await Promise.race([ended, work()]);
	}

	/** Notes that a row is sent; gives what ends its request. */
	begins(index: number): AbortSignal {
		const request = new AbortController();
		if (this.signal.aborted) request.abort();
		this.underWay.set(index, request);
		return request.signal;
	}

	/** Notes that its request has ended, unless the run has. */
	ends(index: number): void {
		if (!this.signal.aborted) this.underWay.delete(index);
	}

	/** The failure of a row that has not ended: one for all, and another for those that may have been done. */
	failureOf(index: number, ended: Failure): Failure {
		if (!this.signal.aborted || !this.underWay.has(index)) return ended;
		this.mayHaveRun ??= failure(ended.kind, {
			advice: 'This item was running when the execution ended: the agent may have done the work, or may still do it',
			delivery: 'uncertain',
		});
		return this.mayHaveRun;
	}

	private async endIn(ms: number): Promise<void> {
		await systemClock.sleep(ms, this.closed.signal);
		if (!this.closed.signal.aborted) this.end();
	}

	close(): void {
		this.closed.abort();
		this.canceled?.removeEventListener('abort', this.end);
	}
}

/** How long until the node ends by itself, in ms; `undefined` where n8n does not tell. */
function msUntilEnd(context: TimedContext): number | undefined {
	const at = context.additionalData?.executionTimeoutTimestamp;
	const seconds = context.getWorkflowSettings?.()?.executionTimeout;
	const leftMs = typeof at === 'number' ? at - Date.now() : typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
	// timers are no longer than 24 days
	return leftMs === undefined || leftMs > 2 ** 31 - 1 ? undefined : Math.max(0, leftMs - Math.min(BEFORE_TIMEOUT_MS, leftMs / 2));
}
