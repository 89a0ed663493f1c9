import type { INodeExecutionData } from 'n8n-workflow';

import type { HandOver } from '../batch/handOver';
import { type BatchResult, type Effort, NOTHING_SPENT, resultOf, type Settled } from '../batch/types';
import type { ReadColumns } from '../client/actionRequest';
import type { Situation } from '../failures/advice';
import { type Failure, inSituation } from '../failures/failure';
import { unexpectedFailure } from '../failures/failureError';
import type { ActionResponse, Result } from '../failures/result';
import type { OutputSettings, RequestInfo } from '../parameters/output';
import type { Redactor } from '../transport/redact';
import type { Leftover } from './keptAnswers';
import { DEFAULT_SETTINGS, type Prepared } from './prepare';

/** What became of one item. */
export interface ItemResult {
	result: Result<ActionResponse>;
	settings: OutputSettings;
	/** Name of the answer in the item; `undefined` for an action without one. */
	outputName?: string;
	/** Names the request among the kept answers. */
	key?: string;
	/** Whose credential it was sent with, see `AgentAiClient.id`. */
	account?: string;
	/** What *Include Request Info* shows, if the item asks for it. */
	info?: RequestInfo;
	/** The columns of an answer, where any are wanted. */
	read?: ReadColumns;
	/** An answer of a failed item that the next try goes on from. */
	leftover?: ActionResponse;
	/** Takes the request's secrets out of texts; absent where none was read. */
	redact?: Redactor;
	/** The item was never sent, because of another's failure: its own failure is that one. */
	unsent?: true;
}

/** What became of the items of a run, in numbers. */
export interface Tally extends BatchResult {
	answered: number;
	failed: number;
	notSent: number;
	/** Items that took more than one request. */
	retried: number;
	/** Items that were asked once more, because an answer did not fit their columns. */
	repaired: number;
	/** Items whose answer was kept from an earlier try of this execution. */
	reused: number;
	/** Items that ended with the request of another. */
	saved: number;
	/** Requests that were sent. */
	requests: number;
	/** Tokens that the answers to these name. */
	tokens: number;
}

/** What is true where the failure of an item is read, whose request has cost so much. */
export type SituationOf = (item: Prepared, effort: Effort) => Situation;

/** An answer that is handed over to another workflow. */
export interface HandedAnswer {
	index: number;
	/** Names the answer and whom it is given to, for the next try of this run. */
	mark: string;
}

/** The results of a run by item, and their tally. The output items of each stand ready as soon as it is settled. */
export class Results {
	readonly tally: Tally = {
		answered: 0,
		failed: 0,
		notSent: 0,
		retried: 0,
		repaired: 0,
		reused: 0,
		saved: 0,
		requests: 0,
		tokens: 0,
		heldMs: 0,
		sessionMs: 0,
		outages: [],
	};

	/** What the person should know of items that were sent all the same, with how many each concerns. */
	readonly notices = new Map<string, number>();

	/** Where the answers are handed over, if they are. */
	handedOver?: HandOver<HandedAnswer>;

	/** The results by item; none where it is not settled. */
	readonly all: (ItemResult | undefined)[];

	private readonly held = new Map<number, Prepared>();

	private readonly output: INodeExecutionData[][];

	constructor(
		count: number,
		private readonly build?: (result: ItemResult, index: number) => INodeExecutionData[],
		private readonly situationOf?: SituationOf,
	) {
		this.all = new Array<ItemResult | undefined>(count).fill(undefined);
		this.output = new Array<INodeExecutionData[]>(count);
	}

	/** How many items are settled. */
	get done(): number {
		const { answered, failed, notSent: unsent, reused } = this.tally;
		return answered + failed + unsent + reused;
	}

	get(index: number): ItemResult | undefined {
		return this.all[index];
	}

	/** Takes the end of an item. */
	settle(prepared: Prepared, settled: Settled<ActionResponse>): void {
		const { index, settings, ready, key, known, unfit, leftover } = prepared;
		if (this.all[index]) return;
		this.held.delete(index);
		const { tally } = this;
		const came = resultOf(settled);
		const situation = this.situationOf?.(prepared, settled);
		const result = came.ok || !situation ? came : { ok: false as const, failure: inSituation(came.failure, situation) };
		const { request, client } = ready ?? {};
		const { columns, outputName } = request ?? {};
		const redact = client?.redactor(request?.secrets ?? []);
		const info = requestInfo(settings, settled);
		const read = result.ok ? columns?.read(result.value, redact) : undefined;
		const item = { settings, key, account: client?.id, outputName, info, read, leftover, redact, result };
		const asked = unfit?.asked ?? 0;
		if (settled.tries > 1 + asked) tally.retried++;
		if (asked > 0) tally.repaired++;
		if (request?.hint !== undefined) this.notices.set(request.hint, (this.notices.get(request.hint) ?? 0) + 1);
		tally[settled.state === 'answered' && known ? 'reused' : settled.state]++;
		this.all[index] = settled.state === 'notSent' ? { ...item, unsent: true } : item;
		this.buildItem(index);
	}

	/** Takes note of an item that has an answer, and is asked once more. */
	hold(item: Prepared): void {
		this.held.set(item.index, item);
	}

	/** Takes items that are refused before anything is sent. */
	refuse(prepared: Prepared, failure: Failure): void {
		this.settle(prepared, { state: 'failed', failure, ...NOTHING_SPENT });
	}

	/** The output items of one item that is settled. */
	itemsOf(index: number): INodeExecutionData[] {
		return this.output[index] ?? [];
	}

	/** The output items in input order; every item is settled by now. */
	outputItems(): INodeExecutionData[] {
		return this.output.flat();
	}

	/** Builds an item's output; what cannot be built is that item's failure. */
	private buildItem(index: number): void {
		if (!this.build) return;
		try {
			this.output[index] = this.build(this.all[index] as ItemResult, index);
		} catch (error) {
			const failed = unexpectedFailure(error, this.all[index]?.redact);
			this.output[index] = this.build(this.overrule(index, failed), index);
		}
	}

	/** Replaces an answer that cannot be delivered by the reason why; gives the new result. */
	overrule(index: number, failure: Failure): ItemResult {
		const before = this.all[index];
		if (before?.result.ok) {
			this.tally.answered--;
			this.tally.failed++;
		}
		return (this.all[index] = { settings: DEFAULT_SETTINGS, ...before, result: { ok: false, failure } });
	}

	/** Fails all items that are not settled, but for those that have an answer. What ends later is passed over. */
	failRest(failureOf: (index: number) => Failure): void {
		this.all.forEach((item, index) => {
			if (item) return;
			const held = this.held.get(index);
			const failed = failureOf(index);
			const end = held?.soFar?.(failed);
			if (held && end?.ok) this.settle(held, { ...NOTHING_SPENT, tries: 1, state: 'answered', value: end.value });
			else if (held) this.refuse(held, end && !end.ok ? end.failure : failed);
			else if (failed.delivery === 'notDelivered')
				this.settle(bare(index), { ...NOTHING_SPENT, state: 'notSent', reason: { why: 'ended', failure: failed } });
			else this.refuse(bare(index), failed);
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
		return this.all.flatMap((item, index) =>
			item && !item.result.ok ? [{ failure: item.result.failure, index, unsent: item.unsent === true }] : [],
		);
	}

	/** What the next try of this run can use. */
	leftover(): Leftover {
		const answers = this.all.flatMap((item) => {
			const answer = item?.result.ok ? item.result.value : item?.leftover;
			return answer && item?.key !== undefined ? [[item.key, answer] as const] : [];
		});
		const refused = this.all.flatMap((item) =>
			item?.result.ok === false && !item.unsent && item.result.failure.kind === 'agentToken' && item.account !== undefined
				? [item.account]
				: [],
		);
		return { answers, refused: [...new Set(refused)], handedOver: this.handedOver?.given.map(({ mark }) => mark) ?? [] };
	}
}

/** An item that was not read. */
const bare = (index: number): Prepared => ({ index, settings: DEFAULT_SETTINGS });

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
