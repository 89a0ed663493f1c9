import { createHmac } from 'crypto';
import type { IContextObject, IDataObject } from 'n8n-workflow';

import type { ActionRequest } from '../account/actionRequest';
import type { ActionResponse } from '../transport/result';

/** Bound on what is kept, in UTF-16 code units of JSON: it travels with the execution's data in n8n's database. */
const MAX_KEPT_LENGTH = 5 * 1024 * 1024;
const STORE = 'agentAiAnswers';

/**
 * Names a request by all that decides its answer: the account, the server, the action and the whole body, secrets
 * included. The hash is keyed with the account's token, so that no secret can be guessed from a name. Equal requests of one
 * run get different keys by counting them, so that each has an answer of its own.
 */
export class RequestKeys {
	private readonly seen = new Map<string, number>();

	constructor(private readonly account: { baseUrl: string; apiToken: string }) {}

	next({ action, body }: Pick<ActionRequest, 'action' | 'body'>): string {
		const { baseUrl, apiToken } = this.account;
		const hash = createHmac('sha256', apiToken)
			.update(JSON.stringify([baseUrl, action, body]))
			.digest('base64url');
		const count = (this.seen.get(hash) ?? 0) + 1;
		this.seen.set(hash, count);
		return count === 1 ? hash : `${hash}:${count}`;
	}
}

/**
 * Answers already paid for, kept in the execution's own node context, which n8n's Retry and *Retry On Fail* bring back
 * (measured, n8n 2.41.1). Bounded at 5 MB; the newest are kept.
 */
export class KeptAnswers {
	/**
	 * @param context what `getContext('node')` gives
	 * @param runIndex the node's run within the execution: a loop runs it many times
	 */
	constructor(
		private readonly context: IContextObject,
		private readonly runIndex: number,
	) {}

	get(key: string): ActionResponse | undefined {
		return this.load()[key];
	}

	/**
	 * Adds to what is kept for this run: a run that is stopped early has not come by all of its kept answers again.
	 *
	 * @param answers by key, oldest first
	 */
	keep(answers: Array<readonly [string, ActionResponse]>): void {
		const all = new Map(Object.entries(this.load()));
		for (const [key, answer] of answers) {
			// what was kept before and is here again counts as new
			all.delete(key);
			all.set(key, answer);
		}
		const kept: Array<[string, ActionResponse]> = [];
		let total = 0;
		for (const [key, answer] of [...all].reverse()) {
			total += JSON.stringify(answer).length;
			if (total > MAX_KEPT_LENGTH) break;
			kept.push([key, answer]);
		}
		this.save(kept.length === 0 ? undefined : Object.fromEntries(kept.reverse()));
	}

	/** Forgets this run's answers: the node has delivered them. */
	clear(): void {
		if (this.context[STORE] !== undefined) this.save(undefined);
	}

	private load(): Record<string, ActionResponse> {
		const store = this.context[STORE] as IDataObject | undefined;
		return (store?.[this.runIndex] ?? {}) as unknown as Record<string, ActionResponse>;
	}

	private save(run: Record<string, ActionResponse> | undefined): void {
		const store = { ...(this.context[STORE] as IDataObject | undefined) };
		if (run) store[this.runIndex] = run as unknown as IDataObject;
		else delete store[this.runIndex];
		if (Object.keys(store).length === 0) delete this.context[STORE];
		else this.context[STORE] = store;
	}
}
