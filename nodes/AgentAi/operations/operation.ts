import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { ActionRequest } from '../client/actionRequest';
import type { Environment, Needs } from '../client/environment';
import type { ActionResponse, Result } from '../failures/result';
import type { ItemParameters } from '../parameters/itemParameters';

/** One operation of the node: everything that is special about it, in one file. */
export interface Operation {
	/** The resource under which it stands, by its value. */
	resource: string;
	/** Its option in the panel: name, stable value, description, and the text of the action in the node creator. */
	option: INodePropertyOptions & { value: string; description: string; action: string };
	/** Its parameters in the panel; when they are shown follows from resource and option. */
	properties: INodeProperties[];
	/** What it needs to know before its items are read. */
	needs?: Needs;
	/**
	 * Reads and checks the parameters of one item.
	 *
	 * @throws FailureError when they cannot be sent, or when something they need could not be read
	 */
	readRequest(parameters: ItemParameters, environment: Environment): ActionRequest | Promise<ActionRequest>;
	/** Refuses a success that is no answer for this operation, or takes out of it what nobody asked for. */
	judge?(answer: ActionResponse, request: ActionRequest): Result<ActionResponse>;
	/** The answer as a text for people and models; an operation with it can stream into a chat. */
	textOf?(answer: ActionResponse): string | undefined;
}
