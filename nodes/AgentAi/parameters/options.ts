import type { INodeProperties } from 'n8n-workflow';

import { batchingOptions } from './batching';
import { outputOptions } from './output';

/** The collection *Options* of an action: its own, and those that every action has, in alphabetical order. */
export function optionsCollection(own: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [...own, ...outputOptions, ...batchingOptions].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
	};
}
