import type { INodeProperties } from 'n8n-workflow';

import { batchingOptions } from './batching';
import { outputOptions } from './output';

/** *Simplify* where 0.1.0 had it. n8n hands nothing on that the panel does not declare. */
const simplifyOf010: INodeProperties = { displayName: 'Simplify', name: 'simplify', type: 'hidden', default: false };

/** The collection *Options* of an action: its own, and those that every action has, in alphabetical order. */
export function optionsCollection(own: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [...own, ...outputOptions, ...batchingOptions, simplifyOf010].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
	};
}
