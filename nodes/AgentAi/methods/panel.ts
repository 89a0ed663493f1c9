import type { ILoadOptionsFunctions, INodeListSearchItems } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { sentences } from '../failures/failure';
import { thrownFailure } from '../failures/failureError';

/**
 * Runs what a list of the panel needs, and turns every failure into a text that helps there.
 *
 * @param instead what a person can do without this list
 * @throws NodeOperationError
 */
export async function inPanel<T>(context: ILoadOptionsFunctions, instead: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const { message, description } = thrownFailure(error, 'unreadable', (text) => text);
		throw new NodeOperationError(context.getNode(), message, { description: sentences(description, instead) });
	}
}

/** What to do where the fields of *Specify Inputs* cannot be listed. */
export const INSTEAD_OF_FIELDS = 'To write the inputs yourself, set Specify Inputs to Using JSON';

/** The entries that hold the typed text in their name, value or description, by name. */
export function matching(entries: INodeListSearchItems[], filter = ''): INodeListSearchItems[] {
	const wanted = filter.trim().toLowerCase();
	const hit = ({ name, value, description }: INodeListSearchItems) =>
		[name, String(value), description ?? ''].some((part) => part.toLowerCase().includes(wanted));
	return entries.filter(hit).sort((a, b) => a.name.localeCompare(b.name));
}
