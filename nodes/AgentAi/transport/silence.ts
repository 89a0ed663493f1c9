import { sleep } from 'n8n-workflow';

/** A stream that has sent nothing for too long. Its code is the one that axios gives a timeout. */
class SilenceError extends Error {
	readonly code = 'ECONNABORTED';
}

/**
 * The chunks of a body, until it has been silent for too long. n8n's HTTP helper stops watching the time once the
 * headers are there (measured with n8n-core 2.41.1: a stream that falls silent would be awaited for ever).
 *
 * @param silenceMs longest wait for the next chunk, in ms
 * @param close closes the connection; called when the body is not read to its end, for whatever reason
 * @throws SilenceError
 */
export async function* untilSilent(body: AsyncIterable<Uint8Array>, silenceMs: number, close: () => void): AsyncGenerator<Uint8Array> {
	const chunks = body[Symbol.asyncIterator]();
	let finished = false;
	try {
		for (;;) {
			const timer = new AbortController();
			const silent = sleep(silenceMs, timer.signal).then(
				() => true,
				() => false,
			);
			const next = chunks.next();
			// an error that comes after the silence has nobody to go to
			next.catch(() => {});
			const first = await Promise.race([next, silent]);
			timer.abort();
			if (typeof first === 'boolean') throw new SilenceError('The stream fell silent');
			if (first.done) {
				finished = true;
				return;
			}
			yield first.value;
		}
	} finally {
		if (!finished) close();
	}
}
