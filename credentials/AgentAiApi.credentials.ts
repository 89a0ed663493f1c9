import type {
	IAuthenticateGeneric,
	IAuthenticateRuleResponseCode,
	IAuthenticateRuleResponseSuccessBody,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

type Rule = IAuthenticateRuleResponseCode | IAuthenticateRuleResponseSuccessBody;

const CHECK_URL = 'Check the Base URL: it is https://api-lr.agent.ai/v1, unless you use a sandbox or a proxy';

/** What an HTTP status says about the credential; n8n shows its own bare status text for any other. */
const STATUS_MESSAGES: Array<[number[], string]> = [
	[[401], 'Wrong API token: agent.ai did not accept it. Copy it again from agent.ai → Integrations → API. The Base URL is fine'],
	[[403], 'agent.ai accepted the API token but does not allow the account to use the API'],
	[[404, 405], `Wrong Base URL: there is no agent.ai API at this address. ${CHECK_URL}`],
	[[301, 302, 303, 307, 308], `Wrong Base URL: it redirects to another address. ${CHECK_URL}`],
	[[429], 'The rate limit of agent.ai is reached. Test again in a minute'],
	[[500, 502, 503, 504], 'agent.ai is not available right now. Test again in a minute'],
];

const TEST_RULES: Rule[] = [
	{
		type: 'responseSuccessBody',
		properties: {
			key: 'name',
			value: undefined,
			message: `Wrong Base URL: this is not agent.ai. ${CHECK_URL}`,
		},
	},
	...STATUS_MESSAGES.flatMap(([statuses, message]) =>
		statuses.map((value): Rule => ({ type: 'responseCode', properties: { value, message } })),
	),
];

/** Says that one of two fields which only work together is empty, while the other is filled in. */
function halfPairNotice(filled: string, empty: string, displayName: string): INodeProperties {
	return {
		displayName,
		name: `${empty}Missing`,
		type: 'notice',
		default: '',
		// as a condition to hide: n8n takes one to show as met wherever a field holds an expression
		displayOptions: { hide: { [filled]: [''], [empty]: [{ _cnd: { not: '' } }] } },
	};
}

export class AgentAiApi implements ICredentialType {
	name = 'agentAiApi';

	displayName = 'Agent.ai API';

	icon: Icon = {
		light: 'file:../nodes/AgentAi/agentAi.svg',
		dark: 'file:../nodes/AgentAi/agentAi.dark.svg',
	};

	documentationUrl = 'https://github.com/n8n-nodes-agent-ai/n8n-nodes-agent-ai#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'API Token',
			name: 'apiToken',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Your agent.ai API token. Find it at agent.ai under <a href="https://agent.ai/user/integrations#api" target="_blank">Integrations → API</a>. Requests use the credits of your account. With an expression, each item can use its own token; n8n can only test a token that doesn’t depend on an item.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api-lr.agent.ai/v1',
			description: 'Address of the agent.ai API. Change it only to use a sandbox or a proxy.',
		},
		{
			displayName:
				'Leave the next two fields empty to use the OpenClaw instance connected to your agent.ai account. To use another instance, fill in both: the credential test does not check them, the first prompt does',
			name: 'instanceNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'OpenClaw Instance IP',
			name: 'instanceIp',
			type: 'string',
			default: '',
			placeholder: 'e.g. 167.71.242.214, or leave empty',
			description:
				'IP address or host name of your OpenClaw instance, with the port if needed and without https://. Used by nodes whose OpenClaw Instance is Automatic. The credential test does not check it.',
		},
		halfPairNotice('instanceIp', 'authToken', 'OpenClaw Auth Token is missing: fill in both fields, or neither'),
		{
			displayName: 'OpenClaw Auth Token',
			name: 'authToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. the token in openclaw.json, or leave empty',
			description:
				'Token of the OpenClaw gateway on that instance. It is only sent for that instance. The credential test does not check it.',
		},
		halfPairNotice('authToken', 'instanceIp', 'OpenClaw Instance IP is missing: fill in both fields, or neither'),
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				// what people paste along is taken off; what a header cannot carry becomes a token that agent.ai refuses in words
				Authorization:
					'=Bearer {{ $credentials.apiToken.replace(/[\\u00ad\\u200b-\\u200f\\u2060\\ufeff]/g, "").trim().replace(/^Bearer\\s+/i, "").replace(/[^\\x21-\\x7e]/g, "?") }}',
			},
		},
	};

	// The action catalogue costs nothing. Any 2xx passes n8n's test unless a rule speaks against it, and a rule sees the
	// first element of the answer only: a list of named actions passes, a web page or an error object does not.
	test: ICredentialTestRequest = {
		request: {
			// completed as the node does it: https:// in front of a bare host; /v1 is not part of the catalogue's address
			baseURL:
				'={{ ($credentials.baseUrl.trim().replace(/\\/+$/, "").replace(/^(?![a-z][a-z\\d+.-]*:\\/\\/)(?=.)/i, "https://") || "https://api-lr.agent.ai/v1").replace(/\\/v1$/, "") }}',
			url: '/api/v2/mcp/functions',
			disableFollowRedirect: true,
		},
		// n8n takes both kinds side by side; its type only allows for one
		rules: TEST_RULES as ICredentialTestRequest['rules'],
	};
}
