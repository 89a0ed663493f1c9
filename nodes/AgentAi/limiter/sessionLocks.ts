/** A place in the line of a session. */
export interface Place {
	/** Whether it is this one's turn. */
	readonly first: boolean;
	/** Whether somebody else stands in front: another run, chat or tool call. */
	readonly behindOthers: boolean;
	/** Leaves the line, in turn or not; the next one is told. May be called again. */
	leave(): void;
}

/**
 * The lines of an account's sessions: those of one session go one after another, in the order in which they came, whichever
 * run they belong to. Two requests at once on one fresh session make the OpenClaw gateway fail one of them (measured).
 */
export class SessionLocks {
	private readonly heads = new Map<string, QueuedPlace>();

	private readonly tails = new Map<string, QueuedPlace>();

	/** Whether nobody stands in any line. */
	get idle(): boolean {
		return this.heads.size === 0;
	}

	/**
	 * Joins a line at its end.
	 *
	 * @param owner whoever joins; its own places do not count as others
	 * @param onTurn called when it is this one's turn, unless it is so at once
	 */
	join(key: string, owner: object, onTurn: () => void): Place {
		const tail = this.tails.get(key);
		const place = new QueuedPlace(owner, onTurn, tail, (left) => this.remove(key, left));
		if (tail) tail.next = place;
		else this.heads.set(key, place);
		this.tails.set(key, place);
		return place;
	}

	private remove(key: string, place: QueuedPlace): void {
		const { previous, next } = place;
		if (previous) previous.next = next;
		else if (next) this.heads.set(key, next);
		else this.heads.delete(key);
		if (next) next.previous = previous;
		else if (previous) this.tails.set(key, previous);
		else this.tails.delete(key);
		if (!previous) next?.onTurn();
	}
}

class QueuedPlace implements Place {
	next: QueuedPlace | undefined;

	readonly behindOthers: boolean;

	private left = false;

	constructor(
		readonly owner: object,
		readonly onTurn: () => void,
		public previous: QueuedPlace | undefined,
		private readonly onLeave: (place: QueuedPlace) => void,
	) {
		this.behindOthers = previous !== undefined && (previous.owner !== owner || previous.behindOthers);
	}

	get first(): boolean {
		return this.previous === undefined;
	}

	leave(): void {
		if (this.left) return;
		this.left = true;
		this.onLeave(this);
	}
}
