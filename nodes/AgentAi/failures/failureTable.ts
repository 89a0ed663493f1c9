import { CONNECTION_FAILURES } from './connectionFailures';
import { type FailureRow, RETRY_UNCERTAIN, TAKEN_UP_AGAIN } from './failureRow';
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
		advice: 'It was stopped before this item was answered',
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
		advice: `A part of it could not be read, so its text would have a hole; what came before stands in the error. ${RETRY_UNCERTAIN}`,
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
		ofInput: true,
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
	credential: {
		message: 'The Agent.ai credential cannot be used',
		advice: 'Open the credential of this node and correct it. Nothing was sent',
		delivery: 'final',
		ofInput: true,
	},
	credits: {
		message: 'The agent.ai account has no credits left',
		advice: 'Add credits at agent.ai, then run the workflow again. Items after this one were not sent and cost nothing',
		delivery: 'final',
		shared: { scope: 'account', as: 'refused', askedByEachRun: true },
		cause: 'quota-exhausted',
	},
	dailyLimit: {
		message: 'The daily request limit of agent.ai is used up',
		advice: 'Run the remaining items again after the limit resets. They were not sent and cost nothing',
		delivery: 'final',
		shared: { scope: 'account', as: 'refused', askedByEachRun: true },
		cause: 'quota-exhausted',
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
		ofInput: true,
	},
	forbidden: {
		message: 'agent.ai does not allow this action for the account',
		advice: 'Check at agent.ai what the account and its API token may do. Nothing was run',
		delivery: 'final',
		cause: 'credential-invalid',
	},
	html: {
		message: 'A web page came back instead of an answer',
		advice:
			'Check that the Base URL in the Agent.ai credential is https://api-lr.agent.ai/v1 and that no proxy or login page stands in between',
		delivery: 'uncertain',
	},
	invalidJson: {
		message: 'The answer arrived incomplete or damaged',
		advice: RETRY_UNCERTAIN,
		delivery: 'uncertain',
	},
	maxRequests: {
		message: 'Not sent, because the run reached Max Requests in Options',
		advice: 'Retry the execution to continue with the items that were not sent, or raise Max Requests. This item cost nothing',
		delivery: 'notDelivered',
		ofInput: true,
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
	rateLimited: {
		message: 'The rate limit of agent.ai was reached',
		advice: 'Wait and run this item again, or lower Requests per Minute in Options. The refused request was not run',
		delivery: 'rateLimited',
		cause: 'rate-limited',
	},
	redirect: {
		message: 'The Base URL redirects to another address',
		advice:
			'The redirect was not followed, so that the token goes nowhere else. Put the final address into the Base URL of the Agent.ai credential',
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	refusedInFront: {
		message: 'A proxy or firewall in front of agent.ai refused the request',
		advice:
			'The answer came from something between n8n and agent.ai, such as a CDN, a firewall or a login page, not from agent.ai itself. Allow the requests of this server there. Nothing was run',
		delivery: 'final',
	},
	serverError: {
		message: 'agent.ai or the OpenClaw instance failed while working on the request',
		advice: RETRY_UNCERTAIN,
		delivery: 'uncertain',
		cause: 'temporarily-unavailable',
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
		advice: `${RETRY_UNCERTAIN}. ${TAKEN_UP_AGAIN}`,
		delivery: 'uncertain',
	},
	timeLimit: {
		message: 'The time limit of the workflow is nearly used up',
		advice:
			'The node has ended by itself, so that no answer is lost. This item was not sent: raise Timeout in the workflow’s settings, or give it fewer items',
		delivery: 'final',
		ofInput: true,
	},
	tooLarge: {
		message: 'The request is too large',
		advice: 'Shorten the message or the earlier messages. Nothing was run',
		delivery: 'final',
	},
	unavailable: {
		message: 'agent.ai or the OpenClaw instance is not available right now',
		advice: `Run this item again later. ${RETRY_UNCERTAIN}`,
		delivery: 'uncertain',
		shared: { scope: 'account', as: 'down' },
		cause: 'temporarily-unavailable',
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
		cause: 'configuration-invalid',
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
		ofInput: true,
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
} satisfies Record<string, FailureRow>;

/** The cases a person can tell apart and act on. */
export type FailureKind = keyof typeof FAILURES;

/** All that is known of a kind. */
export const failureRow = (kind: FailureKind): FailureRow => FAILURES[kind];
