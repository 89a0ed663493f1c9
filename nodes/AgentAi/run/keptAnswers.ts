import { createHmac, hash } from 'crypto';
import type { IContextObject, IDataObject, INode } from 'n8n-workflow';

import type { ActionRequest } from '../client/actionRequest';
import type { ActionResponse } from '../failures/result';
import { withPauses } from './withPauses';

/** Bound on what one run keeps, in UTF-16 code units of JSON: it travels with the execution's data in n8n's database. */
const MAX_KEPT_LENGTH = 5 * 1024 * 1024;
const STORE = 'agentAiAnswers';

/**
 * Names a request by all that decides its answer: the account, the server, the action and the whole body, secrets
 * included. The hash is keyed with the account's token, so that no secret can be guessed from a name. Equal requests of one
 * run get different keys by counting them, so that each has an answer of its own.
 */
export class RequestKeys {
	private readonly seen = new Map<string, number>();

	/** The key, 32 bytes in base64url; in front of what is hashed it costs each item less than an HMAC of its own. */
	private readonly secret: string;

	constructor({ baseUrl, apiToken }: { baseUrl: string; apiToken: string }) {
		this.secret = createHmac('sha256', apiToken).update(baseUrl).digest('base64url');
	}

	next({ action, body, webhook, pages }: Pick<ActionRequest, 'action' | 'body' | 'webhook' | 'pages'>): string {
		const target = JSON.stringify([action, body, ...(webhook ? [webhook.url] : []), ...(pages ? [pages] : [])]);
		const name = hash('sha256', this.secret + target, 'base64url');
		const count = (this.seen.get(name) ?? 0) + 1;
		this.seen.set(name, count);
		return count === 1 ? name : `${name}:${count}`;
	}
}

/** What is kept of one run of the node. */
interface KeptRun {
	answers: Record<string, ActionResponse>;
	/** How often n8n's *Retry On Fail* has run the node already, without this time. */
	tries: number;
}

/**
 * Answers already paid for, kept in the execution's own node context, which n8n's Retry and *Retry On Fail* bring back
 * (measured, n8n 2.41.1). Bounded at 5 MB, the newest are kept, for the latest run of a loop only: the runs before it have
 * ended well, or there would be no later one.
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
	 * @param answers by key, oldest first
	 * @returns whether they are kept; never throws, because an answer that cannot be kept can still be delivered
	 */
	async keep(answers: (readonly [string, ActionResponse])[]): Promise<boolean> {
		try {
			await this.add(answers);
			return answers.length > 0;
		} catch {
			return false;
		}
	}

	private async add(answers: (readonly [string, ActionResponse])[]): Promise<void> {
		const { answers: known, tries } = this.load();
		const all = new Map(Object.entries(known));
		for (const [key, answer] of answers) {
			// what was kept before and is here again counts as new
			all.delete(key);
			all.set(key, answer);
		}
		const kept: [string, ActionResponse][] = [];
		let total = 0;
		await withPauses([...all].reverse(), ([key, answer]) => {
			// one that cannot be written as JSON is left out
			const length = jsonLength(answer);
			total += length ?? 0;
			if (total > MAX_KEPT_LENGTH) return false;
			if (length !== undefined) kept.push([key, answer]);
		});
		this.save(kept.length === 0 ? undefined : { answers: Object.fromEntries(kept.reverse()), tries: tries + 1 });
	}

	/** Forgets this run's answers: the node has delivered them. */
	clear(): void {
		if (this.context[STORE] !== undefined) this.save(undefined);
	}

	private load(): KeptRun {
		const store = this.context[STORE] as Record<string, Partial<KeptRun>> | undefined;
		const { answers = {}, tries = 0 } = store?.[this.runIndex] ?? {};
		return { answers, tries };
	}

	private save(run: KeptRun | undefined): void {
		if (run) this.context[STORE] = { [this.runIndex]: run } as unknown as IDataObject;
		else delete this.context[STORE];
	}
}

/** The length of a value as JSON, `undefined` when it has none (nested too deeply). */
function jsonLength(value: unknown): number | undefined {
	try {
		return JSON.stringify(value).length;
	} catch {
		return undefined;
	}
}
