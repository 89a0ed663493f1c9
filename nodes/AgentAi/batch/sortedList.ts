/** A list in order: `push` puts an entry behind its equals, `shift` takes the first. */
export class SortedList<E> {
	readonly entries: E[] = [];

	constructor(private readonly compare: (a: E, b: E) => number) {}

	get first(): E | undefined {
		return this.entries[0];
	}

	push(entry: E): void {
		let from = 0;
		for (let to = this.entries.length; from < to; ) {
			const middle = (from + to) >> 1;
			if (this.compare(this.entries[middle] as E, entry) <= 0) from = middle + 1;
			else to = middle;
		}
		this.entries.splice(from, 0, entry);
	}

	shift(): E | undefined {
		return this.entries.shift();
	}
}
