import type { IContextObject, IDataObject, INode } from 'n8n-workflow';

import { systemClock } from '../client/systemClock';
import { jsonLength } from '../failures/json';
import type { ActionResponse } from '../failures/result';
import { withPauses } from '../limiter/clock';

/**
 * Bound on what one run keeps, in UTF-16 code units of JSON: it travels with the execution's data in n8n's database. The
 * items of the node would have held as much; n8n saves the whole execution as one text, which cannot be longer than 512 MB.
 */
const MAX_KEPT_LENGTH = 64 * 1024 * 1024;
const STORE = 'agentAiAnswers';

/** What one run leaves for the next try of it. */
export interface Leftover {
	/** Answers by the names of their requests, oldest first. */
	answers: (readonly [string, ActionResponse])[];
	/** Accounts whose token was refused, see `AgentAiClient.id`: the same credential may hold another now. */
	refused: string[];
	/** What was handed over to another workflow, see `HandedAnswer.mark`. */
	handedOver: string[];
}

/** What is kept of one run of the node. */
interface KeptRun extends Omit<Leftover, 'answers'> {
	answers: Record<string, ActionResponse>;
	/** How often n8n's *Retry On Fail* has run the node already, without this time. */
	tries: number;
}

/**
 * Answers already paid for, kept in the execution's own node context, which n8n's Retry and *Retry On Fail* bring back
 * (measured, n8n 2.41.1). Bounded at 64 MB, the newest are kept, for the latest run of a loop only: the runs before it have
 * ended well, or there would be no later one.
 */
export class KeptAnswers {
	private handedOver?: Set<string>;

	/**
	 * @param context what `getContext('node')` gives
	 * @param maxLength most that is kept, in UTF-16 code units of JSON
	 */
	constructor(
		private readonly context: IContextObject,
		private readonly runIndex: number,
		private readonly maxLength = MAX_KEPT_LENGTH,
	) {}

	get isEmpty(): boolean {
		return Object.keys(this.load().answers).length === 0;
	}

	get refusedAccounts(): string[] {
		return this.load().refused;
	}

	/** Whether an earlier try of this run has handed over what has this mark. */
	wasHandedOver(mark: string): boolean {
		this.handedOver ??= new Set(this.load().handedOver);
		return this.handedOver.has(mark);
	}

	get(key: string): ActionResponse | undefined {
		const { answers } = this.load();
		return Object.hasOwn(answers, key) ? answers[key] : undefined;
	}

	/**
	 * Whether n8n will run the node again by itself: *Retry On Fail* does when the first item holds an `error`, whatever the
	 * error mode, up to its *Max. Tries* (measured, n8n 2.41.1; 2 to 5, and 3 where it is not set).
	 */
	runsAgain({ retryOnFail, maxTries = 3 }: INode, first: IDataObject | undefined): boolean {
		const error = first?.error;
		if (retryOnFail !== true || error === undefined || error === null || error === false) return false;
		return this.load().tries + 1 < Math.min(5, Math.max(2, maxTries));
	}

	/**
	 * Adds to what is kept for this run: a run that is stopped early has not come by all of its kept answers again. An
	 * answer that cannot be written as JSON is left out.
	 *
	 * @param atOnce without a pause: n8n has ended the execution, and saves only what is there in this turn of the event loop
	 * @returns how many of these answers are kept; never throws, because an answer that cannot be kept can still be delivered
	 */
	async keep({ answers, refused, handedOver }: Leftover, atOnce = false): Promise<number> {
		try {
			const known = this.load();
			// what was kept before and is here again counts as new
			const all = new Map(Object.entries(known.answers));
			for (const [key, answer] of answers) {
				all.delete(key);
				all.set(key, answer);
			}
			const kept = new Map<string, ActionResponse>();
			const newestFirst = [...all].reverse();
			if (atOnce) newestFirst.every(bounded(kept, this.maxLength));
			else await withPauses(systemClock, newestFirst, bounded(kept, this.maxLength));
			this.save(
				kept.size === 0
					? undefined
					: {
							answers: Object.fromEntries([...kept].reverse()),
							tries: known.tries + 1,
							refused: [...new Set([...known.refused, ...refused])],
							handedOver: [...new Set([...known.handedOver, ...handedOver])],
						},
			);
			return answers.filter(([key]) => kept.has(key)).length;
		} catch {
			return 0;
		}
	}

	/** Forgets this run's answers: the node has delivered them. */
	clear(): void {
		if (this.context[STORE] !== undefined) this.save(undefined);
	}

	private load(): KeptRun {
		const store = this.context[STORE] as Record<string, Partial<KeptRun>> | undefined;
		const { answers = {}, tries = 0, refused = [], handedOver = [] } = store?.[this.runIndex] ?? {};
		return { answers, tries, refused, handedOver };
	}

	private save(run: KeptRun | undefined): void {
		if (run) this.context[STORE] = { [this.runIndex]: run } as unknown as IDataObject;
		else delete this.context[STORE];
	}
}

/** Takes as many answers as fit, one by one. */
function bounded(kept: Map<string, ActionResponse>, maxLength: number): (answer: [string, ActionResponse]) => boolean {
	let total = 0;
	return ([key, answer]) => {
		const length = jsonLength(answer);
		total += length ?? 0;
		if (total > maxLength) return false;
		if (length !== undefined) kept.set(key, answer);
		return true;
	};
}
