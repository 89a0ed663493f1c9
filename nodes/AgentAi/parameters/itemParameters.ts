import type { IDataObject } from 'n8n-workflow';

/** The parameters of one item, expressions resolved. */
export interface ItemParameters {
	/** A parameter of the panel by its name, resource locators unwrapped; `''` when it is not set. */
	get(name: string): unknown;
	/** The collection *Options*. */
	options: IDataObject;
	/** The input item's json. */
	row: IDataObject;
}
