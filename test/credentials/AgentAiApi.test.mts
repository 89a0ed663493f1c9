import { NodeHelpers } from 'n8n-workflow';

import { AgentAiApi } from '../../credentials/AgentAiApi.credentials.ts';
import { cleanToken } from '../../nodes/AgentAi/client/token.ts';
import { resolveWithCredential } from '../support/engine.mts';

const credential = new AgentAiApi();

test('masks both tokens and asks for the API token and the Base URL only', () => {
	const masked = credential.properties.filter(({ typeOptions }) => typeOptions?.password).map(({ name }) => name);
	expect(masked).toEqual(['apiToken', 'authToken']);
	expect(credential.properties.filter(({ required }) => required).map(({ name }) => name)).toEqual(['apiToken', 'baseUrl']);
});

test.each([
	['https://api-lr.agent.ai/v1', 'https://api-lr.agent.ai'],
	[' https://api-lr.agent.ai/v1/ ', 'https://api-lr.agent.ai'],
	['http://127.0.0.1:8181/v1', 'http://127.0.0.1:8181'],
	['api-lr.agent.ai', 'https://api-lr.agent.ai'],
	['api-lr.agent.ai/v1', 'https://api-lr.agent.ai'],
	['localhost:8181/v1', 'https://localhost:8181'],
	['', 'https://api-lr.agent.ai'],
	['http://127.0.0.1:8181/proxy', 'http://127.0.0.1:8181/proxy'],
])('the catalogue for %j stands below %s', (baseUrl, expected) => {
	expect(resolveWithCredential(credential.test.request.baseURL, { baseUrl })).toBe(expected);
});

test.each([
	['abc123', 'Bearer abc123'],
	[' abc123\n', 'Bearer abc123'],
	['Bearer abc123', 'Bearer abc123'],
	['bearer  abc123', 'Bearer abc123'],
	['\u200babc\ufeff123\u200d', 'Bearer abc123'],
	['abc\u00fc123', 'Bearer abc?123'],
	['abc\n123', 'Bearer abc?123'],
])('the token %j is sent as %j', (apiToken, expected) => {
	expect(resolveWithCredential(credential.authenticate.properties.headers?.Authorization, { apiToken })).toBe(expected);
});

test.each(['abc123', ' Bearer abc123 ', '\u200babc123\ufeff'])('the node hides the token %j as it is sent', (apiToken) => {
	const sent = resolveWithCredential(credential.authenticate.properties.headers?.Authorization, { apiToken });
	expect(sent).toBe(`Bearer ${cleanToken(apiToken)}`);
});

test('a wrong token, a wrong address and a bad moment have messages of their own', () => {
	const messages = (credential.test.rules ?? []).map(({ properties }) => properties.message);
	expect(messages.filter((message) => message.startsWith('Wrong API token'))).toHaveLength(1);
	expect(messages.filter((message) => message.startsWith('Wrong Base URL'))).toHaveLength(8);
	for (const message of messages) expect(message).not.toMatch(/\.$/);
});

test('says which half of the pair is missing, and nothing when both are there or neither', () => {
	const notices = credential.properties.filter(({ name }) => name.endsWith('Missing'));
	for (const [instanceIp, authToken, said] of [
		['', '', []],
		['10.0.0.1', 'token', []],
		['={{ $json.ip }}', '={{ $json.token }}', []],
		['={{ $json.ip }}', '', ['OpenClaw Auth Token is missing']],
		['10.0.0.1', '', ['OpenClaw Auth Token is missing']],
		['', 'token', ['OpenClaw Instance IP is missing']],
	] as const) {
		const shown = notices.filter((notice) => NodeHelpers.displayParameter({ instanceIp, authToken }, notice, null, null));
		expect(shown.map(({ displayName }) => displayName.split(':')[0])).toEqual(said);
	}
});
