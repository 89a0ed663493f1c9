import fc from 'fast-check';

import { readCatalogue } from '../../nodes/AgentAi/client/catalogue.ts';
import facts from '../contract/catalogue.facts.json' with { type: 'json' };

const OPENCLAW = ['openclaw_chat_completion', 'openclaw_get_details', 'openclaw_tools_invoke'];

test('all 177 functions are read, the three of OpenClaw left out', () => {
	const catalogue = readCatalogue(facts);
	expect(facts).toHaveLength(177);
	expect(catalogue.size).toBe(174);
	expect(OPENCLAW.some((name) => catalogue.has(name))).toBe(false);
});

test('nonsense in the catalogue is skipped', () => {
	fc.assert(
		fc.property(fc.array(fc.anything()), (list) => {
			for (const { name } of readCatalogue(list).values()) expect(name).not.toBe('');
		}),
	);
});
