import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { runBatch } from '../batch/runBatch';
import { AgentAiClient } from '../client/client';
import { loadEnvironment } from '../client/environment';
import { type Failure, failure } from '../failures/failure';
import { unexpectedFailure, unwrap } from '../failures/failureError';
import type { ActionResponse } from '../failures/result';
import type { Operation } from '../operations/operation';
import { readBatching } from '../parameters/batching';
import { attemptItem } from './attempt';
import { logDefects } from './defects';
import { deliver } from './deliver';
import { Files } from './files';
import { KeptAnswers, RequestKeys } from './keptAnswers';
import { LiveAnswers } from './liveAnswers';
import { nodeError } from './nodeError';
import { checkItems, type Prepared, prepareItems } from './prepare';
import { readAhead } from './readAhead';
import { createProgressLog } from './report';
import { Results } from './results';
import { callerOf, readRunContext, type RunContext } from './runContext';

/**
 * Runs an operation over all input items as one batch, and gives the output items of each input item, in their order.
 *
 * @throws NodeApiError or NodeOperationError when the execution was stopped, or when *On Error* is *Stop Workflow* and an
 * item failed; in the Continue modes nothing else, because n8n would give the input items on as a success
 */
export async function executeOperation(context: IExecuteFunctions, operation: Operation): Promise<INodeExecutionData[]> {
	const run = readRunContext(context);
	if (run.items.length === 0) return [];
	const results = new Results(run.items.length);
	const kept = new KeptAnswers(run.memory, run.runIndex);
	const live = new LiveAnswers(run, operation.textOf);
	const files = new Files(context);
	const ended = await endOf(async () => await answerItems(run, operation, results, kept, live, files));
	if (ended?.kind === 'aborted') {
		await kept.keep(results.answers());
		throw nodeError(run.node, ended, 0);
	}
	if (ended) results.failRest(ended);
	logDefects(run, results);
	await live.finish(results);
	return await deliver(run, operation, results, kept, files, live.open);
}

/** What ended some work before its end; whatever it throws included. */
async function endOf(work: () => Promise<Failure | undefined>): Promise<Failure | undefined> {
	try {
		return await work();
	} catch (error) {
		return unexpectedFailure(error, (text) => text);
	}
}

/**
 * Answers the items, as far as they can be.
 *
 * @returns what ended the run before its end, if anything did
 * @throws FailureError when the credential cannot be used
 */
async function answerItems(
	run: RunContext,
	operation: Operation,
	results: Results,
	kept: KeptAnswers,
	live: LiveAnswers,
	files: Files,
): Promise<Failure | undefined> {
	const { context, continues } = run;
	const client = unwrap(await AgentAiClient.open(context));
	const automatic = context.getNodeParameter('instance', 0, '') !== 'defineBelow';
	const environment = await loadEnvironment(client, operation.needs, automatic);
	const { settings: batching, problem } = readBatching((name) => context.getNodeParameter(`options.${name}`, 0, ''));
	const keys = new RequestKeys(client.credential);
	const items = await prepareItems({ run, operation, environment, kept, keys, redact: client.redactor([]), problem });
	const logProgress = createProgressLog(run, results);
	const batch = await runBatch<Prepared, ActionResponse, Failure>(
		continues ? readAhead(items) : await checkItems(items, (item, failed) => results.refuse(item, failed)),
		async (item) => await attemptItem(client, operation, item, live, files),
		{ ...batching, ...callerOf(context), stopOnFailure: !continues, live: live.open || run.isTool },
		{
			account: client.account,
			refusals: client.account.refusals,
			signal: context.getExecutionCancelSignal(),
			onSettled: (item, settled) => {
				results.settle(item, settled);
				logProgress();
			},
		},
	);
	Object.assign(results.tally, { heldMs: batch.heldMs, sessionMs: batch.sessionMs });
	return batch.aborted ? failure('aborted') : undefined;
}
