import type { IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';

/** The part of n8n's contexts that shows hints; the chat model's has it too. */
type HintContext = Pick<IExecuteFunctions, 'addExecutionHints' | 'logger'>;

/** Shows hints above the node's output. Older n8n has none, and a hint is never worth an answer: whatever is thrown goes to the log. */
export function showHints(context: HintContext, hints: () => (NodeExecutionHint | undefined)[]): void {
	if (typeof context.addExecutionHints !== 'function') return;
	try {
		context.addExecutionHints(...hints().filter((hint) => hint !== undefined));
	} catch (error) {
		context.logger.warn(`The hints could not be shown: ${(error as Error).message}`);
	}
}

/** A hint above the node's output; by default one that asks to look at something. */
export const hint = (message: string, type: NodeExecutionHint['type'] = 'warning'): NodeExecutionHint => ({
	message,
	type,
	location: 'outputPane',
});
