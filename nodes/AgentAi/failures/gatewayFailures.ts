import { type FailureRow, RETRY_UNCERTAIN, TAKEN_UP_AGAIN } from './failureRow';

/** Failures of the OpenClaw instance behind agent.ai, and of what is behind it. A part of the table of failures. */
export const GATEWAY_FAILURES = {
	chatEndpointDisabled: {
		message: 'The OpenClaw gateway does not offer its chat endpoint',
		advice:
			'On the instance, set gateway.http.endpoints.chatCompletions.enabled to true in openclaw.json; restart the gateway if it is older than 2026.9. If it is set, check that the OpenClaw Instance IP and port are the gateway’s own',
		delivery: 'final',
		forgetsInstance: true,
		cause: 'configuration-invalid',
	},
	emptyAnswer: {
		message: 'The agent gave no answer',
		advice: `The request worked, but the answer holds no text. Rephrase the message, or check the agent’s model on the OpenClaw instance. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
	},
	gatewayForbidden: {
		message: 'The OpenClaw instance refused the request',
		advice: 'The agent.ai token is fine: this refusal came from the OpenClaw gateway behind it. Check the gateway’s own access rules',
		delivery: 'final',
		forgetsInstance: true,
		cause: 'configuration-invalid',
	},
	gatewayLockout: {
		message: 'The OpenClaw gateway has locked out agent.ai for a while',
		advice:
			'Too many requests came with a wrong auth token, so the gateway refuses the right one too until its lockout passes (5 minutes unless it was set otherwise). This is not agent.ai’s rate limit. Correct the OpenClaw Auth Token if it is wrong, wait, then run this again. Nothing was run',
		delivery: 'final',
		shared: { scope: 'instance', as: 'refused' },
		forgetsInstance: true,
		cause: 'rate-limited',
	},
	gatewayNotFound: {
		message: 'The OpenClaw gateway does not know this request',
		advice:
			'Check that the OpenClaw Instance IP and port are those of the gateway itself, and that its OpenClaw is new enough to offer tools over HTTP (POST /tools/invoke)',
		delivery: 'final',
		forgetsInstance: true,
		cause: 'configuration-invalid',
	},
	/** Its own 503 while it drains and starts: it comes before any work is admitted (measured, openclaw 2026.9.6). */
	gatewayRestarting: {
		message: 'The OpenClaw gateway is restarting',
		advice: 'It takes no requests until it is back. Run this item again in a minute. Nothing was run',
		delivery: 'notDelivered',
		shared: { scope: 'instance', as: 'down' },
		cause: 'temporarily-unavailable',
	},
	gatewayToken: {
		message: 'The OpenClaw instance did not accept its auth token',
		advice:
			'The agent.ai token is fine: the gateway token was refused, by the OpenClaw gateway behind agent.ai. Correct the OpenClaw Auth Token in the credential, or the Auth Token in the node where the instance is defined there',
		delivery: 'final',
		shared: { scope: 'token', as: 'refused', doubted: true },
		forgetsInstance: true,
		cause: 'credential-invalid',
	},
	instanceOffline: {
		message: 'The OpenClaw instance of the account is not running',
		advice: 'Start the instance at agent.ai, then run this again. Nothing was sent to it',
		delivery: 'final',
		shared: { scope: 'account', as: 'refused', askedByEachRun: true },
		forgetsInstance: true,
		cause: 'temporarily-unavailable',
	},
	/** The relay says that its connection to the gateway was refused: nothing has reached it. */
	instanceUnreachable: {
		message: 'agent.ai could not connect to the OpenClaw instance',
		advice: 'Check that the instance is running and that the OpenClaw Instance IP names its gateway and port. Nothing was run',
		delivery: 'notDelivered',
		shared: { scope: 'instance', as: 'down' },
		forgetsInstance: true,
		cause: 'temporarily-unavailable',
	},
	missingScope: {
		message: 'The gateway’s auth token may not do this',
		advice:
			'The agent.ai account is fine: the OpenClaw gateway says that a scope is missing. Give the token that scope on the instance, or use one that has it. Nothing was run',
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	noInstance: {
		message: 'agent.ai knows no OpenClaw instance of the account',
		advice:
			'Connect an instance at agent.ai, enter OpenClaw Instance IP and OpenClaw Auth Token in the credential, or set OpenClaw Instance to Define Below',
		delivery: 'final',
		shared: { scope: 'account', as: 'refused', askedByEachRun: true },
		cause: 'configuration-invalid',
	},
	providerKey: {
		message: 'The model provider behind OpenClaw refused the instance’s key',
		advice: 'Both tokens in n8n are fine. Renew the API key of the model provider in the configuration of the OpenClaw instance',
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
			'The gateway has asked it several times already, so the item is not sent again. Check that the model provider works, then run this item again',
		delivery: 'final',
		// the words are alike where an old address of the instance does not answer
		forgetsInstance: true,
	},
	providerQuota: {
		message: 'The model provider behind OpenClaw has no quota or money left',
		advice:
			'The credits at agent.ai are not meant. Add money or quota at the model provider whose key the OpenClaw instance uses; after that it may take 10 minutes until the gateway uses the key again',
		delivery: 'final',
		cause: 'quota-exhausted',
	},
	proxyNotTrusted: {
		message: 'The OpenClaw gateway does not trust the proxy in front of it',
		advice: 'Add the proxy’s address to gateway.trustedProxies in openclaw.json on the instance',
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	toolFailed: {
		message: 'The tool reported an error',
		advice: 'Correct the tool’s arguments as its answer says',
		delivery: 'final',
	},
	toolNotAvailable: {
		message: 'The tool is not available on the OpenClaw instance',
		advice:
			'Check the tool’s name, that the tool policy of the instance allows it, and, for tools that the gateway keeps from its HTTP endpoint (such as sessions_send and cron), that gateway.tools.allow in openclaw.json names it',
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	upstream: {
		message: 'agent.ai could not reach the OpenClaw instance or its model',
		advice: `Check that the instance is running and that its model provider answers. ${RETRY_UNCERTAIN}. ${TAKEN_UP_AGAIN}`,
		delivery: 'uncertain',
		shared: { scope: 'instance', as: 'down' },
		forgetsInstance: true,
		cause: 'temporarily-unavailable',
	},
	upstreamBusy: {
		message: 'The OpenClaw instance or its model provider is busy',
		advice: `agent.ai took the request, but what is behind it has no room. Run this item again later, or lower Max Concurrency in Options. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
		cause: 'temporarily-unavailable',
	},
	/** 504: unlike a 502 it comes late, and says nothing of the requests of others. */
	upstreamTimeout: {
		message: 'The OpenClaw instance or its model did not answer agent.ai in time',
		advice: RETRY_UNCERTAIN,
		delivery: 'uncertain',
		forgetsInstance: true,
		cause: 'temporarily-unavailable',
	},
} satisfies Record<string, FailureRow>;
