import type { INode, NodeExecutionHint } from 'n8n-workflow';

import type { ErrorSummary } from './errors';

/** What became of the items of a run. */
export interface Tally {
	answered: number;
	failed: number;
	notSent: number;
	/** Items that took more than one request. */
	retried: number;
	/** Items whose answer was kept from an earlier try of this execution. */
	reused: number;
	/** Time in which the rate limit held the batch back, in ms. */
	heldMs: number;
}

const items = (count: number) => (count === 1 ? '1 item' : `${count} items`);

function counts({ answered, failed, notSent, reused }: Tally): string {
	return [`${answered + reused} answered`, `${failed} failed`, ...(notSent > 0 ? [`${notSent} not sent`] : [])].join(', ');
}

/** The hint after a run of several items: answered, failed, tried again, and the time the rate limit took. */
export function batchHint(tally: Tally, total: number): NodeExecutionHint | undefined {
	if (total < 2) return undefined;
	const { failed, notSent, retried, reused, heldMs } = tally;
	const parts = [
		`${items(total)}: ${counts(tally)}`,
		...(reused > 0 ? [`${reused} kept from an earlier try`] : []),
		...(retried > 0 ? [`${retried} sent more than once`] : []),
		...(heldMs >= 500 ? [`waited ${duration(heldMs)} for the rate limit`] : []),
	];
	return {
		message: parts.join('; '),
		type: failed + notSent > 0 ? 'warning' : 'info',
		location: 'outputPane',
	};
}

/** n8n's own retry sets in for the whole node; what it costs should be known. */
export function retryOnFailHint(node: INode, total: number): NodeExecutionHint | undefined {
	if (node.retryOnFail !== true || total < 2) return undefined;
	return {
		message: 'Retry On Fail is on: n8n runs the whole node again after a failure. Only items without an answer are sent again',
		type: 'info',
		location: 'outputPane',
	};
}

/** The text of the error that ends a run in Stop mode: what happened first, and what the whole run came to. */
export function stoppedMessage(first: ErrorSummary, tally: Tally, total: number): Pick<ErrorSummary, 'message' | 'description'> {
	if (total < 2) return first;
	const answered = tally.answered + tally.reused;
	// what was refused before anything was sent leaves all others unsent
	const notSent = total - answered - tally.failed;
	return {
		message: `${first.message} (${answered} of ${total} items answered, ${tally.failed} failed, ${notSent} not sent)`,
		description:
			answered === 0
				? first.description
				: `${first.description} The ${answered === 1 ? 'answer is' : 'answers are'} kept: Retry of this execution sends only what has no answer yet.`,
	};
}

function duration(ms: number): string {
	const seconds = Math.round(ms / 1000);
	return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
