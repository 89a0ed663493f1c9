import { NOTHING_SPENT, type Settled } from '../batch/types';
import type { ActionResponse } from '../failures/result';
import type { Prepared } from './prepare';

/**
 * The rows of a run whose request is the same: the first is sent, and the others end as it does, whatever that is. A failure
 * is not tried out again by the next of them: what may have run would run once more, and what was refused would be again.
 */
export class SameRequests {
	/** How many requests were not sent, because another had been. */
	saved = 0;

	private readonly rows = new Map<string, { end?: Settled<ActionResponse>; waiting: Prepared[] }>();

	/** @param settle ends a row */
	constructor(private readonly settle: (item: Prepared, end: Settled<ActionResponse>) => void) {}

	/** Whether a row has the request of an earlier one: then it ends with that. */
	follows(item: Prepared): boolean {
		const { key } = item;
		if (key === undefined) return false;
		const first = this.rows.get(key);
		if (!first) this.rows.set(key, { waiting: [] });
		else if (first.end) this.endAlike(item, first.end);
		else first.waiting.push(item);
		return first !== undefined;
	}

	/** Takes the end of a row that was the first with its request. */
	ended({ key }: Prepared, end: Settled<ActionResponse>): void {
		const first = key === undefined ? undefined : this.rows.get(key);
		if (!first || first.end) return;
		first.end = end;
		for (const item of first.waiting.splice(0)) this.endAlike(item, end);
	}

	private endAlike(item: Prepared, end: Settled<ActionResponse>): void {
		if (end.state !== 'notSent') this.saved++;
		this.settle(item, { ...end, ...NOTHING_SPENT });
	}
}
