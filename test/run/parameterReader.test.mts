import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { ParameterReader } from '../../nodes/AgentAi/run/parameterReader.ts';
import type { RunContext } from '../../nodes/AgentAi/run/runContext.ts';

const property = (type: INodeProperties['type']) => (name: string) => ({ displayName: name, name, type, default: '' });
const PROPERTIES = [...['agent', 'session'].map(property('resourceLocator')), ...['message', 'json'].map(property('string'))];

/** A run whose expressions give the number of the item. */
function runOf(parameters: IDataObject) {
	const resolve = (raw: unknown, index: number): unknown => {
		if (typeof raw === 'string') return raw.startsWith('=') ? `${raw.slice(1)} ${index}` : raw;
		if (typeof raw !== 'object' || raw === null) return raw;
		return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, resolve(value, index)]));
	};
	const context = {
		getNodeParameter(name: string, index: number, otherwise: unknown, settings: { extractValue?: boolean } = {}) {
			const raw = name in parameters ? parameters[name] : otherwise;
			if (raw === '=fails') throw new Error(`fails ${index}`);
			const value = resolve(raw, index);
			return settings.extractValue ? (value as IDataObject).value : value;
		},
	} as unknown as IExecuteFunctions;
	const items = [{ json: { row: 0 } }, { json: { row: 1 } }, { json: { row: 2 } }];
	return { reader: new ParameterReader({ context, items } as unknown as RunContext, PROPERTIES) };
}

test('each item is read by itself', () => {
	const { reader } = runOf({ fixed: 'a', varies: '=b', options: { inner: { deep: '=c' } } });
	const read = [0, 1, 2].map((index) => {
		const parameters = reader.of(index);
		const values = ['fixed', 'varies', 'absent'].map((name) => parameters.get(name));
		return [...values, parameters.options, parameters.row];
	});
	expect(read).toEqual([0, 1, 2].map((index) => ['a', `b ${index}`, '', { inner: { deep: `c ${index}` } }, { row: index }]));
});

test('resource locators are unwrapped, typed and from an expression', () => {
	const locator = (value: string) => ({ __rl: true, mode: 'id', value });
	const { reader } = runOf({ agent: locator('main'), session: locator('=key') });
	const parameters = reader.of(1);
	expect([parameters.get('agent'), parameters.get('session')]).toEqual(['main', 'key 1']);
});

test('other parameters, and what stands inside one, only look like resource locators', () => {
	const lookalike = { mode: 'fast', value: 3 };
	const { reader } = runOf({ json: lookalike, 'inputs.value': lookalike, options: lookalike });
	const parameters = reader.of(0);
	expect([parameters.get('json'), parameters.get('inputs.value'), parameters.options]).toEqual([lookalike, lookalike, lookalike]);
});

test('an expression that fails for one item says so for each, and is not remembered', () => {
	const { reader } = runOf({ message: '=fails' });
	expect(() => reader.of(0).get('message')).toThrow('fails 0');
	expect(() => reader.of(1).get('message')).toThrow('fails 1');
});
