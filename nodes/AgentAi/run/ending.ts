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

	/** When n8n ends the execution by its timeout, as far as it tells. */
	private readonly timeout: Timeout | undefined;

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
		this.timeout = timeoutOf(context as TimedContext);
		const ms = this.timeout && msUntilEnd(this.timeout);
		if (ms !== undefined) void this.endIn(ms);
	}

	/** n8n has ended the execution. */
	get isCanceled(): boolean {
		return this.canceled?.aborted ?? false;
	}

	/** n8n may have ended the execution by its timeout: it saves only what comes in the same turn of the event loop. */
	get mayBeTimeout(): boolean {
		return this.timeout !== undefined && (!this.timeout.isExact || Date.now() >= this.timeout.at);
	}

	/** Waits for work that would be good to have, but no longer than half of the time that is left. */
	async beforeTimeout(work: Promise<void>): Promise<void> {
		const ms = this.timeout ? Math.max(0, this.timeout.at - Date.now()) / 2 : 0;
		const over = new AbortController();
		const onEnd = () => over.abort();
		this.canceled?.addEventListener('abort', onEnd);
		await Promise.race([work, systemClock.sleep(ms, over.signal)]);
		this.canceled?.removeEventListener('abort', onEnd);
		over.abort();
	}

	/** Waits for work, or for the end; gives what ended it before its end. */
	async orEnd(work: () => Promise<Failure | undefined>): Promise<Failure | undefined> {
		const ended = new Promise<Failure>((resolve) => {
			const onEnd = () => resolve(failure(this.isCanceled ? 'aborted' : 'timeLimit', { delivery: 'notDelivered' }));
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

	/** The failure of a row that has not ended: one for all that were not sent, and another for those that may have been done. */
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

interface Timeout {
	/** On the clock of the day, in ms. */
	at: number;
	/** The settings alone do not tell when the execution began. */
	isExact: boolean;
}

function timeoutOf(context: TimedContext): Timeout | undefined {
	const at = context.additionalData?.executionTimeoutTimestamp;
	if (typeof at === 'number') return { at, isExact: true };
	const seconds = context.getWorkflowSettings?.()?.executionTimeout;
	return typeof seconds === 'number' && seconds > 0 ? { at: Date.now() + seconds * 1000, isExact: false } : undefined;
}

/** How long until the node ends by itself, in ms; `undefined` where that is too far away. */
function msUntilEnd({ at }: Timeout): number | undefined {
	const leftMs = at - Date.now();
	// timers are no longer than 24 days
	return leftMs > 2 ** 31 - 1 ? undefined : Math.max(0, leftMs - Math.min(BEFORE_TIMEOUT_MS, leftMs / 2));
}
