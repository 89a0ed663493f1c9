import type { FailureRow } from './failureRow';

/** What is done about the key of a service that another of agent.ai's actions uses. */
const OTHERS_KEY = 'Check the keys and permissions that the action needs';

/** Failures of the OpenClaw instance behind agent.ai, and of what is behind it. A part of the table of failures. */
export const GATEWAY_FAILURES = {
	chatEndpointDisabled: {
		message: 'The OpenClaw gateway does not offer its chat endpoint',
		advice:
			'On the instance, set gateway.http.endpoints.chatCompletions.enabled to true in openclaw.json, and restart a gateway older than 2026.9. If it is already set, check that {address} names the gateway and its port',
		delivery: 'final',
		forgetsInstance: true,
		cause: 'configuration-invalid',
	},
	emptyAnswer: {
		message: 'The agent gave no answer',
		advice: 'The request worked, but the answer has no text. Rephrase the message, or check the agent’s model on the OpenClaw instance',
		delivery: 'uncertain',
	},
	gatewayForbidden: {
		message: 'The OpenClaw instance refused the request',
		advice: 'The agent.ai token is fine: the OpenClaw gateway refused the request. Check the access rules of the gateway',
		delivery: 'final',
		forgetsInstance: true,
		cause: 'configuration-invalid',
	},
	gatewayLockout: {
		message: 'The OpenClaw gateway has locked out agent.ai for a while',
		advice:
			'After too many requests with a wrong token, the gateway refuses every token until its lockout ends (after 5 minutes by default). This is not the rate limit of agent.ai. If {token} is wrong, correct it. Then wait and run this again. Nothing was run',
		delivery: 'final',
		shared: { scope: 'instance', as: 'refused' },
		forgetsInstance: true,
		cause: 'rate-limited',
	},
	gatewayNotFound: {
		message: 'The OpenClaw gateway does not know this request',
		advice:
			'Check that {address} names the gateway and its port, and that its OpenClaw version offers tools over HTTP (POST /tools/invoke)',
		delivery: 'final',
		forgetsInstance: true,
		cause: 'configuration-invalid',
	},
	/** Its own 503 while it drains and starts: it comes before any work is admitted (measured, openclaw 2026.9.6). */
	gatewayRestarting: {
		message: 'The OpenClaw gateway is restarting',
		advice: 'Run this item again in a minute. Nothing was run',
		delivery: 'notDelivered',
		shared: { scope: 'instance', as: 'down' },
		cause: 'temporarily-unavailable',
	},
	gatewayToken: {
		message: 'The OpenClaw instance did not accept its auth token',
		advice: 'The agent.ai token is fine: the gateway token was refused by the OpenClaw gateway. Correct {token}',
		delivery: 'final',
		shared: { scope: 'token', as: 'refused', doubted: true },
		forgetsInstance: true,
		cause: 'credential-invalid',
	},
	instanceOffline: {
		message: 'The OpenClaw instance of the account is not running',
		advice: 'Start the instance at agent.ai, then run this again. Nothing was sent to the instance',
		delivery: 'notDelivered',
		shared: { scope: 'instance', as: 'down' },
		forgetsInstance: true,
		cause: 'temporarily-unavailable',
	},
	/** The relay says that its connection to the gateway was refused: nothing has reached it. */
	instanceUnreachable: {
		message: 'agent.ai could not connect to the OpenClaw instance',
		advice: 'Check that the instance is running, and that {address} names its gateway and port. Nothing was run',
		delivery: 'notDelivered',
		shared: { scope: 'instance', as: 'down' },
		forgetsInstance: true,
		cause: 'temporarily-unavailable',
	},
	missingScope: {
		message: 'The auth token of the OpenClaw gateway is not allowed to do this',
		advice:
			'The agent.ai account is fine: the token of the OpenClaw gateway lacks a scope. Add the scope to the token on the instance, or use another token. Nothing was run',
		elsewhere: { message: 'The key behind the action is not allowed to do this', advice: OTHERS_KEY },
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	noInstance: {
		message: 'agent.ai has no OpenClaw instance for this account',
		advice:
			'Connect an instance at agent.ai, fill in OpenClaw Instance IP and OpenClaw Auth Token in the credential, or set OpenClaw Instance to Define Below',
		delivery: 'final',
		shared: { scope: 'account', as: 'refused', askedByEachRun: true },
		cause: 'configuration-invalid',
	},
	providerKey: {
		message: 'The model provider behind OpenClaw refused the API key of the instance',
		advice: 'Both tokens in n8n are fine. Renew the model provider’s API key in the configuration of the OpenClaw instance',
		elsewhere: { message: 'The service behind the action refused its API key', advice: OTHERS_KEY },
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	providerModel: {
		message: 'The model provider behind OpenClaw does not have the agent’s model',
		advice: 'Correct the model of the agent in the configuration of the OpenClaw instance. Nothing was run',
		delivery: 'final',
	},
	providerTimeout: {
		message: 'The model provider behind OpenClaw did not answer in time',
		advice:
			'The gateway has already tried several times, so the item was not sent again. Check the model provider, then run this item again',
		delivery: 'final',
		// the words are alike where an old address of the instance does not answer
		forgetsInstance: true,
	},
	providerQuota: {
		message: 'The quota at the model provider behind OpenClaw is used up',
		advice:
			'This is not about your agent.ai credits. Add funds or quota at the model provider of the OpenClaw instance. The gateway may take 10 minutes to use the key again',
		elsewhere: {
			message: 'The quota at the service behind the action is used up',
			advice: 'This is not about your agent.ai credits. Run this item again later',
		},
		delivery: 'final',
		cause: 'quota-exhausted',
	},
	proxyNotTrusted: {
		message: 'The OpenClaw gateway does not trust the proxy in front of it',
		advice: 'On the instance, add the proxy’s address to gateway.trustedProxies in openclaw.json',
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	toolFailed: {
		message: 'The tool could not complete the call',
		advice: 'Correct the arguments as the response says',
		delivery: 'final',
	},
	toolNotAvailable: {
		message: 'The tool is not available on the OpenClaw instance',
		advice:
			'Check the name of the tool and that the tool policy of the instance allows it. For tools that the gateway does not offer over HTTP by default, such as sessions_send and cron, add it to gateway.tools.allow in openclaw.json',
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	upstream: {
		message: 'agent.ai could not reach the OpenClaw instance or its model',
		advice: 'Check that the instance is running and that its model provider responds',
		elsewhere: { message: 'agent.ai could not reach the service behind it', advice: 'Run this item again later' },
		steps: ['lookIntoSession'],
		delivery: 'uncertain',
		shared: { scope: 'instance', as: 'down' },
		forgetsInstance: true,
		cause: 'temporarily-unavailable',
	},
	upstreamBusy: {
		message: 'The OpenClaw instance or its model provider is busy',
		advice: 'agent.ai accepted the request, but the instance or its model provider is at capacity. Run this item again later',
		elsewhere: { message: 'The service behind agent.ai is busy', advice: 'Run this item again later' },
		steps: ['lowerConcurrency'],
		delivery: 'uncertain',
		cause: 'temporarily-unavailable',
	},
	/** 504: unlike a 502 it comes late, and says nothing of the requests of others. */
	upstreamTimeout: {
		message: 'The OpenClaw instance or its model did not respond in time',
		elsewhere: { message: 'agent.ai did not get a response in time' },
		delivery: 'uncertain',
		forgetsInstance: true,
		cause: 'temporarily-unavailable',
	},
} satisfies Record<string, FailureRow>;
