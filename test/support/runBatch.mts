import { Batches } from '../../nodes/AgentAi/batch/batches.ts';
import type { Attempt, BatchContext, BatchOptions, BatchResult, Job } from '../../nodes/AgentAi/batch/types.ts';
import type { Account } from '../../nodes/AgentAi/limiter/account.ts';

/** Runs jobs of one account, each of which is asked for when there is room for it. */
export async function runBatch<J extends Job<T>, T>(
	jobs: Iterable<J>,
	attempt: (job: J) => Promise<Attempt<T>>,
	options: BatchOptions,
	{ account, ...context }: BatchContext<J, T> & { account: Account },
): Promise<BatchResult> {
	const batches = new Batches<J, T>(attempt, options, context);
	for (const job of jobs) await batches.add(account, job, 1);
	return await batches.end();
}
