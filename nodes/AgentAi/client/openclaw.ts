import { hash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

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

/** The body of `openclaw_get_details`. */
export const getDetailsBody = (outputName: string): IDataObject => ({ output_variable_name: outputName });

/** What `openclaw_tools_invoke` takes besides the instance; empty values are left out of the body. */
interface ToolCall {
	tool: string;
	action?: string;
	/** A JSON object as text. */
	argsJson?: string;
	sessionKey?: string;
	dryRun?: boolean;
	messageChannel?: string;
	accountId?: string;
	/** Seconds. */
	timeout?: number;
	outputName: string;
}

/** The body of `openclaw_tools_invoke`, in the contract's order of fields. */
export function toolsInvokeBody({ instanceIp, authToken }: Instance, call: ToolCall): IDataObject {
	return {
		instance_ip: instanceIp,
		auth_token: authToken,
		tool: call.tool,
		...(call.action ? { action: call.action } : {}),
		...(call.argsJson ? { args_json: call.argsJson } : {}),
		...(call.sessionKey ? { session_key: call.sessionKey } : {}),
		dry_run: call.dryRun === true,
		...(call.messageChannel ? { message_channel: call.messageChannel } : {}),
		...(call.accountId ? { account_id: call.accountId } : {}),
		...(call.timeout ? { timeout: String(call.timeout) } : {}),
		output_variable_name: call.outputName,
	};
}
