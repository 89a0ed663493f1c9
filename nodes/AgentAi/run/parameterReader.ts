import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { type ItemParameters, rowOf } from '../parameters/itemParameters';
import type { RunContext } from './runContext';

/** Reads the parameters of the items of a run through n8n. */
export class ParameterReader {
	/** The names of resource locators, which n8n would look for among all parameters for each that it reads. */
	private readonly locators: Set<string>;

	/** @param properties of the operation that runs */
	constructor(
		private readonly run: RunContext,
		properties: INodeProperties[],
	) {
		this.locators = new Set(properties.filter(({ type }) => type === 'resourceLocator').map(({ name }) => name));
	}

	/** @throws whatever n8n throws for an expression in *Options* */
	of(index: number): ItemParameters {
		const read = (name: string, otherwise: unknown): unknown =>
			this.run.context.getNodeParameter(name, index, otherwise, { extractValue: this.locators.has(name) });
		return {
			get: (name) => read(name, ''),
			options: read('options', {}) as IDataObject,
			row: rowOf((this.run.items[index] as INodeExecutionData).json),
		};
	}
}
