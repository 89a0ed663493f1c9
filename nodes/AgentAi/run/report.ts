import type { IExecuteFunctions, INode, NodeExecutionHint } from 'n8n-workflow';

import type { Outage } from '../batch/downTime';
import { type Failure, sentences } from '../failures/failure';
import { jsonLength } from '../failures/json';
import { cutBy } from '../transport/answer';
import { hint } from './hints';
import type { Results, Tally } from './results';
import { log, type RunContext } from './runContext';

/** Shorter waits are not worth a word, in ms. */
const SHORTEST_NAMED_MS = 500;

const requests = (count: number) => (count === 1 ? '1 request' : `${count} requests`);
/** What a run came to, e.g. “1200 requests, 3400000 tokens, 65 min”. */
const sums = ({ requests: sent, tokens }: Tally, tookMs: number) =>
	[requests(sent), ...(tokens > 0 ? [`${tokens} tokens`] : []), ...(tookMs >= SHORTEST_NAMED_MS ? [duration(tookMs)] : [])].join(', ');
const items = (count: number) => (count === 1 ? '1 item' : `${count} items`);

function counts({ answered, failed, notSent, reused }: Tally): string {
	return [`${answered + reused} answered`, `${failed} failed`, ...(notSent > 0 ? [`${notSent} not sent`] : [])].join(', ');
}

/** The hint after a run of several items: answered, failed, tried again, the time the rate limit took, and what all of it came to. */
export function batchHint(tally: Tally, total: number, tookMs: number, handedOver = 0): NodeExecutionHint | undefined {
	if (total < 2) return undefined;
	const { failed, notSent, retried, repaired, reused, saved, heldMs, sessionMs, outages, enoughAtOnce } = tally;
	const parts = [
		`${items(total)}: ${counts(tally)}`,
		...(reused > 0 ? [`${reused} kept from an earlier try`] : []),
		...(handedOver > 0 ? [`${handedOver} handed over`] : []),
		...(saved > 0 ? [`${requests(saved)} saved, because the same one had been sent`] : []),
		...(retried > 0 ? [`${retried} sent more than once`] : []),
		...(repaired > 0 ? [`${repaired} asked once more, because the answer did not fit Output Fields`] : []),
		...(heldMs >= SHORTEST_NAMED_MS ? [`waited ${duration(heldMs)} for the rate limit`] : []),
		...outages.map(outageText),
		...(sessionMs >= SHORTEST_NAMED_MS ? [`waited ${duration(sessionMs)} for other runs of the same session`] : []),
		...(enoughAtOnce ? [`Max Concurrency slowed the batch: ${enoughAtOnce} at once would use the whole rate limit`] : []),
		...(tally.requests > 0 ? [sums(tally, tookMs)] : []),
	];
	return hint(parts.join('; '), failed + notSent > 0 ? 'warning' : 'info');
}

/** From when to when something was down, and what was lost by it. */
function outageText({ failure, from, to, lost }: Outage): string {
	const lostText = lost > 0 ? `, ${items(lost)} in flight may have been done` : '';
	return `down from ${timeOf(from)} to ${timeOf(to)} (${failure.message}${lostText})`;
}

/** A time of the process's own clock, as people write it in UTC. */
const timeOf = (at: number) => `${new Date(performance.timeOrigin + at).toISOString().slice(11, 19)} UTC`;

/** Gives a function that logs when something goes down for the run, and when it is back or given up. */
export function createOutageLog(run: RunContext): (outage: Outage, isOver: boolean) => void {
	return (outage, isOver) => {
		if (isOver) log(run, 'info', outageText(outage));
		else log(run, 'warn', `waiting since ${timeOf(outage.from)}: ${outage.failure.message}`);
	};
}

/** How many kinds of failure, and how many items of each, the hint names. */
const MOST_NAMED = 5;

/** The first items of a list, e.g. “items 1, 4, 7, 8, 9 …”. */
const itemsNamed = (indexes: number[]) =>
	`${indexes.length === 1 ? 'item' : 'items'} ${indexes.slice(0, MOST_NAMED).join(', ')}${indexes.length > MOST_NAMED ? ' …' : ''}`;

/** What failed and where, most frequent first. Items are counted from 0, as n8n counts them in its own messages. */
function failuresByKind(results: Results): { count: number; text: string } {
	const byMessage = new Map<string, number[]>();
	for (const { failure, index, unsent } of results.failures()) {
		if (unsent) continue;
		const indexes = byMessage.get(failure.message) ?? [];
		byMessage.set(failure.message, indexes);
		indexes.push(index);
	}
	const groups = [...byMessage].sort(([, a], [, b]) => b.length - a.length);
	const named = groups.slice(0, MOST_NAMED).map(([message, indexes]) => {
		return `${indexes.length} × ${message} (${itemsNamed(indexes)})`;
	});
	if (groups.length > MOST_NAMED) named.push(`and ${groups.length - MOST_NAMED} more kinds`);
	return { count: [...byMessage.values()].flat().length, text: `Failed, items counted from 0: ${named.join('; ')}` };
}

/**
 * The hint that says what failed and where, and how to send only these again.
 *
 * @param errorOutput whether failed items go to an output of their own
 */
export function failuresHint(results: Results, errorOutput: boolean): NodeExecutionHint | undefined {
	const { count, text } = failuresByKind(results);
	if (count === 0) return undefined;
	return hint(sentences(text, toSendAgain(count, errorOutput)));
}

/** The hint that says how many answers were cut short, and by what: each is in its item, as far as it came. */
export function cutHint({ all }: Results): NodeExecutionHint | undefined {
	const cuts = all.flatMap((item) => (item?.result.ok ? (cutBy(item.result.value) ?? []) : []));
	const total = all.length;
	if (cuts.length === 0) return undefined;
	const answers = `${cuts.length} of ${total} ${total === 1 ? 'answer was' : 'answers were'} cut short`;
	const by = [...new Set(cuts)].map((cut) => `${cuts.filter((each) => each === cut).length} by ${cut}`).join(', ');
	return hint(`${answers} (${by}): see finish_reason beside the text`);
}

/** The hint that says how many answers do not fit the columns: each is in its item as text. */
export function unfitHint({ all }: Results): NodeExecutionHint | undefined {
	const count = all.filter((item) => item?.read?.misfit !== undefined).length;
	if (count === 0) return undefined;
	const [answers, their] = count === 1 ? ['answer does', 'its'] : ['answers do', 'their'];
	return hint(
		`${count} of ${all.length} ${answers} not fit Output Fields: ${their} columns are empty, and response_json_error beside the text says why`,
	);
}

function toSendAgain(count: number, errorOutput: boolean): string {
	const [it, these] = count === 1 ? ['It is', 'this one'] : ['They are', 'these'];
	// whether that output is connected already, n8n does not tell a node
	if (errorOutput) return `${it} on the error output: send only ${these} again from there`;
	return `${it} the ${count === 1 ? 'item' : 'items'} with a field “error”: filter by it to send only ${these} again`;
}

/** The hint on files that could not be had, the answers that name them being there. */
export function filesHint(told: string[]): NodeExecutionHint | undefined {
	if (told.length === 0) return undefined;
	const more = told.length > MOST_NAMED ? ` and ${told.length - MOST_NAMED} more` : '';
	return hint(`${told.slice(0, MOST_NAMED).join('; ')}${more}`);
}

/** The hint on answers that could not be handed over to another workflow: they are in the output all the same. */
export function handOverHint({ handedOver }: Results): NodeExecutionHint | undefined {
	const { left: count = 0, problem } = handedOver ?? {};
	if (count === 0) return undefined;
	const [answers, they] = count === 1 ? ['1 answer was', 'It is'] : [`${count} answers were`, 'They are'];
	const why = problem === undefined ? 'The run ended before that' : `The last try ended with: ${problem}`;
	const message = sentences(
		`${answers} not handed over to the workflow in Hand Over Answers To`,
		why,
		`${they} in the output of this node`,
	);
	return hint(message);
}

/** From this many MB on, a hint says what to do: n8n 2.41's editor pins at most 12 MB, and refuses a step behind 18 MB (measured). */
const LARGE_MB = 5;

/** So many answers are measured, evenly spread, and the others taken to be like them: all would block n8n. */
const MEASURED = 100;

/** The hint on an output that soon is too large for n8n's editor, where each answer is in its item twice. */
export function sizeHint({ all }: Results): NodeExecutionHint | undefined {
	const twice = all.flatMap((item) =>
		item?.result.ok && item.outputName !== undefined && !item.settings.simplify && !item.settings.includeInputFields
			? [item.result.value.response]
			: [],
	);
	const step = Math.ceil(twice.length / MEASURED);
	const measured = twice.filter((_response, index) => index % step === 0).map((response) => jsonLength(response) ?? 0);
	const length = measured.reduce((sum, one) => sum + one, 0);
	const megabytes = Math.round((2 * length * step) / 2 ** 20);
	if (megabytes < LARGE_MB) return undefined;
	return hint(
		`The output is about ${megabytes} MB, and each answer is in it twice: turn on Simplify to halve it. n8n’s editor cannot pin more than 12 MB, or execute the next step with much more`,
	);
}

/** Hints on items that were sent, although what they were read from looks like a mistake. */
export const noticeHints = ({ notices }: Results): NodeExecutionHint[] =>
	[...notices].map(([notice, count]) => hint(sentences(notice, count > 1 && `This affects ${items(count)}`)));

/** n8n's own retry sets in for the whole node; what it costs should be known. */
export function retryOnFailHint(node: INode, total: number): NodeExecutionHint | undefined {
	if (node.retryOnFail !== true || total < 2) return undefined;
	return hint(
		'Retry On Fail is on: n8n runs this node again if it fails or its first item fails. Items that have an answer are not sent again',
		'info',
	);
}

/** Whether a person can retry an execution in n8n, and which. */
interface RetryPossible {
	/** n8n saves the execution when it fails. */
	saved: boolean;
	/** Somebody runs it in the editor, where *Execute step* is nearer at hand than Retry, and sends all items again. */
	inEditor?: true;
	/** Its id, where another workflow called this one: the retry of that one starts this one anew (measured, n8n 2.41.1). */
	called?: string;
}

const notSaved = ({ inEditor }: RetryPossible) =>
	`n8n does not save ${inEditor ? 'manual' : 'failed'} executions of this workflow, so it offers no Retry and a new run sends all items again. To change that, set “Save ${inEditor ? 'manual' : 'failed production'} executions” in its settings to “Save”`;

interface SaveSettings {
	saveDataErrorExecution?: unknown;
	saveManualExecutions?: unknown;
}

/** What n8n says of it; an older one that does not tell its workflow's settings is taken to save. */
export function retryPossible(context: IExecuteFunctions & { getWorkflowSettings?: () => SaveSettings }): RetryPossible {
	const mode = context.getMode();
	const settings = context.getWorkflowSettings?.();
	return {
		saved: mode === 'manual' ? settings?.saveManualExecutions !== false : settings?.saveDataErrorExecution !== 'none',
		...(mode === 'manual' ? { inEditor: true } : {}),
		...(mode === 'integrated' ? { called: context.getExecutionId() } : {}),
	};
}

/** The failure that ends a run in Stop mode: what happened first, what the whole run came to, and every item that failed. */
export function stoppedFailure(
	first: Failure,
	results: Results,
	total: number,
	kept: number,
	retry: RetryPossible = { saved: true },
): Failure {
	if (total < 2) return first;
	const { called } = retry;
	const retryOf = called === undefined ? 'Retry of this execution' : `Retry of execution ${called}`;
	const { tally } = results;
	const failures = failuresByKind(results);
	const answered = tally.answered + tally.reused;
	// what was refused before anything was sent leaves all others unsent
	const notSent = total - answered - tally.failed;
	return {
		...first,
		message: `${first.message} (${answered} of ${total} items answered, ${tally.failed} failed, ${notSent} not sent)`,
		description: sentences(
			first.description,
			failures.count > 1 && failures.text,
			!retry.saved && answered > 0 && notSaved(retry),
			retry.saved &&
				kept > 0 &&
				kept >= answered &&
				`The ${kept === 1 ? 'answer is' : 'answers are'} kept: ${retryOf} sends only what has no answer yet`,
			retry.saved &&
				kept < answered &&
				`${kept} of ${answered} answers are kept, the others are too large: ${retryOf} sends what has no answer yet, and ${items(answered - kept)} again`,
			// the retry includes the very item that was not tried again
			retry.saved && kept > 0 && called !== undefined && 'Retry of the execution that called it sends all items again',
			retry.inEditor && kept > 0 && 'Execute step sends all items again',
			secondTime(first, results, retry.saved),
		),
	};
}

/** Names the items of a stopped run of which nobody knows whether they were done: whatever sends the rest sends them again. */
function secondTime(first: Failure, results: Results, saved: boolean): string | undefined {
	const indexes = results.failures().flatMap(({ failure, index, unsent }) => (failure.delivery === 'uncertain' && !unsent ? [index] : []));
	if (indexes.length === 0) return undefined;
	const isThis = indexes.length === 1 && first.delivery === 'uncertain';
	const which = isThis ? 'this item' : itemsNamed(indexes);
	return `${saved ? 'Retry' : 'A new run'} includes ${which}, which may run a second time: if that would do harm, look first at what the agent has done`;
}

/** From this many items on, the log says at every tenth of the way how far the batch is. */
const PROGRESS_FROM = 50;

/** Gives a function that logs how far the run is, to be called whenever an item is settled. */
export function createProgressLog(run: RunContext, results: Results): () => void {
	const total = run.items.length;
	const tenth = Math.ceil(total / 10);
	let next = tenth;
	return () => {
		const { done, tally } = results;
		if (total < PROGRESS_FROM || done < next) return;
		next = done - (done % tenth) + tenth;
		const answered = tally.answered + tally.reused;
		log(run, 'info', `${done} of ${total} items done (${answered} answered, ${tally.failed} failed)`);
	};
}

function duration(ms: number): string {
	const seconds = Math.round(ms / 1000);
	return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** Logs where unexpected errors were thrown, each once however many items it failed: they are bugs of this package. */
export function logDefects(run: RunContext, results: Results): void {
	const items = new Map<string, number[]>();
	for (const { failure, index } of results.failures()) {
		if (failure.stack) items.set(failure.stack, [...(items.get(failure.stack) ?? []), index]);
	}
	for (const [stack, [first = 0, ...others]] of items) {
		const where = others.length > 0 ? `item ${first} and ${others.length} more` : `item ${first}`;
		log(run, 'error', `unexpected error (${where}). Please report it.\n${stack}`);
	}
}
