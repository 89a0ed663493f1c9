import { Batches } from '../batch/batches';
import { endOf, NOTHING_SPENT, type Settled } from '../batch/types';
import { systemClock } from '../client/systemClock';
import type { ActionResponse } from '../failures/result';
import { Pauses } from '../limiter/clock';
import type { Operation } from '../operations/operation';
import { readBatching } from '../parameters/batching';
import { handOverOf } from './answerHandOver';
import { attemptItem } from './attempt';
import { Ending } from './ending';
import { Files } from './files';
import { KeptAnswers } from './keptAnswers';
import { LiveAnswers } from './liveAnswers';
import { checkItems, ItemReader, type Prepared } from './prepare';
import { createOutageLog, createProgressLog } from './report';
import { RequestNames } from './requestNames';
import { Results } from './results';
import { callerOf, downWaitSeconds, type RunContext } from './runContext';
import { SameRequests } from './sameRequests';

/** What one run of the node works with. */
export interface Work {
	run: RunContext;
	operation: Operation;
	options: ReturnType<typeof readBatching>;
	results: Results;
	kept: KeptAnswers;
	live: LiveAnswers;
	files: Files;
	ending: Ending;
}

/** Most rows that are read and wait to be sent: their requests are in memory. */
const MOST_AHEAD = 300;

/** Reads the items, sends what is to be sent, and settles each; all of them, unless the run is ended before. */
export async function answerItems({ run, operation, options, results, kept, live, files, ending }: Work): Promise<void> {
	const { context, continues, node } = run;
	const { signal } = ending;
	const caller = { ...callerOf(context), isLaterRound: run.runIndex > 0 };
	const { settings: batching, problem } = options;
	const handOver = handOverOf(run, results, kept, batching.handOverEvery);
	results.handedOver = handOver;
	const reader = new ItemReader({
		run,
		operation,
		waits: { ...batching, ...caller, signal },
		kept,
		names: new RequestNames(node, batching.sameRequestOnce),
		problem,
	});
	const logProgress = createProgressLog(run, results);
	const settle = (item: Prepared, settled: Settled<ActionResponse>) => {
		results.settle(item, settled);
		handOver?.takeEnded(item);
		logProgress();
		same.ended(item, settled);
		results.tally.saved = same.saved;
	};
	// files of an answer are the row's own, and not kept with it
	const settleAnswered = async (item: Prepared, end: Settled<ActionResponse>) => {
		const request = item.ready?.request;
		if (end.state === 'answered' && request?.downloads !== undefined) {
			await files.fetch(item.index, end.value, request, item.settings.includeInputFields);
		}
		settle(item, end);
	};
	const late: Promise<void>[] = [];
	const same = new SameRequests((item, end) => void late.push(settleAnswered(item, end)));
	const batches: Batches<Prepared, ActionResponse> = new Batches<Prepared, ActionResponse>(
		async (item) => {
			const stopped = ending.begins(item.index);
			try {
				const attempt = await attemptItem(
					{ reader, operation, live, files, tally: results.tally, more: () => batches.bounds.spend() },
					item,
					stopped,
				);
				if (item.soFar) results.hold(item);
				return attempt;
			} finally {
				ending.ends(item.index);
			}
		},
		{ ...batching, stopOnFailure: !continues, live: live.open || run.isTool, reads: operation.reads, ...caller },
		{ signal, onSettled: settle, onOutage: createOutageLog(run), spent: results.tally },
	);
	const pauses = new Pauses(systemClock);
	const items = continues
		? reader.all(() => batches.bounds.halted !== undefined && !batching.sameRequestOnce)
		: await checkItems(reader.all(), pauses, signal, (item, failed) => results.refuse(item, failed));
	for await (const item of items) {
		if (signal.aborted) return;
		if (item.soFar) results.hold(item);
		if (item.known) await settleAnswered(item, endOf(item.known));
		else if (batching.sameRequestOnce && same.follows(item)) continue;
		else if (item.ready) await batches.add(item.ready.client.accountOf(item.ready.request), item, continues ? MOST_AHEAD : Infinity);
		else settle(item, { state: 'notSent', reason: batches.bounds.halted ?? { why: 'aborted' }, ...NOTHING_SPENT });
		if (pauses.due) await pauses.take();
	}
	Object.assign(results.tally, await batches.end());
	await Promise.all(late);
}

/** The batching options of a run. */
export const readOptions = (run: RunContext, live: LiveAnswers) =>
	readBatching((name) => run.context.getNodeParameter(`options.${name}`, 0, ''), downWaitSeconds(run, live.open));
