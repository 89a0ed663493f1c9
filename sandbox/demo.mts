import type { ScriptedAgents } from './gateway/agents.mts';
import type { SandboxOptions } from './options.mts';

/** What makes the sandbox worth looking at: answers by topic, slow enough that streaming is seen. */
export const DEMO: SandboxOptions = { replies: 'topics', latencyMs: 300, pieceDelayMs: 40 };

/** Conversations that an instance in use would hold, so that its lists are not empty. */
const CONVERSATIONS: [agent: string, key: string, label: string, turns: [message: string, answer: string][]][] = [
	['main', 'main', 'Main', [['Good morning', 'Good morning! Two invoices came in overnight, and nothing is on fire.']]],
	[
		'main',
		'customer-ada',
		'Ada: delivery date',
		[
			['When will my order arrive?', 'It ships on Monday and should be with you by Wednesday.'],
			['Please send the invoice to my new address', 'Gladly. Could you confirm the new address first?'],
		],
	],
	[
		'main',
		'customer-grace',
		'Grace: refund',
		[['I would like to return the second item', 'I have sent you the label. The refund takes three days.']],
	],
	[
		'research',
		'market-2026',
		'Market notes 2026',
		[['Collect what changed in our market this year', 'Three things changed: prices, one new competitor, and the law.']],
	],
];

/** Puts the demo's sessions into the pretended instance. */
export function addConversations(agents: ScriptedAgents): void {
	for (const [agent, key, label, turns] of CONVERSATIONS) agents.sessions.add(agent, `agent:${agent}:${key}`, turns, label);
}
