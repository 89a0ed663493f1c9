import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';

import { searchOpenClawAgents } from '../../nodes/AgentAi/methods/openClawAgents.ts';
import { searchSessions } from '../../nodes/AgentAi/methods/sessions.ts';
import { claims } from '../support/sayings.mts';

/** A panel that counts its requests by their action; every page of sessions holds this one, and another page follows. */
function panel(session: string, credential: IDataObject) {
	const sent: string[] = [];
	const context = {
		getNode: () => ({ name: 'Agent.ai', type: 'agentAi' }),
		getCurrentNodeParameter: (name: string) => ({ instance: 'automatic' })[name],
		getCredentials: () => Promise.resolve({ baseUrl: 'http://127.0.0.1:1/v1', ...credential }),
		helpers: {
			httpRequestWithAuthentication: (_type: string, { url, body }: { url: string; body: IDataObject | string }) => {
				const action = url.split('/').at(-1)!;
				sent.push(action);
				const { args_json: args } = (typeof body === 'string' ? JSON.parse(body) : body) as { args_json?: string };
				const { offset = 0 } = JSON.parse(args ?? '{}') as { offset?: number };
				const details = { agents: [{ id: 'main' }], sessions: [{ key: session }], hasMore: true, nextOffset: offset + 100 };
				const response =
					action === 'openclaw_get_details'
						? { instance_ip: '10.0.0.1', auth_token: 'gateway-token', status: 'running' }
						: { ok: true, result: { details } };
				return Promise.resolve({ statusCode: 200, headers: {}, body: { status: 200, response } });
			},
		},
	} as unknown as ILoadOptionsFunctions;
	return { context, sent };
}

const NAMED = () => ({ apiToken: crypto.randomUUID(), instanceIp: '10.0.0.1', authToken: 'gateway-token' });
const UNNAMED = () => ({ apiToken: crypto.randomUUID(), instanceIp: '', authToken: '' });
const WITH_A_KEY = 'agent:main:mine';
const WITHOUT_A_KEY = 'agent:main:openai:8a1f';

test('the requests of the lists, with and without an instance in the credential', async () => {
	const [forAgents, fewest, most] = claims(
		/Opening the list of agents sends (\w+) requests to agent\.ai, and the list of sessions (\w+) to (\w+)\./,
	);
	const [more = 0, minutes = 0] = claims(
		/If the credential names no instance, either sends (\w+) more, unless agent\.ai named it in the last (\d+) minutes\./,
	);
	const opened = async (list: typeof searchSessions, session: string, credential: IDataObject) => {
		const { context, sent } = panel(session, credential);
		await list.call(context);
		return sent.length;
	};
	expect(await opened(searchOpenClawAgents, WITH_A_KEY, NAMED())).toBe(forAgents);
	expect(await opened(searchSessions, WITH_A_KEY, NAMED())).toBe(fewest);
	expect(await opened(searchSessions, WITHOUT_A_KEY, NAMED())).toBe(most);

	const account = UNNAMED();
	const now = jest.spyOn(performance, 'now');
	const clock = performance.now();
	const openedAt = async (after: number) => {
		now.mockReturnValue(clock + after * 60_000);
		return await opened(searchSessions, WITH_A_KEY, account);
	};
	expect([await openedAt(0), await openedAt(minutes - 0.1), await openedAt(minutes + 0.1)]).toEqual([
		fewest! + more,
		fewest,
		fewest! + more,
	]);
	now.mockRestore();
	expect(await opened(searchOpenClawAgents, WITH_A_KEY, UNNAMED())).toBe(forAgents! + more);
});
