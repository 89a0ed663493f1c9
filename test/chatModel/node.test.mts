import type { ISupplyDataFunctions } from 'n8n-workflow';

import { LmChatAgentAi } from '../../nodes/AgentAi/LmChatAgentAi.node.ts';

jest.mock('@n8n/ai-node-sdk', () => {
	throw new Error('Cannot find module');
});

test('on a host without the AI SDK the node loads, and says what to do when it is used', async () => {
	const values: Record<string, unknown> = {
		instance: 'defineBelow',
		instance_ip: '10.0.0.1',
		auth_token: 'x',
		agent_id: 'main',
		options: {},
	};
	const context = {
		getNode: () => ({ name: 'Model', type: 'lmChatAgentAi' }),
		getNodeParameter: (name: string, _index: number, fallback: unknown) => values[name] ?? fallback,
		getCredentials: () => Promise.resolve({ apiToken: 'x', baseUrl: 'https://api-lr.agent.ai/v1' }),
		getExecutionCancelSignal: () => undefined,
		helpers: {},
	} as unknown as ISupplyDataFunctions;
	await expect(new LmChatAgentAi().supplyData.call(context, 0)).rejects.toMatchObject({
		message: 'This n8n is too old for the OpenClaw Chat Model',
		description: expect.stringContaining('2.16') as string,
	});
});
