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
		'Workflow that receives the answers while the batch runs, so that they are saved if n8n crashes. It receives the items of this node plus itemIndex, the number of the input item. An item can arrive twice, so have the workflow write by a key. In production it must be published.',
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
		'It would start itself over and over. Choose another workflow that saves the answers. Nothing was sent',
	);
}
