import type { Words } from './words';

/** What follows when the agent may have done the work. */
const RETRY_UNCERTAIN =
	'It was not tried again, because the agent may already have done the work: turn on Retry Uncertain Failures in Options if doing it twice is harmless';

/**
 * The texts and the consequences of every failure, in one place. `message` says what happened, `advice` what to do.
 * Messages avoid Node.js error codes: n8n replaces any message that contains one (`NodeError.setDescriptiveErrorMessage`).
 */
export const FAILURES = {
	aborted: {
		message: 'The execution was canceled',
		advice: 'It was stopped before this item was answered',
		delivery: 'final',
	},
	agentToken: {
		message: 'agent.ai did not accept the API token',
		advice: 'Open the Agent.ai credential and paste the token again (agent.ai → Integrations → API). Nothing was run',
		delivery: 'final',
		shared: { scope: 'all', untilAnswered: true },
	},
	answerDamaged: {
		message: 'The answer arrived damaged',
		advice: `A part of it could not be read, so its text would have a hole; what came before stands in the error. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
	},
	answerNotJson: {
		message: 'The agent’s answer is not JSON',
		advice: 'Ask the agent to answer with JSON only, or set On Invalid JSON in Options to Keep Text',
		delivery: 'final',
	},
	answerTooLarge: {
		message: 'The answer is larger than 32 MiB',
		advice: `Reading it was given up, so that n8n does not run out of memory. Ask for less at a time. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
	},
	badInput: {
		message: 'A parameter cannot be sent',
		advice: 'Correct it in the node. Nothing was sent',
		delivery: 'final',
	},
	badRequest: {
		message: 'agent.ai could not accept the request',
		advice: 'Correct the value that its answer names, then run this item again. Nothing was run',
		delivery: 'final',
	},
	bodyError: {
		message: 'agent.ai reported an error',
		advice: `Act on what its answer says. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
	},
	chatEndpointDisabled: {
		message: 'The OpenClaw gateway does not offer its chat endpoint',
		advice:
			'On the instance, set gateway.http.endpoints.chatCompletions.enabled to true in openclaw.json; restart the gateway if it is older than 2026.9. If it is set, check that the OpenClaw Instance IP and port are the gateway’s own',
		delivery: 'final',
	},
	connectionRefused: {
		message: 'Nothing answers at the Base URL',
		advice: 'Check the Base URL in the Agent.ai credential and that the server is running. Nothing was sent',
		delivery: 'notDelivered',
	},
	connectionReset: {
		message: 'The connection broke before the answer arrived',
		advice: RETRY_UNCERTAIN,
		delivery: 'uncertain',
	},
	credential: {
		message: 'The Agent.ai credential cannot be used',
		advice: 'Open the credential of this node and correct it. Nothing was sent',
		delivery: 'final',
	},
	credits: {
		message: 'The agent.ai account has no credits left',
		advice: 'Add credits at agent.ai, then run the workflow again. Items after this one were not sent and cost nothing',
		delivery: 'final',
		shared: { scope: 'all' },
	},
	dailyLimit: {
		message: 'The daily request limit of agent.ai is used up',
		advice: 'Run the remaining items again after the limit resets. They were not sent and cost nothing',
		delivery: 'final',
		shared: { scope: 'all' },
	},
	dns: {
		message: 'The host of the Base URL was not found',
		advice: 'Check the spelling of the Base URL in the Agent.ai credential and this server’s DNS. Nothing was sent',
		delivery: 'notDelivered',
	},
	emptyAnswer: {
		message: 'The agent gave no answer',
		advice: `The request worked, but the answer holds no text. Rephrase the message, or check the agent’s model on the OpenClaw instance. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
	},
	emptyBody: {
		message: 'agent.ai sent an empty answer',
		advice: RETRY_UNCERTAIN,
		delivery: 'uncertain',
	},
	failuresInARow: {
		message: 'Not sent, because too many items had failed in a row',
		advice: 'Stop After Failures in a Row in Options ended the batch',
		delivery: 'notDelivered',
	},
	forbidden: {
		message: 'agent.ai does not allow this action for the account',
		advice: 'Check at agent.ai what the account and its API token may do. Nothing was run',
		delivery: 'final',
	},
	gatewayForbidden: {
		message: 'The OpenClaw instance refused the request',
		advice: 'The agent.ai token is fine: this refusal came from the OpenClaw gateway behind it. Check the gateway’s own access rules',
		delivery: 'final',
	},
	gatewayLockout: {
		message: 'The OpenClaw gateway has locked out agent.ai for a while',
		advice:
			'Too many requests came with a wrong auth token, so the gateway refuses the right one too until its lockout passes (5 minutes unless it was set otherwise). This is not agent.ai’s rate limit. Correct the OpenClaw Auth Token if it is wrong, wait, then run this again. Nothing was run',
		delivery: 'final',
		shared: { scope: 'group' },
	},
	gatewayNotFound: {
		message: 'The OpenClaw gateway does not know this request',
		advice:
			'Check that the OpenClaw Instance IP and port are those of the gateway itself, and that its OpenClaw is new enough to offer tools over HTTP (POST /tools/invoke)',
		delivery: 'final',
	},
	gatewayToken: {
		message: 'The OpenClaw instance did not accept its auth token',
		advice:
			'The agent.ai token is fine: the gateway token was refused, by the OpenClaw gateway behind agent.ai. Correct the OpenClaw Auth Token in the credential, or the Auth Token in the node where the instance is defined there',
		delivery: 'final',
		shared: { scope: 'group', untilAnswered: true },
	},
	html: {
		message: 'A web page came back instead of an answer',
		advice:
			'Check that the Base URL in the Agent.ai credential is https://api-lr.agent.ai/v1 and that no proxy or login page stands in between',
		delivery: 'uncertain',
	},
	instanceOffline: {
		message: 'The OpenClaw instance of the account is not running',
		advice: 'Start the instance at agent.ai, then run this again. Nothing was sent to it',
		delivery: 'final',
		shared: { scope: 'all' },
	},
	invalidJson: {
		message: 'The answer arrived incomplete or damaged',
		advice: RETRY_UNCERTAIN,
		delivery: 'uncertain',
	},
	missingScope: {
		message: 'The gateway’s auth token may not do this',
		advice:
			'The agent.ai account is fine: the OpenClaw gateway says that a scope is missing. Give the token that scope on the instance, or use one that has it. Nothing was run',
		delivery: 'final',
	},
	network: {
		message: 'The request to agent.ai did not get through',
		advice: `Check the network between n8n and the Base URL. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
	},
	noInstance: {
		message: 'agent.ai knows no OpenClaw instance of the account',
		advice:
			'Connect an instance at agent.ai, enter OpenClaw Instance IP and OpenClaw Auth Token in the credential, or set OpenClaw Instance to Define Below',
		delivery: 'final',
		shared: { scope: 'all' },
	},
	notAnActionResponse: {
		message: 'The answer is not one that agent.ai gives',
		advice: 'Check that the Base URL in the Agent.ai credential is https://api-lr.agent.ai/v1',
		delivery: 'uncertain',
	},
	notStreamable: {
		message: 'This answer of the agent cannot be streamed',
		advice:
			'The agent’s model wrote what only a whole answer can hold, such as a tool call in its text. Turn off Stream, or have the agent use a model that calls its tools properly',
		delivery: 'final',
	},
	providerKey: {
		message: 'The model provider behind OpenClaw refused the instance’s key',
		advice: 'Both tokens in n8n are fine. Renew the API key of the model provider in the configuration of the OpenClaw instance',
		delivery: 'final',
	},
	providerModel: {
		message: 'The model provider behind OpenClaw does not have the agent’s model',
		advice: 'Correct the model of the agent in the configuration of the OpenClaw instance. Nothing was run',
		delivery: 'final',
	},
	providerQuota: {
		message: 'The model provider behind OpenClaw has no quota or money left',
		advice:
			'The credits at agent.ai are not meant. Add money or quota at the model provider whose key the OpenClaw instance uses; after that it may take 10 minutes until the gateway uses the key again',
		delivery: 'final',
	},
	providerTimeout: {
		message: 'The model provider behind OpenClaw did not answer in time',
		advice:
			'The gateway has asked it several times already, so the item is not sent again. Check that the model provider works, then run this item again',
		delivery: 'final',
	},
	proxyNotTrusted: {
		message: 'The OpenClaw gateway does not trust the proxy in front of it',
		advice: 'Add the proxy’s address to gateway.trustedProxies in openclaw.json on the instance',
		delivery: 'final',
	},
	proxyRefused: {
		message: 'The proxy between n8n and the Base URL refused the connection',
		advice:
			'Check the proxy settings of this n8n (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), its user name and password, and that it allows the host of the Base URL. Nothing reached agent.ai',
		delivery: 'final',
	},
	rateLimited: {
		message: 'The rate limit of agent.ai was reached',
		advice: 'Wait and run this item again, or lower Requests per Minute in Options. The refused request was not run',
		delivery: 'rateLimited',
	},
	redirect: {
		message: 'The Base URL redirects to another address',
		advice:
			'The redirect was not followed, so that the token goes nowhere else. Put the final address into the Base URL of the Agent.ai credential',
		delivery: 'final',
	},
	refusedInFront: {
		message: 'A proxy or firewall in front of agent.ai refused the request',
		advice:
			'The answer came from something between n8n and agent.ai, such as a CDN, a firewall or a login page, not from agent.ai itself. Allow the requests of this server there. Nothing was run',
		delivery: 'final',
	},
	requestBlocked: {
		message: 'n8n did not send the request',
		advice: 'Check the Agent.ai credential, its Allowed HTTP Request Domains, and this n8n’s network protection settings. Nothing was sent',
		delivery: 'final',
		shared: { scope: 'all' },
	},
	serverError: {
		message: 'agent.ai or the OpenClaw instance failed while working on the request',
		advice: RETRY_UNCERTAIN,
		delivery: 'uncertain',
	},
	serviceRefused: {
		message: 'The service behind the action refused the request',
		advice:
			'The agent.ai token is fine: agent.ai took the request, and what the action works with refused it. Check the keys and permissions that the action needs',
		delivery: 'final',
	},
	streamError: {
		message: 'The agent reported an error while it was answering',
		advice: RETRY_UNCERTAIN,
		delivery: 'uncertain',
	},
	streamIncomplete: {
		message: 'The answer broke off before its end',
		advice: RETRY_UNCERTAIN,
		delivery: 'uncertain',
	},
	timeout: {
		message: 'No answer came within the time limit',
		advice: `Raise Timeout in Options if the agent needs longer. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
	},
	tls: {
		message: 'The secure connection to the Base URL could not be made',
		advice: 'Check that the Base URL is right and that its certificate is valid and trusted by this server. Nothing was sent',
		delivery: 'final',
	},
	tooLarge: {
		message: 'The request is too large',
		advice: 'Shorten the message or the earlier messages. Nothing was run',
		delivery: 'final',
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
	},
	unavailable: {
		message: 'agent.ai or the OpenClaw instance is not available right now',
		advice: `Run this item again later. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
	},
	unexpectedStatus: {
		message: 'agent.ai refused the request',
		advice: 'Act on what its answer says',
		delivery: 'final',
	},
	unknownAction: {
		message: 'agent.ai does not know this action',
		advice: 'Check that the Base URL in the Agent.ai credential is https://api-lr.agent.ai/v1. Nothing was run',
		delivery: 'final',
	},
	upstream: {
		message: 'agent.ai could not reach the OpenClaw instance or its model',
		advice: `Check that the instance is running and that its model provider answers. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
	},
	upstreamBusy: {
		message: 'The OpenClaw instance or its model provider is busy',
		advice: `agent.ai took the request, but what is behind it has no room. Run this item again later, or lower Max Concurrency in Options. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
	},
	unexpected: {
		message: 'Unexpected error in the Agent.ai node',
		advice: `This is a bug: please report it with the stack trace from the n8n log. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
	},
	unreadable: {
		message: 'The parameters could not be read',
		advice: 'Check the expressions in the parameters of this item',
		delivery: 'final',
	},
	webhookNotReached: {
		message: 'The webhook of the agent could not be reached',
		advice: 'Check the host of the Webhook URL and the network between n8n and it. Nothing was sent',
		delivery: 'notDelivered',
	},
	webhookRefused: {
		message: 'The webhook of the agent was not found, or refused the request',
		advice: 'Copy the Webhook URL again from the agent at agent.ai: its last part is the key. The API token was not sent to it',
		delivery: 'final',
	},
} satisfies Record<string, Words>;

/** The cases a person can tell apart and act on. */
export type FailureKind = keyof typeof FAILURES;
