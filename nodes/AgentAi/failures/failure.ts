import type { Delivery, LimitedBy, Shared } from './delivery';
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

export interface FailureFacts {
	/** What the remote side said, already cleaned of secrets and cut to a readable length. */
	said?: string;
	/** HTTP status of the answer, or the one inside its body where that decided. */
	status?: number;
	/** Replaces the advice where a case knows better. */
	advice?: string;
	/** Replaces the message where a case knows better. */
	message?: string;
	/** Where an unexpected error was thrown, already cleaned of secrets. */
	stack?: string;
	/** A Node.js error code such as ECONNREFUSED; goes into the description only. */
	code?: string;
	partialText?: string;
	/** Replaces the delivery of the kind where a case knows better. */
	delivery?: Delivery;
}

/** Builds a failure of the given kind from the texts above and the facts of the case. */
export function failure(kind: FailureKind, facts: FailureFacts = {}): Failure {
	const words = failureRow(kind);
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
		...(facts.stack ? { stack: facts.stack } : {}),
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

/** Why an item that was never sent was not. */
export type NotSentReason =
	/** All would fail as this one did. */
	| { why: 'shared'; failure: Failure }
	/** The run ends at its first failure. */
	| { why: 'stopped'; failure: Failure }
	| { why: 'failuresInARow'; count: number; failure: Failure }
	/** The run has sent as many requests as it may. */
	| { why: 'maxRequests'; count: number }
	/** A limit lifts later than the item may wait: in `resetInMs`, where that is known; asked again in `askedInMs`. */
	| { why: LimitedBy; resetInMs?: number; askedInMs?: number }
	| { why: 'aborted' };

/** The failure of an item that was never sent, with the reason why. */
export function notSent(reason: NotSentReason): Failure {
	switch (reason.why) {
		case 'shared':
		case 'stopped':
			return { ...reason.failure, description: sentences('This item was not sent', reason.failure.description) };
		case 'failuresInARow':
			return failure('failuresInARow', {
				message: `Not sent, because ${reason.count} items had failed in a row`,
				advice: sentences(failureRow('failuresInARow').advice, `The last failure was: ${reason.failure.message}`),
			});
		case 'maxRequests':
			return failure('maxRequests', { message: `Not sent, because the run reached Max Requests in Options (${reason.count} sent)` });
		case 'aborted':
			return failure('aborted');
		default: {
			const [kind, because] = HELD_BY[reason.why];
			const late = reason.why === 'dailyLimit' ? `Run the workflow again${after(reason.resetInMs)}` : liftsLate(reason.resetInMs);
			const held = failure(kind, {
				message: `Not sent, because ${because}`,
				advice: sentences(late, asked(reason), 'This item cost nothing'),
			});
			return goesOnAfter(held, reason.resetInMs);
		}
	}
}

const HELD_BY: Record<LimitedBy, [FailureKind, string]> = {
	dailyLimit: ['dailyLimit', 'the daily request limit of agent.ai is used up'],
	limit: ['rateLimited', 'the request limit of agent.ai leaves no room in time'],
	ownLimit: ['rateLimited', 'Requests per Minute in Options leaves no room in time'],
	unavailable: ['unavailable', 'agent.ai says that it is not available'],
};

/** When a long hold is tested, so that nobody takes it for the last word. */
const asked = ({ askedInMs }: { askedInMs?: number }) =>
	askedInMs !== undefined &&
	`Whether that still holds is asked with one request from ${timeAfter(askedInMs)} on, and at once by a run that is started by hand`;

/** The same failure with the time at which it makes sense to go on, as data. */
export const goesOnAfter = (failed: Failure, resetInMs: number | undefined): Failure =>
	resetInMs === undefined ? failed : { ...failed, resetsAt: timeAfter(resetInMs) };

/** The failure of an item that was refused by the limit, when the limit lifts later than the item may wait. */
export const waitsTooLong = (refused: Failure, resetInMs: number | undefined): Failure =>
	goesOnAfter({ ...refused, description: sentences(liftsLate(resetInMs), refused.description) }, resetInMs);

const liftsLate = (resetInMs: number | undefined) =>
	resetInMs === undefined
		? 'The limit does not lift within Max Wait in Options'
		: `The limit lifts at ${timeAfter(resetInMs)}, in ${Math.ceil(resetInMs / 1000)} seconds, which is later than Max Wait in Options allows`;

const after = (resetInMs: number | undefined) => (resetInMs === undefined ? '' : ` after ${timeAfter(resetInMs)}`);

/** Last moment that a date can hold, in ms since 1970. */
const LAST_TIME = 8.64e15;

/** The time in so many ms as ISO text, for messages; whatever a server has named, it is a date. */
export const timeAfter = (ms: number) => new Date(Math.min(Date.now() + ms, LAST_TIME)).toISOString();
