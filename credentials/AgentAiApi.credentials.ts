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

const CHECK_URL = 'Check that the Base URL is https://api-lr.agent.ai/v1 and nothing else answers there';

const TEST_RULES: Rule[] = [
	{
		type: 'responseSuccessBody',
		properties: {
			key: 'name',
			value: undefined,
			message: `The answer is not agent.ai’s list of actions. ${CHECK_URL}`,
		},
	},
	{
		type: 'responseCode',
		properties: {
			value: 401,
			message: 'agent.ai did not accept the API token. Copy it again from agent.ai → Integrations → API',
		},
	},
	{
		type: 'responseCode',
		properties: {
			value: 403,
			message: 'agent.ai accepted the API token but does not allow the account to use the API',
		},
	},
	{
		type: 'responseCode',
		properties: { value: 404, message: `There is no agent.ai API at the Base URL. ${CHECK_URL}` },
	},
];

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
				'Your agent.ai token. Find it at agent.ai under <a href="https://agent.ai/user/integrations#api" target="_blank">Integrations → API</a>. It spends the credits of your account',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api-lr.agent.ai/v1',
			description: 'Address of the agent.ai API. Change it only for a sandbox or a proxy',
		},
		{
			displayName: 'OpenClaw Instance IP',
			name: 'instanceIp',
			type: 'string',
			default: '',
			placeholder: 'e.g. 167.71.242.214',
			description:
				'IP address or host name of your OpenClaw instance, with its port if needed. Leave out https://. Nodes use it when their OpenClaw Instance is Automatic',
		},
		{
			displayName: 'OpenClaw Auth Token',
			name: 'authToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Token of the OpenClaw gateway on that instance. It is sent with that instance only',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{ $credentials.apiToken.trim() }}' } },
	};

	// The action catalogue costs nothing. Any 2xx passes n8n's test unless a rule speaks against it, and a rule sees the
	// first element of the answer only: a list of named actions passes, a web page or an error object does not.
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.baseUrl.trim().replace(/\\/+$/, "").replace(/\\/v1$/, "") }}',
			url: '/api/v2/mcp/functions',
			disableFollowRedirect: true,
		},
		// n8n takes both kinds side by side; its type only allows for one
		rules: TEST_RULES as ICredentialTestRequest['rules'],
	};
}
