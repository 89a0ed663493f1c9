import type { ChunkType } from 'n8n-workflow';

import { FOR_VISITORS } from '../failures/readers';
import type { ActionResponse } from '../failures/result';
import type { Operation } from '../operations/operation';
import type { Results } from './results';
import type { RunContext } from './runContext';

/**
 * The answers of a run on their way into n8n's chat or a streaming webhook, each with its begin, pieces and end, all awaited, in
 * order and once. Whoever reads slowly holds an answer back instead of filling the memory.
 */
export class LiveAnswers {
	/** Whether somebody listens. */
	readonly open: boolean;

	/** Items of whose answers something has been shown already: their requests are not repeated. */
	readonly started = new Set<number>();

	/** Those whose listener is gone, or threw: the answer is paid for and goes on to its item all the same. */
	private readonly broken = new Set<number>();

	constructor(
		private readonly run: RunContext,
		private readonly textOf: Operation['textOf'],
	) {
		const { context, isTool } = run;
		// what a tool answers is for the agent that called it; `isStreaming` is absent from older n8n
		this.open = textOf !== undefined && !isTool && typeof context.isStreaming === 'function' && context.isStreaming();
	}

	async delta(index: number, text: string): Promise<void> {
		if (!this.started.has(index)) {
			this.started.add(index);
			await this.send('begin', index);
		}
		await this.send('item', index, text);
	}

	/** Ends an item's answer, which is shown as one piece where it did not come in pieces. */
	async end(index: number, answer: ActionResponse): Promise<void> {
		if (!this.open) return;
		if (!this.started.has(index)) await this.delta(index, this.textOf?.(answer) ?? '');
		await this.send('end', index);
	}

	/**
	 * Shows what did not come from the server just now: kept answers, and in the Continue modes the failures; n8n shows those itself
	 * when the node throws.
	 */
	async finish(results: Results): Promise<void> {
		if (!this.open) return;
		for (const [index, item] of results.all.entries()) {
			if (item?.result.ok && !this.started.has(index)) await this.end(index, item.result.value);
			if (item && !item.result.ok && this.run.continues) await this.send('error', index, FOR_VISITORS);
		}
	}

	private async send(type: ChunkType, index: number, content?: string): Promise<void> {
		if (this.broken.has(index)) return;
		const { context } = this.run;
		try {
			// n8n types it as synchronous, but gives a promise
			await Promise.resolve(context.sendChunk(type, index, content));
		} catch (error) {
			this.broken.add(index);
			context.logger.warn(`The answer to item ${index} could not be shown: ${(error as Error).message}`);
		}
	}
}
