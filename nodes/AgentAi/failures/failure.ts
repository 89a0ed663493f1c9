import { adviceParts, ANYWHERE, ofAddress, repeated, type Situation, waitLonger } from './advice';
import type { Delivery, LimitedBy, Shared } from './failureRow';
import { type FailureKind, failureRow } from './failureTable';

export type { FailureKind } from './failureTable';

/**
 * Why there is no answer, in words for people and in facts for the batch: one type from the connection to the item and
 * to the thrown error. Never holds a secret: its texts are built from cleaned remote text only.
 */
export interface Failure {
	kind: FailureKind;
	/** Whether the work may have been done. */
	delivery: Delivery;
	/** Who else would fail the same way. */
	shared?: Shared;
	/** What happened, one sentence without a final full stop. */
	message: string;
	/** What to do next, then what the remote side said; whole sentences. */
	description: string;
	/** What the description is made of, so that `inSituation` can make it again. */
	words: Words;
	/** What the remote side said, where it said anything; it stands in the description too. */
	said?: string;
	/** The HTTP status that decided, as n8n's `httpCode` wants it; absent when no answer came. */
	httpCode?: string;
	/** The text of an answer that broke off, or that is not what was asked for. */
	partialText?: string;
	/** Of an unexpected error: where it was thrown, for n8n's log. */
	stack?: string;
	/** By what n8n finds its own help for an error of an expression, and the node that this names; both from its error's `context`. */
	help?: { descriptionKey: string; nodeCause?: string };
	/** When it makes sense to go on, as ISO text in UTC, where that is known. */
	resetsAt?: string;
}

/** What a description is made of, beside what the table says and what the other side said. */
export interface Words {
	/** Comes before the advice; a limit is told in words that depend on *Max Wait*. */
	before: (string | { resetInMs: number | undefined })[];
	/** Replaces the advice of the table. */
	advice?: string;
	code?: string;
}

/**
 * The facts of a case, cleaned of secrets; its own message, advice and delivery replace those of the table. `status` is that of
 * the answer, or the one inside its body where that decided; `code` is one of Node.js such as ECONNREFUSED.
 */
export type FailureFacts = Partial<Pick<Failure, 'said' | 'message' | 'delivery' | 'partialText' | 'stack'>> &
	Pick<Words, 'advice' | 'code'> & { status?: number };

/** Builds a failure of the given kind from the texts of the table and the facts of the case; `inSituation` adds what depends on where it is read. */
export function failure(kind: FailureKind, facts: FailureFacts = {}): Failure {
	const { message, delivery, shared } = failureRow(kind);
	const failed: Failure = {
		kind,
		message: facts.message ?? message,
		description: '',
		words: { before: [], ...(facts.advice === undefined ? {} : { advice: facts.advice }), ...(facts.code ? { code: facts.code } : {}) },
		delivery: facts.delivery ?? delivery,
		...(shared ? { shared } : {}),
		...(facts.said ? { said: facts.said } : {}),
		...(facts.status ? { httpCode: String(facts.status) } : {}),
		...(facts.partialText ? { partialText: facts.partialText } : {}),
		...(facts.stack ? { stack: facts.stack } : {}),
	};
	return inSituation(failed, ANYWHERE);
}

/** The failure with the words that are true where it is read: the one place where advice is made. */
export function inSituation(failed: Failure, situation: Situation): Failure {
	const { kind, delivery, words, said } = failed;
	const row = failureRow(kind);
	const elsewhere = situation.asked === 'other' ? row.elsewhere?.message : undefined;
	const parts =
		words.advice === undefined
			? adviceParts({ ...row, delivery }, situation)
			: [words.advice, row.ofInput ? undefined : repeated(delivery, situation)];
	const advice = ofAddress(sentences(...parts), situation);
	return {
		...failed,
		message: ofAddress(elsewhere !== undefined && failed.message === row.message ? elsewhere : failed.message, situation),
		description: sentences(
			...words.before.map((part) => (typeof part === 'string' ? part : liftsLate(part.resetInMs, situation))),
			words.code ? `${advice.replace(/\.$/, '')} (${words.code})` : advice,
			said && `The response was: “${said}”`,
		),
	};
}

/** The failure with something that is said before its advice. */
export const saidBefore = (failed: Failure, ...before: Words['before']): Failure =>
	inSituation({ ...failed, words: { ...failed.words, before: [...before, ...failed.words.before] } }, ANYWHERE);

/** Message and description together, for places that show one text alone. */
export const inOneText = ({ message, description }: Pick<Failure, 'message' | 'description'>) => sentences(message, description);

/** All would fail as this one did; learned so many ms ago, and asked again in so many, where that is known. */
export interface SharedReason {
	why: 'shared';
	failure: Failure;
	learnedMsAgo?: number;
	askedInMs?: number;
}

/** Why an item that was never sent was not. */
export type NotSentReason =
	| SharedReason
	/** The run ends at its first failure. */
	| { why: 'stopped'; failure: Failure }
	| { why: 'failuresInARow'; count: number; failure: Failure }
	/** The run has sent as many requests as it may. */
	| { why: 'maxRequests'; count: number }
	/** A limit resets later than the item may wait: in `resetInMs`, where that is known; asked again in `askedInMs`. */
	| { why: LimitedBy; resetInMs?: number; askedInMs?: number }
	| { why: 'aborted' }
	/** The run was ended before its turn came. */
	| { why: 'ended'; failure: Failure };

/** The failure of an item that was never sent, with the reason why. */
export function notSent(reason: NotSentReason): Failure {
	switch (reason.why) {
		case 'shared':
		case 'stopped': {
			const known: Partial<SharedReason> = reason.why === 'shared' ? reason : {};
			const since =
				known.learnedMsAgo === undefined ? '' : `, because another request failed the same way at ${timeAfter(-known.learnedMsAgo)}`;
			return saidBefore(unsent(reason.failure), `This item was not sent${since}`, ...askedAgain(known));
		}
		case 'failuresInARow':
			return failure('failuresInARow', {
				message: `Not sent, because ${reason.count} items had failed in a row`,
				advice: sentences(
					'Stop After Failures in a Row in Options ended the batch',
					`The last item failed with: ${reason.failure.message}`,
				),
			});
		case 'maxRequests':
			return failure('maxRequests', { message: `Not sent, because the run reached Max Requests in Options (${reason.count} sent)` });
		case 'aborted':
			return failure('aborted');
		case 'ended':
			return reason.failure;
		default: {
			const [kind, because] = HELD_BY[reason.why];
			const held = failure(kind, { message: `Not sent, because ${because}`, advice: 'This item cost nothing' });
			const late =
				reason.why === 'dailyLimit' ? [`Run the remaining items again${after(reason.resetInMs)}`] : [{ resetInMs: reason.resetInMs }];
			return goesOnAfter(saidBefore(unsent(held), ...late, ...askedAgain(reason)), reason.resetInMs);
		}
	}
}

/** A failure for an item that was not sent: whatever became of others, nothing was run for this one. */
export const unsent = (failed: Failure): Failure => ({
	...failed,
	delivery: failed.delivery === 'uncertain' ? 'notDelivered' : failed.delivery,
});

const HELD_BY: Record<LimitedBy, [FailureKind, string]> = {
	dailyLimit: ['dailyLimit', 'the daily request limit of agent.ai is used up'],
	limit: ['rateLimited', 'the rate limit of agent.ai won’t reset within Max Wait'],
	ownLimit: ['rateLimited', 'Requests per Minute won’t allow it within Max Wait'],
	unavailable: ['unavailable', 'agent.ai says that it is not available'],
};

/** When a long hold is tested, so that nobody takes it for the last word. */
const askedAgain = (reason: { askedInMs?: number }) =>
	reason.askedInMs === undefined
		? []
		: [
				`The node checks this again with one request from ${timeAfter(reason.askedInMs)} on, and immediately in a run that you start by hand`,
			];

/** The same failure with the time at which it makes sense to go on, as data. */
export const goesOnAfter = (failed: Failure, resetInMs: number | undefined): Failure =>
	goesOnAt(failed, resetInMs === undefined ? undefined : timeAfter(resetInMs));

/** The same, for a time as ISO text. */
export const goesOnAt = (failed: Failure, resetsAt: string | undefined): Failure =>
	resetsAt === undefined ? failed : { ...failed, resetsAt };

/** The failure of an item that was refused by the limit, when the limit resets later than the item may wait. */
export const waitsTooLong = (refused: Failure, resetInMs: number | undefined): Failure =>
	goesOnAfter(saidBefore(refused, { resetInMs }), resetInMs);

function liftsLate(resetInMs: number | undefined, situation: Situation): string {
	if (resetInMs === undefined) return sentences('The limit does not reset within Max Wait in Options', waitLonger(undefined, situation));
	const seconds = Math.ceil(resetInMs / 1000);
	if (situation.options.maxWait === undefined) return `The limit resets at ${timeAfter(resetInMs)}, in ${seconds} seconds`;
	return sentences(
		`The limit resets at ${timeAfter(resetInMs)}, in ${seconds} seconds, later than Max Wait in Options allows`,
		waitLonger(seconds, situation),
	);
}

const after = (resetInMs: number | undefined) => (resetInMs === undefined ? '' : ` after ${timeAfter(resetInMs)}`);

/** Last moment that a date can hold, in ms since 1970. */
const LAST_TIME = 8.64e15;

/** The time in so many ms as ISO text, for messages; whatever a server has named, it is a date. */
export const timeAfter = (ms: number) => new Date(Math.min(Date.now() + ms, LAST_TIME)).toISOString();

/**
 * Joins parts to whole sentences: each ends with a full stop, unless it ends as a sentence already, or the whole text ends
 * with a quotation.
 */
export function sentences(...parts: (string | false | undefined)[]): string {
	return parts
		.map((part) => (part ? part.trim() : ''))
		.filter((part) => part !== '')
		.map((part, index, { length }) => (/[.!?…]”?$/.test(part) || (part.endsWith('”') && index === length - 1) ? part : `${part}.`))
		.join(' ');
}
