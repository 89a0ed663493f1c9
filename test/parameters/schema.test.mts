import { checkInputs } from '../../nodes/AgentAi/parameters/checkInputs.ts';
import { readSchema, title } from '../../nodes/AgentAi/parameters/schema.ts';

test('what is no schema has no fields', () => {
	for (const nothing of [undefined, null, 'text', [], 7, { properties: 'none' }]) {
		expect(readSchema(nothing)).toEqual({ fields: [], open: false });
	}
});

test('of 20,000 inputs 500 are read, each once; the others are taken as they come', () => {
	let visits = 0;
	const counted = (name: string) => ({
		get type() {
			visits++;
			return name.endsWith('0') ? 'integer' : 'string';
		},
	});
	const names = Array.from({ length: 20_000 }, (_, index) => `input_${index}`);
	const required = new Proxy(names, {
		get(list, key, receiver): unknown {
			visits++;
			return Reflect.get(list, key, receiver);
		},
	});
	const schema = readSchema({ properties: Object.fromEntries(names.map((name) => [name, counted(name)])), required });
	expect(schema.fields.map(({ name }) => name)).toEqual(names.slice(0, 500));
	expect(schema.open).toBe(true);
	// a quadratic walk makes hundreds of millions
	expect(visits).toBeLessThan(5 * names.length);
	expect(
		checkInputs('big', schema, { ...Object.fromEntries(names.slice(0, 500).map((name) => [name, 1])), input_19999: 'x' }, 'send'),
	).toMatchObject({
		input_0: 1,
		input_1: '1',
		input_19999: 'x',
	});
});

test('titles', () => {
	expect(title('get_twitter_users')).toBe('Get Twitter Users');
	expect(title('hubspot.v2.get_engagements')).toBe('Hubspot V2 Get Engagements');
});
