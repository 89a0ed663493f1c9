import type { INodeProperties } from 'n8n-workflow';

import { InputError } from '../failures/inputError';
import { isObject } from '../failures/json';
import { text } from './text';

/** The option *Hand Over Answers To*. */
export const handOverToOption: INodeProperties = {
	displayName: 'Hand Over Answers To',
	name: 'handOverTo',
	type: 'workflowSelector',
	default: '',
	description:
		'Workflow that gets the answers while the batch is still running, so that they are safe if n8n crashes. Its items are the output items of this node, with the number of the input item as itemIndex. It may get an item twice, so write by a key. Publish it before you publish this workflow.',
};

/**
 * Reads the workflow that answers are handed over to.
 *
 * @param value as the panel stores it, or a plain ID
 * @param ownId ID of the workflow that runs
 * @returns its ID, `undefined` where none is chosen
 * @throws InputError for that workflow itself, which would start itself without end
 */
export function readHandOverTo(value: unknown, ownId: string | undefined): string | undefined {
	const id = text(isObject(value) ? value.value : value, 'Hand Over Answers To').trim();
	if (id === '') return undefined;
	if (id !== ownId) return id;
	throw new InputError(
		'Hand Over Answers To names the workflow in which this node stands',
		'It would start itself without end: choose another workflow, one that writes the answers away. Nothing was sent',
	);
}
