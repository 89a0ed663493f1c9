import { chooseAgent, fullSessionKey, sessionLane, toolSessionKey } from '../../nodes/AgentAi/parameters/agentSession.ts';

describe('agent and model', () => {
	test.each([
		// [agent, model, what goes out]
		['main', 'openclaw:main', { agentId: 'main', model: 'openclaw:main' }],
		['research', 'openclaw:main', { agentId: 'research', model: 'openclaw:research' }],
		['main', 'openclaw:research', { agentId: 'research', model: 'openclaw:research' }],
		['main', 'openclaw/research', { agentId: 'research', model: 'openclaw/research' }],
		['main', 'agent:research', { agentId: 'research', model: 'agent:research' }],
		['Research', 'agent:research', { agentId: 'Research', model: 'agent:research' }],
		['', 'agent:research', { model: 'agent:research' }],
		['research', '', { agentId: 'research' }],
		['', '', {}],
		['main', 'openclaw/default', { model: 'openclaw/default' }],
		['main', 'openclaw:Default', { model: 'openclaw:Default' }],
		['', 'openclaw/default', { model: 'openclaw/default' }],
		['main', 'openclaw', { model: 'openclaw' }],
		['research', 'openclaw', { agentId: 'research', model: 'openclaw' }],
	])('%j and %j', (agent, model, choice) => {
		expect(chooseAgent(agent, model)).toEqual(choice);
	});

	test.each([
		['research', 'openclaw:sales', 'Agent is “research”, but Model names the agent “sales”'],
		['research', 'agent:sales', 'Agent is “research”, but Model names the agent “sales”'],
		['research', 'openclaw/default', 'Agent is “research”, but Model “openclaw/default” names the agent that the instance is set to'],
	])('%j and %j disagree', (agent, model, message) => {
		expect(() => chooseAgent(agent, model)).toThrow(message);
	});
});

describe('the session key', () => {
	test.each([
		['conv1', { agentId: 'main' }, 'agent:main:conv1'],
		['conv1', { agentId: 'research' }, 'agent:research:conv1'],
		['conv1', { model: 'agent:research' }, 'agent:research:conv1'],
		['conv1', {}, 'agent:main:conv1'],
		['main', { agentId: 'main' }, 'agent:main:main'],
		['agent:research:conv1', { agentId: 'Research' }, 'agent:research:conv1'],
		['AGENT:Main:Conv1', { agentId: 'main' }, 'AGENT:Main:Conv1'],
		['agent:x:y:z', { model: 'openclaw/default' }, 'agent:x:y:z'],
		// neither is a full form: nothing stands where the agent or the key should
		['agent:', { agentId: 'main' }, 'agent:main:agent:'],
		['agent::x', { agentId: 'main' }, 'agent:main:agent::x'],
		['telegram:group:7', { agentId: 'main' }, 'agent:main:telegram:group:7'],
		['', { agentId: 'main' }, undefined],
	])('%j with %j goes out as %j', (key, choice, full) => {
		expect(fullSessionKey(key, choice)).toBe(full);
	});

	test('a key of another agent is refused, with both named', () => {
		expect(() => fullSessionKey('agent:sales:x', { agentId: 'main' })).toThrow(/“sales”.*“main”/);
	});

	test('a short key without an agent is refused', () => {
		expect(() => fullSessionKey('x', { model: 'openclaw/default' })).toThrow(
			/“x” needs an agent, but Model “openclaw\/default” does not name one/,
		);
	});

	test('all spellings of one session are one lane; another instance is another', () => {
		const lane = sessionLane('claw.example.com', 'agent:main:conv1');
		expect(sessionLane('Claw.Example.com', 'AGENT:Main:Conv1')).toBe(lane);
		expect(sessionLane('claw.example.com:18789', 'agent:main:conv1')).not.toBe(lane);
	});

	test.each([
		['main', 'main'],
		['Main', 'Main'],
		['x', 'agent:main:x'],
		['agent:research:x', 'agent:research:x'],
		['', undefined],
	])('a tool runs in %j as %j', (key, sent) => {
		expect(toolSessionKey(key)).toBe(sent);
	});
});
