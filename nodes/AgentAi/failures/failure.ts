import type { Delivery, FailureTraits, NotSentReason } from './delivery';
import { type FailureKind, FAILURES } from './failureTable';
import type { Words } from './words';

export type { FailureKind } from './failureTable';

/**
 * Why there is no answer, in words for people and in facts for the batch: one type from the connection to the item and
 * to the thrown error. Never holds a secret: its texts are built from cleaned remote text only.
 */
export interface Failure extends FailureTraits {
	kind: FailureKind;
	/** What happened, one sentence without a final full stop. */
	message: string;
	/** What to do next, then what the remote side said; whole sentences. */
	description: string;
	/** What the remote side said, where it said anything; it stands in the description too. */
	said?: string;
	/** The HTTP status that decided, as n8n's `httpCode` wants it; absent when no answer came. */
	httpCode?: string;
	/** The text of an answer that broke off, or that is not what was asked for. */
	partialText?: string;
}

export interface FailureFacts {
	/** What the remote side said, already cleaned of secrets and cut to a readable length. */
	said?: string;
	/** HTTP status of the answer, or the one inside its body where that decided. */
	status?: number;
	/** Replaces the advice where a case knows better. */
	advice?: string;
	/** Replaces the message where a case knows better. */
	message?: string;
	/** A Node.js error code such as ECONNREFUSED; goes into the description only. */
	code?: string;
	partialText?: string;
	/** Replaces the delivery of the kind where a case knows better. */
	delivery?: Delivery;
}

/** Builds a failure of the given kind from the texts above and the facts of the case. */
export function failure(kind: FailureKind, facts: FailureFacts = {}): Failure {
	const words: Words = FAILURES[kind];
	const advice = facts.advice ?? words.advice;
	return {
		kind,
		message: facts.message ?? words.message,
		description: sentences(facts.code ? `${advice} (${facts.code})` : advice, facts.said && `The answer was: “${facts.said}”`),
		delivery: facts.delivery ?? words.delivery,
		...(words.shared ? { shared: words.shared } : {}),
		...(facts.said ? { said: facts.said } : {}),
		...(facts.status ? { httpCode: String(facts.status) } : {}),
		...(facts.partialText ? { partialText: facts.partialText } : {}),
	};
}

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

/** Message and description together, for places that show one text alone. */
export const inOneText = ({ message, description }: Pick<Failure, 'message' | 'description'>) => sentences(message, description);

/** The failure of an item that was never sent, with the reason why. */
export function notSent(reason: NotSentReason<Failure>): Failure {
	switch (reason.why) {
		case 'shared':
		case 'stopped':
			return { ...reason.failure, description: sentences('This item was not sent', reason.failure.description) };
		case 'failuresInARow':
			return failure('failuresInARow', {
				message: `Not sent, because ${reason.count} items had failed in a row`,
				advice: sentences(FAILURES.failuresInARow.advice, `The last failure was: ${reason.failure.message}`),
			});
		case 'dailyLimit':
			return failure('dailyLimit', {
				message: 'Not sent, because the daily request limit of agent.ai is used up',
				advice: sentences(`Run the workflow again${after(reason.resetInMs)}`, 'This item cost nothing'),
			});
		case 'limit':
			return failure('rateLimited', {
				message: 'Not sent, because the request limit of agent.ai leaves no room in time',
				advice: sentences(liftsLate(reason.resetInMs), 'This item cost nothing'),
			});
		case 'aborted':
			return failure('aborted');
	}
}

/** The failure of an item that was refused by the limit, when the limit lifts later than the item may wait. */
export const waitsTooLong = (refused: Failure, resetInMs: number | undefined): Failure => ({
	...refused,
	description: sentences(liftsLate(resetInMs), refused.description),
});

const liftsLate = (resetInMs: number | undefined) =>
	resetInMs === undefined
		? 'The limit does not lift within Max Rate Limit Wait in Options'
		: `The limit lifts at ${timeAfter(resetInMs)}, in ${Math.ceil(resetInMs / 1000)} seconds, which is later than Max Rate Limit Wait in Options allows`;

const after = (resetInMs: number | undefined) => (resetInMs === undefined ? '' : ` after ${timeAfter(resetInMs)}`);

/** Last moment that a date can hold, in ms since 1970. */
const LAST_TIME = 8.64e15;

/** The time in so many ms as ISO text, for messages; whatever a server has named, it is a date. */
export const timeAfter = (ms: number) => new Date(Math.min(Date.now() + ms, LAST_TIME)).toISOString();
