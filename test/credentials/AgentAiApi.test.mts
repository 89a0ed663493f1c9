import { AgentAiApi } from '../../credentials/AgentAiApi.credentials.ts';
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
	['http://127.0.0.1:8181/proxy', 'http://127.0.0.1:8181/proxy'],
])('the catalogue for %j stands below %s', (baseUrl, expected) => {
	expect(resolveWithCredential(credential.test.request.baseURL, { baseUrl })).toBe(expected);
});
