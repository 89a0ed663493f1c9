import type { Delivery, Shared } from './delivery';

/** What n8n 2.41 and newer want to know about the cause of an error; older hosts ignore it. */
export type Cause = 'configuration-invalid' | 'credential-invalid' | 'quota-exhausted' | 'rate-limited' | 'temporarily-unavailable';

/** What is said of a kind of failure, and what follows from it. */
export interface FailureRow {
	/** What happened, one sentence without a final full stop. */
	message: string;
	/** What to do next, without a final full stop. */
	advice: string;
	/** Whether the work may have been done. */
	delivery: Delivery;
	shared?: Shared;
	/** It may mean that the instance has moved or changed its token: where agent.ai named it, it is asked again. */
	forgetsInstance?: true;
	/** A failure of the node's own input, for which n8n has an error of its own. */
	ofInput?: true;
	cause?: Cause;
}

/** What follows when the agent may have done the work. */
export const RETRY_UNCERTAIN =
	'It was not tried again, because the agent may already have done the work: turn on Retry Uncertain Failures in Options if doing it twice is harmless';

/** After a crash OpenClaw does each turn again that was cut (measured, openclaw 2026.9.6: 3 of 3 after kill -9, within 40 s). */
export const TAKEN_UP_AGAIN =
	'Where the OpenClaw gateway itself went down, it takes up such a turn by itself when it is back: look into the session before you send it again';
