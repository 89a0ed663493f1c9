import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { KNOWN_TOOLS } from '../parameters/knownTools';
import { matching } from './panel';

/** Well-known tools of OpenClaw; any other name can be typed. */
export function searchTools(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	const tools = KNOWN_TOOLS.map(({ name, description }) => ({ name, value: name, description }));
	return Promise.resolve({ results: matching(tools, filter) });
}
