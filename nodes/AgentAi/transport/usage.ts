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

/** The tokens of an answer in all, 0 where it names none. */
export function tokensIn(answer: ActionResponse): number {
	const usage = usageOf(answer) ?? {};
	const count = (...names: string[]) => names.map((name) => usage[name]).find((value) => typeof value === 'number' && value > 0) ?? 0;
	const sum = Number(count('prompt_tokens', 'input_tokens')) + Number(count('completion_tokens', 'output_tokens'));
	return Number(count('total_tokens')) || sum;
}
