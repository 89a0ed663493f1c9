import type { RunContext } from './runContext';

/** What a batch waits for what is down, in seconds, unless a person says otherwise. */
const BATCH_S = 900;
/** The same where a person or a caller waits, and for a single row: a thousand webhooks shall not hold an execution each. */
export const SOMEBODY_WAITS_S = 60;

/** Kinds of executions in which a person or a caller waits for the end. */
const SOMEBODY_WAITS = ['manual', 'webhook', 'chat', 'evaluation'];

/** How long a run waits for what is down, and whether a person has started it. */
export function waitsOf({ context, items, isTool }: RunContext, isLive: boolean): { downWaitSeconds: number; byHand: boolean } {
	const mode: string = context.getMode();
	const isWaitedFor = items.length === 1 || isTool || isLive || SOMEBODY_WAITS.includes(mode);
	return { downWaitSeconds: isWaitedFor ? SOMEBODY_WAITS_S : BATCH_S, byHand: mode === 'manual' || mode === 'retry' };
}
