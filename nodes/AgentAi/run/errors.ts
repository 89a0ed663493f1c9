import type { IDataObject, INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { FailureError } from '../account/failureError';
import type { NotSentReason } from '../batch/types';
import { InputError } from '../parameters/inputError';
import type { RequestInfo } from '../parameters/output';
import type { Redactor } from '../transport/redact';
import type { Failure, FailureKind } from '../transport/types';

/** What an error says, the same in a thrown error and in an error item (design decision 7). */
export interface ErrorSummary {
	message: string;
	description: string;
	httpCode?: string;
	/** The text of an answer that broke off, or that is not what was asked for. */
	partialText?: string;
	/** Left undefined for input that was never sent. */
	kind?: FailureKind;
}

type DeclaredFailure = NonNullable<NonNullable<ConstructorParameters<typeof NodeApiError>[2]>['failure']>;

/** What n8n 2.41 and newer want to know about the cause; older hosts ignore it. */
const CAUSES: Partial<Record<FailureKind, DeclaredFailure['cause']>> = {
	agentToken: 'credential-invalid',
	gatewayToken: 'credential-invalid',
	credits: 'quota-exhausted',
	dailyLimit: 'quota-exhausted',
	rateLimited: 'rate-limited',
	unavailable: 'temporarily-unavailable',
	upstream: 'temporarily-unavailable',
	connectionRefused: 'temporarily-unavailable',
	unknownAction: 'configuration-invalid',
	chatEndpointDisabled: 'configuration-invalid',
};

/** The summary of a failed request or of refused input. */
export function summarise(cause: Failure | InputError): ErrorSummary {
	if (cause instanceof InputError) return { message: cause.message, description: cause.description };
	const { message, description, httpCode, partialText, kind } = cause;
	return {
		message,
		description,
		kind,
		...(httpCode ? { httpCode } : {}),
		...(partialText ? { partialText } : {}),
	};
}

/**
 * The summary of whatever reading an item's parameters has thrown: input that we refused, a failure of what it needed,
 * or an expression that n8n could not resolve.
 */
export function summariseThrown(error: unknown, redact: Redactor): ErrorSummary {
	if (error instanceof InputError) return summarise(error);
	if (error instanceof FailureError) return summarise(error.failure);
	const { message, description } = error as { message?: string; description?: string };
	return {
		message: redact(message ?? 'The parameters could not be read'),
		description: redact(description ?? 'Check the expressions in the parameters of this item'),
	};
}

/** The summary of an item that was never sent, with the reason why. */
export function summariseNotSent(reason: NotSentReason<Failure>): ErrorSummary {
	switch (reason.why) {
		case 'shared':
		case 'stopped': {
			const summary = summarise(reason.failure);
			return { ...summary, description: `This item was not sent. ${summary.description}` };
		}
		case 'failuresInARow':
			return {
				message: `Not sent, because ${reason.count} items had failed in a row`,
				description: `Stop After Failures in a Row in Options ended the batch. The last failure was: ${reason.failure.message}`,
			};
		case 'dailyLimit': {
			const at = reason.resetInMs === undefined ? '' : ` after ${new Date(Date.now() + reason.resetInMs).toISOString()}`;
			return {
				message: 'Not sent, because the daily request limit of agent.ai is used up',
				description: `Run the workflow again${at}. This item cost nothing`,
				kind: 'dailyLimit',
			};
		}
		case 'aborted':
			return { message: 'The execution was canceled', description: 'It was stopped before this item was answered' };
	}
}

/** Message and advice together, for places that show the message alone. */
export const inOneSentence = ({ message, description }: ErrorSummary) => (description ? `${message}. ${description}` : message);

/** What the error branch receives under the single key `error`. */
export function errorJson(summary: ErrorSummary, itemIndex: number, info?: RequestInfo): IDataObject {
	const { message, description, httpCode, partialText } = summary;
	return {
		message,
		description,
		httpCode: httpCode ?? null,
		itemIndex,
		...(partialText ? { partialText } : {}),
		...(info ? { request: info } : {}),
	};
}

/** The error that ends the node. Built from the summary alone: no raw error, which would hold the request and its tokens. */
export function nodeError(node: INode, summary: ErrorSummary, itemIndex: number): NodeApiError | NodeOperationError {
	const { message, description, httpCode, kind } = summary;
	if (kind === undefined) return new NodeOperationError(node, message, { description, itemIndex });
	const cause = CAUSES[kind];
	const response: JsonObject = { message, description, ...(httpCode ? { httpCode } : {}) };
	return new NodeApiError(node, response, {
		message,
		description,
		itemIndex,
		...(httpCode ? { httpCode } : {}),
		...(cause ? { failure: { cause } } : {}),
	});
}
