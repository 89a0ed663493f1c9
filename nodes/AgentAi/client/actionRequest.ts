import type { IDataObject } from 'n8n-workflow';

import type { Asked } from '../failures/failureRow';
import type { ActionResponse } from '../failures/result';
import type { Redactor } from '../transport/redact';
import type { WebhookAddress } from './webhook';

/** Whether and how strictly an answer's text is read as JSON. */
export type JsonMode = 'off' | 'keep' | 'fail';

/** What an agent said, and why it does not fit. */
export interface Turn {
	said: string;
	/** One sentence without its full stop. */
	misfit: string;
}

/** The columns of an answer, each `null` where it does not fit, and why it does not. */
export interface ReadColumns {
	columns: IDataObject;
	/** One sentence without its full stop. */
	misfit?: string;
}

/** The columns that are wanted of an answer. */
export interface Columns {
	/** Reads them in its text. */
	read(answer: ActionResponse, redact?: Redactor): ReadColumns;
	/** How often it is asked once more. */
	attempts: number;
	/** Whether an answer that never fits fails its item. */
	fails: boolean;
	/** The body of the request that asks once more, after these turns. */
	question(turns: Turn[]): IDataObject;
}

/** One request for an action, read from the parameters and checked; ready to be sent any number of times. */
export interface ActionRequest {
	/** Name of the action in the URL, e.g. `openclaw_chat_completion`. */
	action: string;
	/** The wire body, in the contract's order of fields, secrets included. */
	body: IDataObject;
	/** The action's own timeout in seconds. */
	timeoutSeconds: number;
	/** The answer shall come in pieces. */
	stream?: boolean;
	/** Requests of one session are sent one after another; `undefined` for none. */
	session?: string;
	/** Names the OpenClaw instance and its token, for a refusal that concerns all its requests; `undefined` for none. */
	instance?: string;
	/** Values in the body that must not appear in anything that comes out. */
	secrets: string[];
	/** Name under which the answer stands in the item; `undefined` for an action without `output_variable_name`. */
	outputName?: string;
	/** The webhook that is called instead of the action, without the account's token. */
	webhook?: WebhookAddress;
	/** So many entries are wanted, in pages; in the order of this field, or as they come. */
	pages?: { most: number; sortBy?: string };
	/** Files that the answer names are fetched from these domains, as people type them; from all where it is empty. */
	downloads?: string;
	/** Whether an answer that is not JSON is a failure (`fail`); only of an answer that is a text. */
	jsonMode?: JsonMode;
	/** Columns that are read from the answer's text. */
	columns?: Columns;
	/** What answers it; agent.ai itself where this says nothing. */
	asked?: Asked;
	/** The answer holds secrets, which its failures never show: of an answer they are taken out (`hidden`), or they are what was asked for. */
	answersWithSecrets?: 'hidden' | 'shown';
	/** What the person should know, although the request can be sent. */
	hint?: string;
}
