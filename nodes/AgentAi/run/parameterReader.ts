import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { found, InputError } from '../failures/inputError';
import { asObject, isObject } from '../failures/json';
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

	/**
	 * The parameters of an item. Reading one refuses a text into which an expression has put an object.
	 *
	 * @throws InputError that names the parameter; whatever n8n throws for an expression in *Options*
	 */
	of(index: number): ItemParameters {
		const row = rowOf((this.run.items[index] as INodeExecutionData).json);
		const get = (name: string, otherwise: unknown = '') => this.checked(name, this.read(name, index, otherwise), row);
		return { get, isFixed: (name) => this.isFixed(name), options: get('options', {}) as IDataObject, row };
	}

	private isFixed(name: string): boolean {
		const raw: unknown = this.run.node.parameters[name];
		const value = isObject(raw) ? raw.value : raw;
		return typeof value !== 'string' || !value.startsWith('=');
	}

	/** What the panel calls the parameter of an item whose expression has thrown; `undefined` where none has. */
	unreadLabel(index: number): string | undefined {
		if (this.unread?.index !== index) return undefined;
		const { name } = this.unread;
		return name === 'options' ? this.unreadOption(index) : this.labelOf(name);
	}

	/** The same value, unless it holds what an object is as text; where the row or the panel holds these words, they are meant. */
	private checked(name: string, value: unknown, row: IDataObject): unknown {
		if (!holdsObjectText(value) || holdsObjectText(row) || holdsObjectText(this.run.node.parameters)) return value;
		const [part] = Object.entries(asObject(value)).find(([, each]) => holdsObjectText(each)) ?? [];
		throw new InputError(
			`${this.labelOf(name, part)} contains “${OBJECT_TEXT}”: its expression inserts an object into text`,
			'Use a field of the object, or JSON.stringify() in the expression',
		);
	}

	/** @param part the option, or the input, of those that have several */
	private labelOf(name: string, part?: string): string {
		const top = this.properties.find((each) => each.name === name.split('.')[0]);
		const option = name === 'options' ? top?.options?.find((each) => each.name === part) : undefined;
		if (option && 'displayName' in option) return option.displayName;
		return part !== undefined && name.startsWith('inputs') ? `The input ${found(part)}` : (top?.displayName ?? name);
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
		return unread && this.labelOf('options', unread.name);
	}
}

/** What JavaScript makes of an object in the middle of a text. */
const OBJECT_TEXT = '[object Object]';

const holdsObjectText = (value: unknown) => JSON.stringify(value)?.includes(OBJECT_TEXT) === true;
