import type { Account } from '../limiter/account';
import { Batch } from './batch';
import { RunBounds } from './runBounds';
import {
	type Attempt,
	type BatchContext,
	type BatchOptions,
	type BatchResult,
	type Job,
	NOTHING_SPENT,
	type RetryOptions,
	type Settled,
} from './types';

/**
 * The jobs of one run, in a batch for each account that they belong to: limits, sessions and refusals are an account's own, places
 * and what ends the run are shared.
 */
export class Batches<J extends Job<T>, T> {
	readonly bounds: RunBounds;

	private readonly byAccount = new Map<Account, Batch<J, T>>();

	private readonly running: Promise<BatchResult>[] = [];

	/** Jobs that no batch has taken yet. */
	private waiting = 0;

	private isOver = false;

	private onRoom = () => {};

	/** @param attempt sends one request for a job and reports how it went; called anew for every try; must not reject */
	constructor(
		private readonly attempt: (job: J) => Promise<Attempt<T>>,
		private readonly options: BatchOptions,
		private readonly context: BatchContext<J, T>,
	) {
		this.bounds = new RunBounds(options, context.spent);
	}

	/**
	 * Adds a job to its account's batch, and waits until there is room for another: thousands of requests need not be in memory.
	 *
	 * @param mostAhead most jobs that wait to be taken
	 */
	async add(account: Account, job: J, mostAhead: number): Promise<void> {
		this.waiting++;
		(this.byAccount.get(account) ?? this.begin(account)).add(job);
		while (this.waiting >= mostAhead && !this.isOver) {
			await new Promise<void>((resolve) => {
				this.onRoom = resolve;
			});
		}
	}

	/**
	 * Waits until all jobs are settled; no more come.
	 *
	 * @throws whatever `attempt` rejects with: a defect, after which nothing more is started
	 */
	async end(): Promise<BatchResult> {
		for (const batch of this.byAccount.values()) batch.complete();
		const results = await Promise.all(this.running);
		return {
			heldMs: Math.max(0, ...results.map(({ heldMs }) => heldMs)),
			sessionMs: Math.max(0, ...results.map(({ sessionMs }) => sessionMs)),
			outages: results.flatMap(({ outages }) => outages),
			enoughAtOnce: results.find(({ enoughAtOnce }) => enoughAtOnce)?.enoughAtOnce,
		};
	}

	private begin(account: Account): Batch<J, T> {
		const onTaken = () => {
			this.waiting--;
			this.onRoom();
		};
		const batch = new Batch(account, this.bounds, this.attempt, this.options, this.context, onTaken);
		this.byAccount.set(account, batch);
		const running = batch.run();
		this.running.push(running);
		// before its jobs have all come, a batch ends by a stop or a defect only
		const over = () => {
			this.isOver = true;
			this.onRoom();
		};
		running.then(over, over);
		return batch;
	}
}

/**
 * Asks one thing of an account.
 *
 * @param attempt sends the request once; a stopped execution ends it
 * @throws what `attempt` rejects with
 */
export async function askOnce<T>(
	account: Account,
	job: Job<T>,
	attempt: () => Promise<Attempt<T>>,
	options: RetryOptions,
	signal?: AbortSignal,
): Promise<Settled<T>> {
	let end: Settled<T> = { state: 'notSent', reason: { why: 'aborted' }, ...NOTHING_SPENT };
	const batches = new Batches<Job<T>, T>(
		attempt,
		{ ...options, maxConcurrency: 1, stopAfterFailures: 0, stopOnFailure: false },
		{ signal, onSettled: (_job, settled) => (end = settled) },
	);
	await batches.add(account, job, Infinity);
	await batches.end();
	return end;
}
