import { hash } from 'crypto';

/** agent.ai's OpenClaw actions. Each has an operation of its own in the node, with session lanes and hidden tokens. */
export const CHAT_COMPLETION = 'openclaw_chat_completion';
export const GET_DETAILS = 'openclaw_get_details';
export const TOOLS_INVOKE = 'openclaw_tools_invoke';

/** Whether an action is for an operation of its own, and not for *Action: Run*; later ones of the family included. */
export const hasOwnOperation = (action: string) => action.startsWith('openclaw_');

/** An OpenClaw instance and the token of its gateway, both from one source. */
export interface Instance {
	instanceIp: string;
	authToken: string;
}

/** Names an instance and its token as `address hash`, without showing the token. */
export function instanceId({ instanceIp, authToken }: Instance): string {
	const address = instanceIp.toLowerCase();
	return `${address} ${hash('sha256', JSON.stringify([address, authToken]), 'base64url')}`;
}
