import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { type ItemParameters, rowOf } from '../parameters/itemParameters';
import type { RunContext } from './runContext';

/** Reads the parameters of the items of a run through n8n. */
export class ParameterReader {
	/** The names of resource locators, which n8n would look for among all parameters for each that it reads. */
	private readonly locators: Set<string>;

	/** The parameter that could not be read last. */
	private unread?: { index: number; name: string };

	constructor(
		private readonly run: RunContext,
		private readonly properties: INodeProperties[],
	) {
		this.locators = new Set(properties.filter(({ type }) => type === 'resourceLocator').map(({ name }) => name));
	}

	/** @throws whatever n8n throws for an expression in *Options* */
	of(index: number): ItemParameters {
		return {
			get: (name) => this.read(name, index, ''),
			options: this.read('options', index, {}) as IDataObject,
			row: rowOf((this.run.items[index] as INodeExecutionData).json),
		};
	}

	/** What the panel calls the parameter of an item whose expression has thrown; `undefined` where none has. */
	unreadLabel(index: number): string | undefined {
		if (this.unread?.index !== index) return undefined;
		const { name } = this.unread;
		if (name === 'options') return this.unreadOption(index);
		return this.properties.find((each) => each.name === name.split('.')[0])?.displayName;
	}

	private read(name: string, index: number, otherwise: unknown): unknown {
		this.unread = { index, name };
		const value: unknown = this.run.context.getNodeParameter(name, index, otherwise, {
			extractValue: this.locators.has(name),
			// n8n would make 0 of an empty input (measured, n8n 2.41.1); 1.84 knows no such wish
			skipValidation: true,
		});
		this.unread = undefined;
		return value;
	}

	/** The first option that cannot be read: all of them are read at once. */
	private unreadOption(index: number): string | undefined {
		const options = this.properties.find(({ name }) => name === 'options')?.options ?? [];
		const unread = options.find(({ name }) => {
			try {
				this.read(`options.${name}`, index, '');
				return false;
			} catch {
				return true;
			}
		});
		return unread && 'displayName' in unread ? unread.displayName : undefined;
	}
}
