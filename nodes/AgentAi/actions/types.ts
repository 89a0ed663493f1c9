import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ActionResponse, Failure } from '../transport/types';

/** The decrypted credential `agentAiApi`. */
export interface AgentAiCredential {
	apiToken: string;
	baseUrl: string;
	/** The account's own OpenClaw instance; empty for none. */
	instanceIp: string;
	/** The gateway token of that instance; sent with that instance only. */
	authToken: string;
}

/** The parameters of one item, expressions resolved. */
export interface ItemParameters {
	/** A parameter of the panel by its name, resource locators unwrapped; `''` when it is not set. */
	get(name: string): unknown;
	/** The collection *Options*. */
	options: IDataObject;
}

/** One item's request, read from the parameters and checked; ready to be sent any number of times. */
export interface PreparedRequest {
	/** Name of the action in the URL, e.g. `openclaw_chat_completion`. */
	action: string;
	/** The wire body, in the contract's order of fields, secrets included. */
	body: IDataObject;
	/** The action's own timeout in seconds. */
	timeoutSeconds: number;
	stream: boolean;
	/** Items of one lane are sent one after another, in input order. */
	lane?: string;
	/** Values in the body that must not appear in anything that comes out. */
	secrets: string[];
	/** Name under which the answer stands in the item. */
	outputName: string;
}

/** One operation of the node: everything that is special about it, in one file. */
export interface Action {
	/** The parameters of the panel, resource and operation left out. */
	properties: INodeProperties[];
	/**
	 * Reads and checks the parameters of one item.
	 *
	 * @throws InputError when they cannot be sent
	 */
	prepare(parameters: ItemParameters, credential: AgentAiCredential): PreparedRequest;
	/** Refuses an answer that the server took for a success but that is none for this action. */
	judge?(answer: ActionResponse): Failure | undefined;
}
