/**
 * Rows as a table of plain text that fits a terminal; long cells are cut.
 *
 * @param width the terminal's width in columns
 */
export function table(rows: Record<string, string>[], width = process.stdout.columns || 100): string {
	const columns = Object.keys(rows[0] ?? {});
	const longest = (column: string) => Math.max(column.length, ...rows.map((row) => row[column]?.length ?? 0));
	const others = columns.slice(0, -1).reduce((sum, column) => sum + longest(column) + 2, 0);
	const widths = columns.map((column, index) =>
		index === columns.length - 1 ? Math.max(10, Math.min(longest(column), width - others)) : longest(column),
	);
	const line = (cells: string[]) =>
		cells
			.map((cell, index) => {
				const limit = widths[index] ?? 0;
				return (cell.length > limit ? `${cell.slice(0, limit - 1)}…` : cell).padEnd(limit);
			})
			.join('  ')
			.trimEnd();
	const body = rows.map((row) => line(columns.map((column) => (row[column] ?? '').replace(/\s+/g, ' '))));
	return [line(columns), widths.map((cells) => '─'.repeat(cells)).join('  '), ...body].join('\n');
}
