import type { ChunkType, IExecuteFunctions } from 'n8n-workflow';

/**
 * One item's answer on its way into n8n's chat or a streaming webhook: begin, pieces, end, each awaited, in order and
 * once. Whoever reads slowly holds the answer back instead of filling the memory.
 */
export class LiveAnswer {
	private begun = false;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly itemIndex: number,
	) {}

	/** Whether something of the answer has been shown already: then the request is not repeated. */
	get started(): boolean {
		return this.begun;
	}

	async piece(text: string): Promise<void> {
		if (!this.begun) {
			this.begun = true;
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
		if (!this.begun) await this.piece(text);
		await this.send('end');
	}

	/** Shows why there is no answer. n8n does this itself when the node throws. */
	async fail(message: string): Promise<void> {
		await this.send('error', message);
	}

	private async send(type: ChunkType, content?: string): Promise<void> {
		// n8n types it as synchronous, but gives a promise
		await Promise.resolve(this.context.sendChunk(type, this.itemIndex, content));
	}
}
