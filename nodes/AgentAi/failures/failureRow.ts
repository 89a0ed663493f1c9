/**
 * Whether the work of a failed attempt may have been done:
 * `notDelivered` the request provably never arrived, or was turned away before anything ran; `rateLimited` the limit refused
 * it before anything ran; `uncertain` it may have run; `final` it was refused for a reason that another try does not change.
 */
export type Delivery = 'notDelivered' | 'rateLimited' | 'uncertain' | 'final';

/** Who else would fail the same way, for how long that is believed, and after how many failures. */
export interface Shared {
	/** All requests of the account, those of one instance whatever their token, or those of one instance and its token. */
	scope: 'account' | 'instance' | 'token';
	/** It is down, so that the others wait; or they are refused, so that the others are not sent. */
	as: 'down' | 'refused';
	/** One failure after an answer proves nothing yet: a token that has worked a second ago is not dead. It takes two. */
	doubted?: boolean;
	/** Each new run asks anew: a person may have mended it, and asking does no harm. The rounds of a loop ask when it has grown old, as all do else. */
	askedByEachRun?: boolean;
}

/** Whose limit holds a request: the server's, its one for a whole day, its being unavailable, or the node's own. */
export type LimitedBy = 'limit' | 'dailyLimit' | 'unavailable' | 'ownLimit';

/** What a request asks for: an agent of an instance, a tool of one, or something of agent.ai itself. */
export type Asked = 'chat' | 'tool' | 'other';

/** Advice that depends on where it is read, see `advice.ts`. */
export type Step = 'raiseTimeout' | 'lowerConcurrency' | 'lowerRate' | 'sendRest' | 'turnOffStream' | 'shorten' | 'lookIntoSession';

/** What n8n 2.41 and newer want to know about the cause of an error; older hosts ignore it. */
export type Cause = 'configuration-invalid' | 'credential-invalid' | 'quota-exhausted' | 'rate-limited' | 'temporarily-unavailable';

/** What is said of a kind of failure, and what follows from it. */
export interface FailureRow {
	/** What happened, one sentence without a final full stop. */
	message: string;
	/**
	 * What to do next, without a final full stop, as far as it holds everywhere. `{address}` and `{token}` are the fields that
	 * hold those of the OpenClaw instance.
	 */
	advice?: string;
	/** What is said instead where nothing was asked of OpenClaw: another of agent.ai's actions must not blame it. */
	elsewhere?: { message?: string; advice?: string };
	/** What depends on where it is read. What follows from the delivery is said of every kind. */
	steps?: Step[];
	/** Whether the work may have been done. */
	delivery: Delivery;
	shared?: Shared;
	/** It may mean that the instance has moved or changed its token: where agent.ai named it, it is asked again. */
	forgetsInstance?: true;
	/** A failure of the node's own input, for which n8n has an error of its own. */
	ofInput?: true;
	cause?: Cause;
}
