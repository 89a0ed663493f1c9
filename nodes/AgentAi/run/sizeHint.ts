import type { NodeExecutionHint } from 'n8n-workflow';

import { jsonLength } from '../failures/json';
import { hint } from './hints';
import type { Results } from './results';

/** From this many MB on, a hint says what to do: n8n 2.41's editor pins at most 12 MB, and refuses a step behind 18 MB (measured). */
const LARGE_MB = 5;

/** So many answers are measured, evenly spread, and the others taken to be like them: all would block n8n. */
const MEASURED = 100;

/** The hint on an output that soon is too large for n8n's editor, where each answer is in its item twice. */
export function sizeHint({ all }: Pick<Results, 'all'>): NodeExecutionHint | undefined {
	const twice = all.flatMap((item) =>
		item?.result.ok && item.outputName !== undefined && !item.settings.simplify && !item.settings.includeInputFields
			? [item.result.value.response]
			: [],
	);
	const step = Math.ceil(twice.length / MEASURED);
	const measured = twice.filter((_response, index) => index % step === 0).map((response) => jsonLength(response) ?? 0);
	const length = measured.reduce((sum, one) => sum + one, 0);
	const megabytes = Math.round((2 * length * step) / 2 ** 20);
	if (megabytes < LARGE_MB) return undefined;
	return hint(
		`The output is about ${megabytes} MB, and each answer is in it twice: turn on Simplify to halve it. n8n’s editor cannot pin more than 12 MB, or execute the next step with much more`,
	);
}
