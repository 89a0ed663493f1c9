import { CONNECTION_FAILURES } from './connectionFailures';
import type { FailureRow } from './failureRow';
import { GATEWAY_FAILURES } from './gatewayFailures';

/**
 * The texts and the consequences of every failure, in one place. `message` says what happened, `advice` what to do.
 * Messages avoid Node.js error codes: n8n replaces any message that contains one (`NodeError.setDescriptiveErrorMessage`).
 */
export const FAILURES = {
	...CONNECTION_FAILURES,
	...GATEWAY_FAILURES,
	aborted: {
		message: 'The execution was canceled',
		advice: 'It was stopped before this item was finished',
		delivery: 'final',
		ofInput: true,
	},
	agentToken: {
		message: 'agent.ai did not accept the API token',
		advice: 'Open the Agent.ai credential and paste the token again (agent.ai → Integrations → API). Nothing was run',
		delivery: 'final',
		shared: { scope: 'account', as: 'refused', doubted: true, askedByEachRun: true },
		cause: 'credential-invalid',
	},
	answerDamaged: {
		message: 'The answer arrived damaged',
		advice: 'Part of it could not be read. The error includes the text up to there',
		delivery: 'uncertain',
	},
	answerMisfit: {
		message: 'The agent’s answer does not fit Output Fields',
		advice:
			'Say more in the Description of the field, or turn off Required where the agent cannot know it; or set On Invalid JSON in Options to Keep Text',
		delivery: 'final',
	},
	answerNotJson: {
		message: 'The agent’s answer is not JSON',
		advice: 'Ask the agent to answer in JSON only, or set On Invalid JSON in Options to Keep Text',
		delivery: 'final',
	},
	answerTooLarge: {
		message: 'The response is larger than 32 MiB',
		advice: 'The node stopped reading it to save memory. Ask for less at a time',
		delivery: 'uncertain',
	},
	badInput: {
		message: 'A parameter cannot be sent',
		advice: 'Correct it in the node. Nothing was sent',
		delivery: 'final',
		ofInput: true,
	},
	badRequest: {
		message: 'agent.ai could not accept the request',
		advice: 'Correct the value that the response names, then run this item again. Nothing was run',
		delivery: 'final',
	},
	bodyError: {
		message: 'agent.ai could not complete the request',
		advice: 'Follow what the response says',
		delivery: 'uncertain',
	},
	credential: {
		message: 'The Agent.ai credential cannot be used',
		advice: 'Open the credential of this node and correct it. Nothing was sent',
		delivery: 'final',
		ofInput: true,
	},
	credits: {
		message: 'The agent.ai account has no credits left',
		advice: 'Add credits at agent.ai, then run the remaining items. No further items are sent',
		delivery: 'final',
		shared: { scope: 'account', as: 'refused', askedByEachRun: true },
		cause: 'quota-exhausted',
	},
	dailyLimit: {
		message: 'The daily request limit of agent.ai is used up',
		advice: 'Run the remaining items again after the limit resets. Nothing was run',
		delivery: 'rateLimited',
		cause: 'quota-exhausted',
	},
	emptyBody: {
		message: 'agent.ai sent an empty answer',
		delivery: 'uncertain',
	},
	failuresInARow: {
		message: 'Not sent, because too many items had failed in a row',
		advice: 'Stop After Failures in a Row in Options ended the batch',
		delivery: 'notDelivered',
		ofInput: true,
	},
	forbidden: {
		message: 'agent.ai does not allow this action for the account',
		advice: 'Check at agent.ai what the account and its API token may do. Nothing was run',
		delivery: 'final',
		cause: 'credential-invalid',
	},
	html: {
		message: 'A web page came back instead of a response',
		advice:
			'Check that the Base URL in the Agent.ai credential is https://api-lr.agent.ai/v1, and that there is no proxy or login page in front of it',
		delivery: 'uncertain',
	},
	invalidJson: {
		message: 'The response arrived incomplete or damaged',
		delivery: 'uncertain',
	},
	maxRequests: {
		message: 'Not sent, because the run reached Max Requests in Options',
		advice: 'This item cost nothing',
		steps: ['sendRest'],
		delivery: 'notDelivered',
		ofInput: true,
	},
	notAnActionResponse: {
		message: 'The response is not in the format of agent.ai',
		advice: 'Check that the Base URL in the Agent.ai credential is https://api-lr.agent.ai/v1',
		delivery: 'uncertain',
	},
	notStreamable: {
		message: 'This answer of the agent cannot be streamed',
		advice: 'The agent’s model wrote something that cannot be streamed, such as a tool call as text',
		steps: ['turnOffStream'],
		delivery: 'final',
	},
	rateLimited: {
		message: 'The rate limit of agent.ai was reached',
		advice: 'Wait, then run this item again. The refused request was not run',
		steps: ['lowerRate'],
		delivery: 'rateLimited',
		cause: 'rate-limited',
	},
	redirect: {
		message: 'The Base URL redirects to another address',
		advice:
			'The node does not follow redirects, to keep the token safe. Enter the address that the response names as the Base URL in the Agent.ai credential',
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	refusedInFront: {
		message: 'A proxy or firewall in front of agent.ai refused the request',
		advice:
			'The refusal came from a CDN, a firewall or a login page between n8n and agent.ai. Allow requests from this server there. Nothing was run',
		delivery: 'final',
	},
	serverError: {
		message: 'agent.ai or the OpenClaw instance failed while working on the request',
		elsewhere: { message: 'agent.ai failed while working on the request' },
		delivery: 'uncertain',
		cause: 'temporarily-unavailable',
	},
	serviceRefused: {
		message: 'The service behind the action refused the request',
		advice:
			'The agent.ai token is fine: the service that the action uses refused the request. Check the keys and permissions that the action needs',
		delivery: 'final',
	},
	streamError: {
		message: 'The agent stopped while it was answering',
		delivery: 'uncertain',
	},
	streamIncomplete: {
		message: 'The answer broke off before its end',
		steps: ['lookIntoSession'],
		delivery: 'uncertain',
	},
	timeLimit: {
		message: 'The workflow is about to time out',
		advice:
			'The node stopped before the timeout to keep the answers. This item was not sent: raise Timeout Workflow in the workflow settings, or send fewer items',
		delivery: 'final',
		ofInput: true,
	},
	tooLarge: {
		message: 'The request is too large',
		advice: 'Nothing was run',
		steps: ['shorten'],
		delivery: 'final',
	},
	unavailable: {
		message: 'agent.ai or the OpenClaw instance is not available right now',
		advice: 'Run this item again later',
		elsewhere: { message: 'agent.ai is not available right now' },
		delivery: 'uncertain',
		shared: { scope: 'account', as: 'down' },
		cause: 'temporarily-unavailable',
	},
	unexpectedStatus: {
		message: 'agent.ai refused the request',
		advice: 'Follow what the response says',
		delivery: 'final',
	},
	unknownAction: {
		message: 'agent.ai has no such action',
		advice: 'Check that the Base URL in the Agent.ai credential is https://api-lr.agent.ai/v1. Nothing was run',
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	unexpected: {
		message: 'Unexpected error in the Agent.ai node',
		advice: 'This is a bug: please report it with the stack trace from the n8n log',
		delivery: 'uncertain',
	},
	unreadable: {
		message: 'The parameters could not be read',
		advice: 'Check the expressions in the parameters of this item',
		delivery: 'final',
		ofInput: true,
	},
	webhookRefused: {
		message: 'The webhook of the agent was not found, or refused the request',
		advice: 'Copy the webhook URL again from the agent at agent.ai: its last part is the key. The API token was not sent to it',
		delivery: 'final',
	},
} satisfies Record<string, FailureRow>;

/** The cases a person can tell apart and act on. */
export type FailureKind = keyof typeof FAILURES;

/** All that is known of a kind. */
export const failureRow = (kind: FailureKind): FailureRow => FAILURES[kind];
