import type { INodeProperties } from 'n8n-workflow';

import type { JsonMode } from '../client/actionRequest';
import type { ActionResponse } from '../failures/result';
import { cutBy } from '../transport/answer';
import type { Redactor } from '../transport/redact';
import { redactJson } from '../transport/redactJson';
import { responseFields } from './columns';
import { jsonFromText } from './jsonFromText';
import { flag } from './text';

/** Options of *Parse Response as JSON*, for actions whose answer is a text. */
export const parseOptions: INodeProperties[] = [
	{
		displayName: 'On Invalid JSON',
		name: 'onInvalidJson',
		type: 'options',
		options: [
			{
				name: 'Keep Text',
				value: 'keep',
				description: 'Keep the text, and explain in response_json_error why it is not JSON or does not match Output Fields',
			},
			{
				name: 'Fail Item',
				value: 'fail',
				description: 'Fail the item, and include the text in the error',
			},
		],
		default: 'keep',
		description: 'What to do when the answer is not JSON (with Parse Response as JSON), or does not fit Output Fields',
	},
	{
		displayName: 'Parse Response as JSON',
		name: 'parseJson',
		type: 'boolean',
		default: false,
		description:
			'Whether to read the JSON in the answer’s text, also one with words or ``` around it, and add the data as response_json beside response_text',
	},
];

export function readJsonMode(options: { parseJson?: unknown; onInvalidJson?: unknown }): JsonMode {
	if (!flag(options.parseJson, 'Parse Response as JSON')) return 'off';
	return options.onInvalidJson === 'fail' ? 'fail' : 'keep';
}

/**
 * Adds `response_json` beside `response_text`, or `response_json_error` when the text does not parse. The text itself
 * is always kept; one that is the whole response comes under `response_text` then. An answer without a text comes back as it is.
 *
 * @param redact takes out of the data what only reading them has made a value: a short secret
 */
export function withJson(answer: ActionResponse, redact?: Redactor): { answer: ActionResponse; invalid?: string } {
	const response = responseFields(answer);
	if (typeof response.response_text !== 'string') return { answer };
	const text = response.response_text;
	const cut = cutBy(answer);
	const json = jsonFromText(text);
	// what stands before the JSON that was cut is not the answer
	const read = cut && !(json.ok && !json.isOvertaken) ? { ok: false as const, reason: `it was cut by ${cut}` } : json;
	return read.ok
		? { answer: { ...answer, response: { ...response, response_json: redact ? redactJson(read.data, redact) : read.data } } }
		: {
				answer: { ...answer, response: { ...response, response_json: null, response_json_error: read.reason } },
				invalid: read.reason,
			};
}
