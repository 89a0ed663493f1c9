import { type Effort, NOTHING_SPENT, type Settled } from '../batch/types';
import type { Failure } from '../failures/failure';
import type { ActionResponse, Result } from '../failures/result';
import type { OutputSettings, RequestInfo } from '../parameters/output';
import { DEFAULT_SETTINGS, type Prepared } from './prepare';
import { settledResult } from './settledResult';

/** What became of one item. */
export interface ItemResult {
	result: Result<ActionResponse>;
	settings: OutputSettings;
	/** Name of the answer in the item; `undefined` for an action without one. */
	outputName?: string;
	/** Names the request among the kept answers. */
	key?: string;
	/** What *Include Request Info* shows, if the item asks for it. */
	info?: RequestInfo;
	/** The item was never sent, because of another's failure: its own failure is that one. */
	unsent?: true;
}

/** What became of the items of a run, in numbers. */
export interface Tally {
	answered: number;
	failed: number;
	notSent: number;
	/** Items that took more than one request. */
	retried: number;
	/** Items whose answer was kept from an earlier try of this execution. */
	reused: number;
	/** Time in which the account's limit held the batch back, in ms. */
	heldMs: number;
	/** Time in which an item waited for another run's request of its session, in ms. */
	sessionMs: number;
}

/** The results of a run by item, and their tally. */
export class Results {
	readonly tally: Tally = { answered: 0, failed: 0, notSent: 0, retried: 0, reused: 0, heldMs: 0, sessionMs: 0 };

	/** What the person should know of items that were sent all the same, with how many each concerns. */
	readonly notices = new Map<string, number>();

	private readonly items: (ItemResult | undefined)[];

	/** @param count how many items the run has */
	constructor(count: number) {
		this.items = new Array<ItemResult | undefined>(count).fill(undefined);
	}

	/** How many items are settled. */
	get done(): number {
		const { answered, failed, notSent: unsent, reused } = this.tally;
		return answered + failed + unsent + reused;
	}

	get(index: number): ItemResult | undefined {
		return this.items[index];
	}

	/** Takes the end of an item. */
	settle({ index, settings, request, key, known }: Prepared, settled: Settled<ActionResponse, Failure>): void {
		const { tally } = this;
		const result = settledResult(settled);
		const item = { settings, key, outputName: request?.outputName, info: requestInfo(settings, settled), result };
		if (settled.tries > 1) tally.retried++;
		if (request?.hint !== undefined) this.notices.set(request.hint, (this.notices.get(request.hint) ?? 0) + 1);
		tally[settled.state === 'answered' && known ? 'reused' : settled.state]++;
		this.items[index] = settled.state === 'notSent' ? { ...item, unsent: true } : item;
	}

	/** Takes items that are refused before anything is sent. */
	refuse(prepared: Prepared, failure: Failure): void {
		this.settle(prepared, { state: 'failed', failure, ...NOTHING_SPENT });
	}

	/** Replaces an answer that cannot be delivered by the reason why; gives the new result. */
	overrule(index: number, failure: Failure): ItemResult {
		const before = this.items[index];
		if (before?.result.ok) {
			this.tally.answered--;
			this.tally.failed++;
		}
		return (this.items[index] = { settings: DEFAULT_SETTINGS, ...before, result: { ok: false, failure } });
	}

	/** Fails all items that are not settled, for one reason. */
	failRest(failure: Failure): void {
		this.items.forEach((item, index) => {
			if (!item) this.refuse({ index, settings: DEFAULT_SETTINGS }, failure);
		});
	}

	/** The first failure in input order that is an item's own; one that was merely not sent comes after all of them. */
	firstFailure(): { failure: Failure; index: number } | undefined {
		const failed = this.failures();
		const first = failed.find(({ unsent }) => !unsent) ?? failed[0];
		return first && { failure: first.failure, index: first.index };
	}

	/** All failures in input order. */
	failures(): { failure: Failure; index: number; unsent: boolean }[] {
		return this.items.flatMap((item, index) =>
			item && !item.result.ok ? [{ failure: item.result.failure, index, unsent: item.unsent === true }] : [],
		);
	}

	/** All answers by the keys under which they are kept, in input order. */
	answers(): (readonly [string, ActionResponse])[] {
		return this.items.flatMap((item) => (item?.result.ok && item.key !== undefined ? [[item.key, item.result.value] as const] : []));
	}
}

/** What takes less is the process being busy, in ms. */
const SHORTEST_WAIT_MS = 50;

function requestInfo({ includeRequestInfo }: OutputSettings, effort: Effort): RequestInfo | undefined {
	if (!includeRequestInfo) return undefined;
	const [waitedForLimitMs, waitedForSessionMs] = [Math.round(effort.limitWaitMs), Math.round(effort.sessionWaitMs)];
	return {
		tries: effort.tries,
		latencyMs: Math.round(effort.latencyMs),
		waitedMs: Math.round(effort.waitedMs),
		...(waitedForLimitMs >= SHORTEST_WAIT_MS ? { waitedForLimitMs } : {}),
		...(waitedForSessionMs >= SHORTEST_WAIT_MS ? { waitedForSessionMs } : {}),
	};
}
