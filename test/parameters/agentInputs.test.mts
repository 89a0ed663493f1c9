import type { IDataObject } from 'n8n-workflow';

import { readAgentInputs } from '../../nodes/AgentAi/parameters/agentInputs.ts';

/** Reads one input with the field that the editor saved for it. */
async function read(field: IDataObject, value: unknown) {
	const values: Record<string, unknown> = {
		inputsMode: 'fields',
		'agent.mode': 'list',
		'inputs.mappingMode': 'defineBelow',
		'inputs.schema': [{ id: 'input', required: false, ...field }],
		'inputs.value': { input: value },
	};
	const { inputs } = await readAgentInputs(
		{ get: (name) => values[name] ?? '', options: {}, row: {} },
		'scout',
		async () => await Promise.reject(new Error('asked')),
	);
	return inputs.input;
}

const choices = (...values: unknown[]) => ({ type: 'options', options: values.map((value) => ({ name: String(value), value })) });

test.each([
	['a number', { type: 'number' }, '5', 5],
	['a list', { type: 'array' }, ['a', 'b'], ['a', 'b']],
	['an object', { type: 'object' }, '{"a":1}', { a: 1 }],
	['a truth value', { type: 'boolean' }, 'true', true],
	['a choice of numbers', choices(1, 2, 3), 1, 1],
	['a choice of texts', choices('EU', 'US'), 'EU', 'EU'],
	['a date', { type: 'dateTime' }, '2026-02-03', '2026-02-03'],
	['a text', { type: 'string' }, 5, '5'],
] as [string, IDataObject, unknown, unknown][])('a saved field keeps its type: %s', async (_what, field, value, sent) => {
	expect(await read(field, value)).toEqual(sent);
});

test('what is not of the type is refused by name', async () => {
	await expect(read({ type: 'number' }, 'many')).rejects.toThrow('The input “input” must be a number');
	await expect(read(choices(1, 2), 3)).rejects.toThrow('one of 1, 2');
});

describe('a message for an agent whose inputs the editor has not shown', () => {
	const send = async (names: string[], values: Record<string, unknown>) => {
		const shown: Record<string, unknown> = { inputsMode: 'fields', 'agent.mode': 'id', 'inputs.mappingMode': 'defineBelow', ...values };
		const schema = { properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])), required: [] };
		const parameters = { get: (name: string) => shown[name] ?? '', options: {}, row: {} };
		return (await readAgentInputs(parameters, 'scout', async () => await Promise.resolve(schema))).inputs;
	};

	test('is the input of its name, unless that is mapped', async () => {
		expect(await send(['user_input'], { user_input: 'hi' })).toEqual({ user_input: 'hi' });
		expect(await send(['user_input', 'topic'], { user_input: 'hi', 'inputs.value': { topic: 'tea' } })).toEqual({
			user_input: 'hi',
			topic: 'tea',
		});
		expect(await send(['user_input'], { user_input: 'hi', 'inputs.value': { user_input: 'ho' } })).toEqual({ user_input: 'ho' });
	});

	test('is refused where it would be lost and the run paid', async () => {
		await expect(send(['company'], { user_input: 'hi' })).rejects.toThrow('scout takes inputs of its own, and no Message');
		expect(await send(['company'], { user_input: 'hi', 'inputs.value': { company: 'Acme' } })).toEqual({ company: 'Acme' });
	});
});
