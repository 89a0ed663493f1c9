import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../failures/json';
import type { ActionResponse } from '../failures/result';

/** The token usage, wherever the answer carries it: in the gateway's words (OpenAI's `prompt_tokens` and so on). */
export function usageOf(answer: ActionResponse): IDataObject | undefined {
	for (const holder of [answer.response, answer.metadata, answer]) {
		if (isObject(holder) && isObject(holder.usage)) return holder.usage as IDataObject;
	}
	return undefined;
}
