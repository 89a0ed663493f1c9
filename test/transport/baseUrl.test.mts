import { actionUrl, isAgentAiHost, usableBaseUrl } from '../../nodes/AgentAi/transport/baseUrl.ts';

test.each([
	['https://api-lr.agent.ai/v1', 'https://api-lr.agent.ai/v1/action/openclaw_chat_completion'],
	[' http://127.0.0.1:8181/v1// ', 'http://127.0.0.1:8181/v1/action/openclaw_chat_completion'],
	['', 'https://api-lr.agent.ai/v1/action/openclaw_chat_completion'],
	['api-lr.agent.ai/v1', 'https://api-lr.agent.ai/v1/action/openclaw_chat_completion'],
	['api-lr.agent.ai', 'https://api-lr.agent.ai/v1/action/openclaw_chat_completion'],
	['https://api-lr.agent.ai/', 'https://api-lr.agent.ai/v1/action/openclaw_chat_completion'],
	['http://localhost:8181', 'http://localhost:8181/v1/action/openclaw_chat_completion'],
	['https://proxy.example/agent', 'https://proxy.example/agent/action/openclaw_chat_completion'],
])('%j', (baseUrl, url) => expect(actionUrl(usableBaseUrl(baseUrl), 'openclaw_chat_completion')).toBe(url));

test.each([
	['no address', /not a web address/],
	['ftp://agent.ai', /must start with https/],
	['https://me:pw@agent.ai/v1', /not contain a user name/],
	['https://agent.ai/v1?x=1', /“\?” or/],
])('%j is refused', (baseUrl, message) => expect(() => usableBaseUrl(baseUrl)).toThrow(message));

test('the documented pace is for agent.ai’s own hosts only', () => {
	expect(isAgentAiHost('https://api-lr.agent.ai/v1')).toBe(true);
	expect(isAgentAiHost(usableBaseUrl('api-lr.agent.ai'))).toBe(true);
	expect(isAgentAiHost('https://agent.ai.evil.example/v1')).toBe(false);
	expect(isAgentAiHost('https://notagent.ai/v1')).toBe(false);
});
