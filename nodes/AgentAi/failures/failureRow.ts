import type { Advised } from './advice';
import type { Shared } from './delivery';

/** What n8n 2.41 and newer want to know about the cause of an error; older hosts ignore it. */
export type Cause = 'configuration-invalid' | 'credential-invalid' | 'quota-exhausted' | 'rate-limited' | 'temporarily-unavailable';

/** What is said of a kind of failure, and what follows from it. */
export interface FailureRow extends Advised {
	/** What happened, one sentence without a final full stop. */
	message: string;
	shared?: Shared;
	/** It may mean that the instance has moved or changed its token: where agent.ai named it, it is asked again. */
	forgetsInstance?: true;
	/** A failure of the node's own input, for which n8n has an error of its own. */
	ofInput?: true;
	cause?: Cause;
}
