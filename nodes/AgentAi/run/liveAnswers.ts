import type { ChunkType, IExecuteFunctions } from 'n8n-workflow';

import { FOR_VISITORS } from '../failures/readers';
import type { ActionResponse } from '../failures/result';
import type { Operation } from '../operations/operation';
import type { Results } from './results';
import type { RunContext } from './runContext';

/**
 * One item's answer on its way into n8n's chat or a streaming webhook: begin, pieces, end, each awaited, in order and
 * once. Whoever reads slowly holds the answer back instead of filling the memory.
 */
class LiveAnswer {
	/** Whether something of the answer has been shown already: then the request is not repeated. */
	started = false;

	/** Whoever listened is gone, or threw: the answer is paid for and goes on to its item all the same. */
	private broken = false;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly itemIndex: number,
	) {}

	async delta(text: string): Promise<void> {
		if (!this.started) {
			this.started = true;
			await this.send('begin');
		}
		await this.send('item', text);
	}

	/**
	 * Ends the answer.
	 *
	 * @param text the whole answer; shown now as one piece when it did not come in pieces
	 */
	async end(text: string): Promise<void> {
		if (!this.started) await this.delta(text);
		await this.send('end');
	}

	/** Shows that there is no answer. n8n does this itself when the node throws. */
	async fail(): Promise<void> {
		await this.send('error', FOR_VISITORS);
	}

	private async send(type: ChunkType, content?: string): Promise<void> {
		if (this.broken) return;
		try {
			// n8n types it as synchronous, but gives a promise
			await Promise.resolve(this.context.sendChunk(type, this.itemIndex, content));
		} catch (error) {
			this.broken = true;
			this.context.logger.warn(`The answer to item ${this.itemIndex} could not be shown: ${(error as Error).message}`);
		}
	}
}

/** The answers of a run that stream to whoever listens, by item; none where nobody does. */
export class LiveAnswers {
	private readonly byIndex = new Map<number, LiveAnswer>();

	constructor(
		private readonly run: RunContext,
		private readonly textOf: Operation['textOf'],
	) {
		const { context, items, isTool } = run;
		// what a tool answers is for the agent that called it; `isStreaming` is absent from older n8n
		if (!textOf || isTool || typeof context.isStreaming !== 'function' || !context.isStreaming()) return;
		for (const index of items.keys()) this.byIndex.set(index, new LiveAnswer(context, index));
	}

	/** Whether somebody listens. */
	get open(): boolean {
		return this.byIndex.size > 0;
	}

	/** Where an item's answer goes, `undefined` when nobody listens. */
	of(index: number): LiveAnswer | undefined {
		return this.byIndex.get(index);
	}

	/** Ends an item's answer with its whole text. */
	async end(index: number, answer: ActionResponse): Promise<void> {
		await this.of(index)?.end(this.textOf?.(answer) ?? '');
	}

	/** Shows what did not come from the server just now: kept answers, and in the Continue modes the failures. */
	async finish(results: Results): Promise<void> {
		for (const [index, live] of this.byIndex) {
			const result = results.get(index)?.result;
			if (result?.ok && !live.started) await this.end(index, result.value);
			if (result && !result.ok && this.run.continues) await live.fail();
		}
	}
}
