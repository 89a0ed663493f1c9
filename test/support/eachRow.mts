/**
 * Checks every row of a table within one test. All rows are checked, also after one has failed; the error names each row
 * that failed, and says why.
 *
 * @param nameOf what the error calls a row
 */
export function eachRow<Row>(rows: Iterable<Row>, nameOf: (row: Row) => string, check: (row: Row) => void): void {
	const failed: string[] = [];
	let count = 0;
	for (const row of rows) {
		count++;
		try {
			check(row);
		} catch (error) {
			failed.push(`${nameOf(row)}: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
	if (count === 0) throw new Error('The table has no rows');
	if (failed.length > 0) throw new Error(`${failed.length} of ${count} rows failed.\n\n${failed.join('\n\n')}`);
}
