import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { CatalogueAction } from '../account/catalogue';
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

/** An OpenClaw instance and the token of its gateway, both from one source. */
export interface Instance {
	instanceIp: string;
	authToken: string;
}

/** The parameters of one item, expressions resolved. */
export interface ItemParameters {
	/** A parameter of the panel by its name, resource locators unwrapped; `''` when it is not set. */
	get(name: string): unknown;
	/** The collection *Options*. */
	options: IDataObject;
	/** The input item's json. */
	row: IDataObject;
}

/** What a run knows before it reads its items. */
export interface Environment {
	/** The instance of *Automatic*. Throws InputError or FailureError when there is none. */
	automaticInstance(): Instance;
	/** The catalogue of agent.ai's actions, by name. Throws FailureError when it could not be read. */
	catalogue(): Map<string, CatalogueAction>;
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
	/** Name under which the answer stands in the item; `undefined` for an action without `output_variable_name`. */
	outputName?: string;
	/** The person asked to see the gateway's token in the answer. */
	answersWithToken?: boolean;
}

/** What an action makes of an answer that the server took for a success. */
export type Received = { ok: true; answer: ActionResponse } | { ok: false; failure: Failure };

/** One operation of the node: everything that is special about it, in one file. */
export interface Action {
	/** The parameters of the panel, resource and operation left out. */
	properties: INodeProperties[];
	/** What it needs to know before its items are read. */
	needs?: 'instance' | 'catalogue';
	/**
	 * Reads and checks the parameters of one item.
	 *
	 * @throws InputError when they cannot be sent, FailureError when something they need could not be read
	 */
	prepare(parameters: ItemParameters, environment: Environment): PreparedRequest;
	/** Refuses an answer that is none for this action, or takes out of it what nobody asked for. */
	receive?(answer: ActionResponse, request: PreparedRequest): Received;
	/** The answer as a text for people and models; an action with it can stream into a chat. */
	textOf?(answer: ActionResponse): string | undefined;
}
