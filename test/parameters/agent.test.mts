import { readAgent } from '../../nodes/AgentAi/parameters/agent.ts';

test('a webhook that was pasted without its scheme is refused, and its key is not repeated', () => {
	const read = () => readAgent('api-lr.agent.ai/v1/agent/x/webhook/k-4711');
	expect(read).toThrow(/Agent must be an ID/);
	expect(read).not.toThrow(/k-4711/);
});
