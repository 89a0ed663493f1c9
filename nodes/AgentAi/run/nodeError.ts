import type { IDataObject, INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { Failure } from '../failures/failure';
import { failureRow } from '../failures/failureTable';
import type { RequestInfo } from '../parameters/output';
import { maskedNode } from './maskedNode';

/**
 * What a failed item has under its key `error`, the message first. By this form `rowOf` knows it again.
 *
 * @param unsent the item was never sent, because of another's failure or the limit
 */
export function errorJson(failure: Failure, itemIndex: number, info?: RequestInfo, unsent = false): IDataObject {
	const { message, description, httpCode, partialText, resetsAt } = failure;
	return {
		message,
		description,
		httpCode: httpCode ?? null,
		itemIndex,
		...(unsent || maySendAgain(failure) ? { sendAgain: true } : {}),
		...(partialText ? { partialText } : {}),
		...(resetsAt ? { resetsAt } : {}),
		...(info ? { request: info } : {}),
	};
}

/** Whether nothing was run for the item and it is not to blame itself: sent again as it is, it is done once. */
const maySendAgain = ({ kind, delivery, shared }: Failure) =>
	delivery !== 'uncertain' && (delivery !== 'final' || shared !== undefined || kind === 'credential');

/** The error that ends the node. Built from the failure and a
 * masked node alone: no raw error, which would hold the request and its tokens. */
export function nodeError(failedNode: INode, failure: Failure, itemIndex: number): NodeApiError | NodeOperationError {
	const node = maskedNode(failedNode);
	const { description, httpCode, kind, help } = failure;
	const message = withoutCodes(kind === 'aborted' ? failure.message : uncanceled(differing(failure)));
	const { cause, ofInput } = failureRow(kind);
	if (ofInput) {
		const error = new NodeOperationError(node, message, { description, itemIndex });
		Object.assign(error.context, help);
		return error;
	}
	const response: JsonObject = { message, description, ...(httpCode ? { httpCode } : {}) };
	return new NodeApiError(node, response, {
		message,
		description,
		itemIndex,
		...(httpCode ? { httpCode } : {}),
		...(cause ? { failure: { cause } } : {}),
	});
}

/** n8n calls a run canceled whose error's message holds that word, whoever wrote it (measured, n8n 2.41.1). */
const uncanceled = (message: string) => message.replaceAll('canceled', 'cancelled');

/**
 * n8n replaces any message that contains a code of Node.js, whoever quotes it, by a sentence of its own (measured, n8n 2.41.1:
 * `NodeError.setDescriptiveErrorMessage`), also where it wraps the error: a word joiner in the code keeps all of it.
 */
const withoutCodes = (message: string) => message.replace(/\b(E|g)(?=[A-Z]{4,}(?:_[A-Z]+)?\b|AI_[A-Z]+\b|etaddrinfo\b)/g, '$1\u2060');

/** n8n drops a description that is the same as the message (measured, n8n 2.41.1): the one without its full stop is another. */
const differing = ({ message, description }: Failure) => (message === description ? message.replace(/\.$/, '') : message);
