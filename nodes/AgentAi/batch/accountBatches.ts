import type { Account } from '../limiter/account';
import { JobSource } from './jobSource';
import { runBatch } from './runBatch';
import { RunBounds } from './runBounds';
import type { Attempt, BatchContext, BatchOptions, BatchResult, Job } from './types';

/** What the batches of one run came to, see `BatchResult`. */
type BatchesResult = Omit<BatchResult, 'aborted'>;

/**
 * One batch for each account that the jobs of a run belong to: limits, sessions and refusals are an account's own, places
 * and what ends the run are shared.
 */
export class AccountBatches<J extends Job<T>, T> {
	readonly bounds: RunBounds;

	private readonly sources = new Map<Account, JobSource<J>>();

	private readonly running: Promise<BatchResult>[] = [];

	/** Jobs that no batch has taken yet. */
	private waiting = 0;

	private isOver = false;

	private onRoom = () => {};

	constructor(
		private readonly attempt: (job: J) => Promise<Attempt<T>>,
		private readonly options: BatchOptions,
		private readonly context: Omit<BatchContext<J, T>, 'account' | 'bounds' | 'onMore'>,
	) {
		this.bounds = new RunBounds(options.maxConcurrency, options.maxRequests);
	}

	/**
	 * Adds a job to its account's batch, and waits until there is room for another.
	 *
	 * @param mostAhead most jobs that wait to be taken
	 */
	async add(account: Account, job: J, mostAhead: number): Promise<void> {
		this.waiting++;
		(this.sources.get(account) ?? this.begin(account)).push(job);
		while (this.waiting >= mostAhead && !this.isOver) {
			await new Promise<void>((resolve) => {
				this.onRoom = resolve;
			});
		}
	}

	/**
	 * Waits until all jobs are settled; no more come.
	 *
	 * @throws whatever `attempt` rejects with
	 */
	async end(): Promise<BatchesResult> {
		for (const source of this.sources.values()) source.end();
		const results = await Promise.all(this.running);
		return {
			heldMs: Math.max(0, ...results.map(({ heldMs }) => heldMs)),
			sessionMs: Math.max(0, ...results.map(({ sessionMs }) => sessionMs)),
			outages: results.flatMap(({ outages }) => outages),
			enoughAtOnce: results.find(({ enoughAtOnce }) => enoughAtOnce)?.enoughAtOnce,
		};
	}

	private begin(account: Account): JobSource<J> {
		const source = new JobSource<J>(() => {
			this.waiting--;
			this.onRoom();
		});
		this.sources.set(account, source);
		const { attempt, options, context, bounds } = this;
		const batch = runBatch<J, T>(source, attempt, options, { ...context, account, bounds, onMore: (look) => source.tell(look) });
		this.running.push(batch);
		// before its jobs have all come, a batch ends by a stop or a defect only
		const over = () => {
			this.isOver = true;
			this.onRoom();
		};
		batch.then(over, over);
		return source;
	}
}
