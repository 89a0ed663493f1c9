/** A place in the line of a session. */
export interface Place {
	/** Whether it is this one's turn. */
	readonly first: boolean;
	/** Whether it was taken right behind somebody else: another run, chat or tool call. */
	readonly behindOthers: boolean;
	/** Leaves the line, in turn or not; the next one is told. May be called again. */
	leave(): void;
}

interface Standing extends Place {
	readonly owner: object;
	onTurn(): void;
}

/**
 * The lines of an account's sessions: those of one session go one after another, in the order in which they came, whichever
 * run they belong to. Two requests at once on one fresh session make the OpenClaw gateway fail one of them (measured).
 */
export class SessionLocks {
	private readonly lines = new Map<string, Standing[]>();

	/** Whether nobody stands in any line. */
	get idle(): boolean {
		return this.lines.size === 0;
	}

	/**
	 * Joins a line at its end.
	 *
	 * @param owner whoever joins; its own places do not count as others
	 * @param onTurn called when it is this one's turn, unless it is so at once
	 */
	join(key: string, owner: object, onTurn: () => void): Place {
		const line = this.lines.get(key) ?? [];
		const last = line.at(-1);
		const place: Standing = {
			owner,
			onTurn,
			behindOthers: last !== undefined && last.owner !== owner,
			get first() {
				return line[0] === place;
			},
			leave: () => this.leave(key, line, place),
		};
		line.push(place);
		this.lines.set(key, line);
		return place;
	}

	private leave(key: string, line: Standing[], place: Standing): void {
		const index = line.indexOf(place);
		if (index === -1) return;
		line.splice(index, 1);
		if (line.length === 0) this.lines.delete(key);
		else if (index === 0) line[0]?.onTurn();
	}
}
