import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { ActionRequest } from '../client/actionRequest';
import type { Environment } from '../client/environment';
import type { ActionResponse, Result } from '../failures/result';
import type { ItemParameters } from '../parameters/itemParameters';
import type { Outcome } from '../transport/readResponse';

/** One operation of the node: everything that is special about it, in one file. */
export interface Operation {
	/** The resource under which it stands, by its value. */
	resource: string;
	/** Its option in the panel: name, stable value, description, and the text of the action in the node creator. */
	option: INodePropertyOptions & { value: string; description: string; action: string };
	/** Its parameters in the panel; when they are shown follows from resource and option. */
	properties: INodeProperties[];
	/** It only reads, so that a request whose end nobody knows may be sent again. */
	reads?: true;
	/**
	 * Reads and checks the parameters of one item.
	 *
	 * @throws FailureError when they cannot be sent, or when something they need could not be read
	 */
	readRequest(parameters: ItemParameters, environment: Environment): ActionRequest | Promise<ActionRequest>;
	/**
	 * Sends a request that one answer is not enough for.
	 *
	 * @param first sends a request at once: its turn has come
	 * @param next sends a further one when the account lets it
	 */
	send?(request: ActionRequest, first: Send, next: (request: ActionRequest) => Promise<Result<ActionResponse>>): Promise<Outcome>;
	/** Refuses a success that is no answer for this operation, or takes out of it what nobody asked for. */
	judge?(answer: ActionResponse, request: ActionRequest): Result<ActionResponse>;
	/** The answer as a text for people and models; an operation with it can stream into a chat. */
	textOf?(answer: ActionResponse): string | undefined;
	/** The records in an answer, where each of them becomes an item, in the place of the answer. */
	records?: {
		of(answer: ActionResponse): IDataObject[];
		/** A record with at most ten flat fields. */
		simplified(record: IDataObject): IDataObject;
	};
}

/** Sends a request once. */
export type Send = (request: ActionRequest) => Promise<Outcome>;
