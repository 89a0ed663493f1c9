/**
 * The jobs of one batch, which come as they are read. Read as an iterable it gives `undefined` where the next is not there
 * yet; whoever listens is told when it is.
 */
export class JobSource<J> implements Iterable<J | undefined> {
	private readonly waiting: J[] = [];

	private ended = false;

	private onMore = () => {};

	/** @param onTaken called when a job has been taken */
	constructor(private readonly onTaken: () => void) {}

	/** Sets who is told that there is more, or that there will be none. */
	tell(listener: () => void): void {
		this.onMore = listener;
	}

	push(job: J): void {
		this.waiting.push(job);
		this.onMore();
	}

	/** No more jobs come. */
	end(): void {
		this.ended = true;
		this.onMore();
	}

	[Symbol.iterator](): Iterator<J | undefined> {
		return {
			next: () => {
				const value = this.waiting.shift();
				if (value === undefined && this.ended) return { done: true, value };
				if (value !== undefined) this.onTaken();
				return { done: false, value };
			},
		};
	}
}
