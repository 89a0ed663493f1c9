/**
 * Remembers what was made of the last text. The items of a run nearly always give the same one again, and making it anew
 * costs more than the comparison. Only for results that nobody changes.
 */
export class LastResult<R> {
	private last?: { text: string; result: R };

	/** @throws what `make` throws, of which nothing is remembered */
	of(text: string, make: () => R): R {
		if (this.last?.text !== text) this.last = { text, result: make() };
		return this.last.result;
	}
}
