import type { IN8nHttpFullResponse } from 'n8n-workflow';

import { isObject } from '../failures/json';

/** The chunks of a body, one at a time, as whoever reads them asks for them. */
export interface Chunks {
	/**
	 * The next chunk; `undefined` at the end of the body. To be asked for again only when it has come.
	 *
	 * @throws what the connection failed with
	 */
	next(): Promise<Uint8Array | undefined>;
	/** Ends the reading: what is asked for, and all that follows, fails with this error. */
	stop(error: Error): void;
}

/** The body as n8n's helper gives it when it is asked for a stream; a whole one, which tests of n8n may give, as one chunk. */
export function chunksOf({ body }: IN8nHttpFullResponse): Chunks {
	if (isStream(body)) return new StreamChunks(body);
	return oneChunk(new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body ?? '')));
}

/** A body that is here already. */
function oneChunk(chunk: Uint8Array): Chunks {
	const chunks = [chunk];
	return { next: async () => await Promise.resolve(chunks.pop()), stop: () => {} };
}

/** What is needed of a readable stream of Node.js. */
interface Stream {
	read(): unknown;
	on(event: string, listener: (error?: unknown) => void): unknown;
}

const isStream = (body: unknown): body is Stream => isObject(body) && typeof body.read === 'function' && typeof body.on === 'function';

/** A stream's own iterator gives the same at a higher price: it watches the ends of streams of all kinds. */
class StreamChunks implements Chunks {
	private ended = false;

	private closed = false;

	private failed?: { error: unknown };

	private stopped?: Error;

	/** Settles what was asked for and is not here yet. */
	private wake: () => void = () => {};

	constructor(private readonly stream: Stream) {
		const on = (event: string, note: (error: unknown) => void) =>
			stream.on(event, (error) => {
				note(error);
				this.wake();
			});
		on('readable', () => {});
		on('end', () => (this.ended = true));
		on('error', (error) => (this.failed ??= { error }));
		on('close', () => (this.closed = true));
	}

	async next(): Promise<Uint8Array | undefined> {
		for (;;) {
			if (this.stopped) throw this.stopped;
			const chunk = this.stream.read() as Uint8Array | null;
			if (chunk !== null) return chunk;
			if (this.ended) return undefined;
			if (this.failed) throw this.failed.error;
			if (this.closed) throw new PrematureCloseError();
			await new Promise<void>((resolve) => {
				this.wake = resolve;
			});
		}
	}

	stop(error: Error): void {
		this.stopped ??= error;
		this.wake();
	}
}

/** The connection was closed before the end of the body, without a word. */
class PrematureCloseError extends Error {
	readonly code = 'ERR_STREAM_PREMATURE_CLOSE';

	constructor() {
		super('The connection was closed before the end of the answer');
		this.name = 'PrematureCloseError';
	}
}
