/** A binary min-heap: `push` and `pop` in logarithmic time, smallest by `compare` first. */
export class Heap<E> {
	private readonly entries: E[] = [];

	constructor(private readonly compare: (a: E, b: E) => number) {}

	get size(): number {
		return this.entries.length;
	}

	peek(): E | undefined {
		return this.entries[0];
	}

	/** Visits all entries, in no order. */
	forEach(visit: (entry: E) => void): void {
		for (const entry of this.entries) visit(entry);
	}

	push(entry: E): void {
		const { entries } = this;
		let child = entries.length;
		while (child > 0) {
			const parent = (child - 1) >> 1;
			const above = entries[parent] as E;
			if (this.compare(above, entry) <= 0) break;
			entries[child] = above;
			child = parent;
		}
		entries[child] = entry;
	}

	pop(): E | undefined {
		const { entries } = this;
		const first = entries[0];
		const last = entries.pop();
		if (last === undefined || entries.length === 0) return first;
		let parent = 0;
		for (;;) {
			let child = 2 * parent + 1;
			if (child >= entries.length) break;
			if (child + 1 < entries.length && this.compare(entries[child + 1] as E, entries[child] as E) < 0) child++;
			const below = entries[child] as E;
			if (this.compare(last, below) <= 0) break;
			entries[parent] = below;
			parent = child;
		}
		entries[parent] = last;
		return first;
	}
}
