/** A row of an example's data table. */
export interface Row {
	id: number;
	status: string;
	[column: string]: unknown;
}

/** One condition of a Data Table node, its value resolved. */
export interface Condition {
	column: string;
	operator: string;
	value: unknown;
}

/** What n8n's database makes of a condition (`getConditionAndParams` in n8n 2.41); `like` as far as an example uses it. */
const OPERATORS: Record<string, (left: unknown, right: unknown) => boolean> = {
	eq: (left, right) => left === right,
	lt: (left, right) => left !== null && (left as number) < (right as number),
	like: (left, right) => left !== null && (right === '%' || left === right),
};

/** Statuses with more rows than this are walked in the order of the table instead of being sorted. */
const FEW = 2_000;

/** n8n's data table in memory: each update is one statement, as in the database, and gives the rows that it has changed. */
export class DataTable {
	readonly rows: Row[];

	private readonly byStatus = new Map<unknown, Set<number>>();

	/** No row before this one is pending. */
	private firstPending = 1;

	constructor(prompts: string[]) {
		this.rows = prompts.map((prompt, index) => ({
			id: index + 1,
			prompt,
			status: 'pending',
			execution: null,
			until: null,
			answer: null,
			problem: null,
		}));
		this.byStatus.set('pending', new Set(this.rows.map(({ id }) => id)));
	}

	count(status: string): number {
		return this.byStatus.get(status)?.size ?? 0;
	}

	/** Copies of the rows that meet all conditions, in the order of their ids. */
	get(conditions: Condition[], limit: number): Row[] {
		return [...this.find(conditions, limit)].map((row) => ({ ...row }));
	}

	/** Changes the rows that meet all conditions, and gives copies of them. */
	update(conditions: Condition[], values: Record<string, unknown>): Row[] {
		return [...this.find(conditions)].map((row) => {
			const before = row.status;
			Object.assign(row, values);
			if (row.status !== before) this.moved(row, before);
			return { ...row };
		});
	}

	private moved({ id, status }: Row, before: string): void {
		this.byStatus.get(before)?.delete(id);
		if (!this.byStatus.has(status)) this.byStatus.set(status, new Set());
		this.byStatus.get(status)!.add(id);
		if (status === 'pending') this.firstPending = Math.min(this.firstPending, id);
	}

	private *find(conditions: Condition[], limit = Infinity): Iterable<Row> {
		let left = limit;
		for (const id of this.candidates(conditions)) {
			const row = this.rows[id - 1];
			if (!row || !conditions.every(({ column, operator, value }) => OPERATORS[operator]!(row[column], value))) continue;
			if (left-- === 0) return;
			yield row;
		}
	}

	private *candidates(conditions: Condition[]): Iterable<number> {
		const wanted = (column: string) => conditions.find((each) => each.column === column && each.operator === 'eq')?.value;
		const id = wanted('id');
		if (typeof id === 'number') {
			yield id;
			return;
		}
		const ids = this.byStatus.get(wanted('status')) ?? new Set<number>();
		if (ids.size <= FEW) {
			yield* [...ids].sort((a, b) => a - b);
			return;
		}
		while (this.rows[this.firstPending - 1]?.status !== 'pending') this.firstPending++;
		for (let next = this.firstPending; next <= this.rows.length; next++) yield next;
	}
}
