/** Longer texts are not kept, in UTF-16 code units: one of them would stay for as long as n8n runs. */
const MAX_LENGTH = 64 * 1024;

/**
 * Remembers what was made of the last text. The items of a run nearly always give the same one again, and making it anew
 * costs more than the comparison. Only for results that nobody changes.
 */
export class LastResult<R> {
	private last?: { text: string; result: R };

	/** @throws what `make` throws, of which nothing is remembered */
	of(text: string, make: () => R): R {
		if (this.last?.text === text) return this.last.result;
		const result = make();
		if (text.length <= MAX_LENGTH) this.last = { text, result };
		return result;
	}
}
