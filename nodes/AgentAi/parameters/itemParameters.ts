import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../failures/json';

/** The parameters of one item, expressions resolved. */
export interface ItemParameters {
	/** A parameter of the panel by its name, resource locators unwrapped; `''` when it is not set. */
	get(name: string): unknown;
	/** Whether the panel itself holds the value, for all items, and no expression; absent where nothing depends on that. */
	isFixed?(name: string): boolean;
	/** The collection *Options*. */
	options: IDataObject;
	/** The fields of the input item, see `rowOf`. */
	row: IDataObject;
}

/** The row in an item: when a failed item is sent again, the error that this node has put beside its row is no part of it. */
export function rowOf(json: IDataObject): IDataObject {
	const { error, ...row } = json;
	return isObject(error) && ['message', 'description', 'itemIndex'].every((name) => Object.hasOwn(error, name)) ? row : json;
}
