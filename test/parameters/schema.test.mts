import { readSchema, title } from '../../nodes/AgentAi/parameters/schema.ts';

test('what is no schema has no fields', () => {
	for (const nothing of [undefined, null, 'text', [], 7, { properties: 'none' }]) {
		expect(readSchema(nothing)).toEqual({ fields: [], open: false });
	}
});

test('titles', () => {
	expect(title('get_twitter_users')).toBe('Get Twitter Users');
	expect(title('hubspot.v2.get_engagements')).toBe('Hubspot V2 Get Engagements');
});
