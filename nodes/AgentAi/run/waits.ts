import type { RunContext } from './runContext';

/** What a batch waits for what is down, in seconds, unless a person says otherwise. */
const BATCH_S = 900;
/** The same where a person or a caller waits, and for a single row: a thousand webhooks shall not hold an execution each. */
const SOMEBODY_WAITS_S = 60;

/** Kinds of executions in which a person or a caller waits for the end. */
const SOMEBODY_WAITS: string[] = ['manual', 'webhook', 'chat', 'evaluation'];

/** How long a run waits for what is down, in seconds. */
export function downWaitSeconds({ context, items, isTool }: RunContext, isLive: boolean): number {
	const isWaitedFor = items.length === 1 || isTool || isLive || SOMEBODY_WAITS.includes(context.getMode());
	return isWaitedFor ? SOMEBODY_WAITS_S : BATCH_S;
}
