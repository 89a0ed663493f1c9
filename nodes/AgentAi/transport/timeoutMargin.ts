/** The time agent.ai gets beyond the action's own timeout to report that timeout itself, in seconds. */
export const TIMEOUT_MARGIN_S = 10;
