import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ROOT } from '../scripts/paths.mts';
import { table } from '../scripts/table.mts';
import { type Benchmark, type Figure, goalOf, median, OURS, PARTY_LABELS, ratios, type Series } from './figure.mts';
import { plotFile } from './plots.mts';

/** What one benchmark has measured. */
export interface Result {
	benchmark: Benchmark;
	/** As ISO text in UTC. */
	date: string;
	machine: string;
	figures: Figure[];
}

const label = (party: string) => PARTY_LABELS[party] ?? party;

/** Median, minimum and maximum. */
function spread(values: readonly number[], digits: number): string {
	const text = (value: number) => value.toFixed(digits);
	if (values.length === 1) return text(values[0]!);
	return `${text(median(values))} (${text(Math.min(...values))} to ${text(Math.max(...values))})`;
}

/** Column titles and cells of a figure. */
function cells(figure: Figure): { head: string[]; rows: string[][]; ours: boolean[] } {
	const cases = new Set(figure.series.map((series) => series.case));
	const { over } = figure;
	const base = over && ('party' in over ? label(over.party) : `${over.case} items`);
	const head = [
		...(cases.size > 1 ? ['Case'] : []),
		'Who',
		figure.unit === '' ? 'Value' : figure.unit,
		...(base === undefined ? [] : [`Ratio to ${base}`]),
		...(figure.goals ? ['Goal'] : []),
	];
	const row = (series: Series): string[] => {
		const ratio = ratios(figure, series);
		const goal = goalOf(figure, series);
		return [
			...(cases.size > 1 ? [series.case] : []),
			label(series.party),
			spread(series.values, figure.digits),
			...(over ? [ratio ? spread(ratio, 2) : ''] : []),
			...(figure.goals ? [goal ? `${goal.text}, ${goal.met ? 'met' : 'missed'}` : ''] : []),
		];
	};
	return { head, rows: figure.series.map(row), ours: figure.series.map(({ party }) => party === OURS) };
}

/** A figure as a table for the terminal. */
export function figureTable(figure: Figure): string {
	const { head, rows } = cells(figure);
	const records = rows.map((row) => Object.fromEntries(row.map((cell, column) => [head[column] ?? '', cell])));
	return `${figure.title}\n${table(records)}`;
}

function figureMarkdown(figure: Figure): string {
	const { head, rows, ours } = cells(figure);
	const line = (row: string[]) => `| ${row.join(' | ')} |`;
	const bold = (row: string[], index: number) => (ours[index] ? row.map((cell) => (cell === '' ? '' : `**${cell}**`)) : row);
	return [
		`### ${figure.title}`,
		'',
		picture(figure),
		'',
		line(head),
		line(head.map(() => '---')),
		...rows.map((row, index) => line(bold(row, index))),
	].join('\n');
}

/** A plot in the colours of the reader. */
const picture = (figure: Figure) =>
	`<picture><source media="(prefers-color-scheme: dark)" srcset="plots/${plotFile(figure, 'dark')}"><img alt="${figure.title}" src="plots/${plotFile(figure, 'light')}"></picture>`;

const INTRODUCTION = `# Benchmarks

The Agent.ai node compared with what people use today for the same job: other nodes of n8n, run by n8n’s own engine (\`WorkflowExecute\`), on one machine, with one server that answers without a model. Each run has a process of its own, and the nodes take turns. Values are medians, with the minimum and the maximum in brackets; a ratio compares runs of the same turn.

\`npm run bench\` measures everything again, \`npm run bench -- cpu memory\` some of it, and \`npm run bench -- quick\` runs everything with few items, to check that it works. What was measured replaces its part of this page and of [all figures](benchmarks/figures.md), which have those of the other nodes too, and the date of each.
`;

const FINDINGS = `## What is behind the figures

- Most of the cost of an item is n8n’s own: expressions, the credential’s header, and a new connection for each request, because n8n’s HTTP helper creates a new agent each time. A community node must use that helper. What Node’s own client would need is in [all figures](benchmarks/figures.md).
- The node reads each answer as a stream, because only then can it limit the answer’s size and time. The loop that is “read as a stream” shows what this alone costs.
- In *Stop Workflow* the node reads all items before it sends the first, so that invalid input costs nothing. Almost all of this time is n8n’s evaluation of expressions, so thousands of items wait for seconds. In the Continue modes the first request is sent immediately.
- Parameters without an expression are read once for all items.
- The node never assumes that a window of a limit ends too early. It learns the server’s clock from the \`date\` of its responses, which has whole seconds: short windows lose up to a second at the start of a run, windows of a minute hardly anything.
- Loops over items pause regularly, so that n8n can serve webhooks meanwhile.
`;

const FIGURES = `# All figures

The summary is in [benchmarks.md](../benchmarks.md). Values are medians, with the minimum and the maximum in brackets.
`;

/** What the node reached of each goal, as rows of one table. */
const summaryRows = (figures: Figure[]): string[] =>
	figures.flatMap((figure) =>
		figure.series.flatMap((series) => {
			const goal = series.party === OURS ? goalOf(figure, series) : undefined;
			if (!goal) return [];
			const value = `${spread(series.values, figure.digits)} ${figure.unit}`.trim();
			const ratio = ratios(figure, series);
			const { over } = figure;
			const reached =
				ratio && over ? `${spread(ratio, 2)} × ${'party' in over ? label(over.party) : `that of ${over.case} items`} (${value})` : value;
			return [`| ${figure.title} | ${series.case} | ${reached} | ${goal.text}, ${goal.met ? 'met' : 'missed'} |`];
		}),
	);

const sectionOf = ({ benchmark, date, machine, figures }: Result): string =>
	[
		`## ${benchmark.title}`,
		'',
		benchmark.text,
		'',
		...figures.map((figure) => `${figureMarkdown(figure)}\n`),
		`*${date.slice(0, 10)}, on ${machine}*`,
	].join('\n');

/** What the documents say of a benchmark, its section and its rows of the summary. */
interface Part {
	section: string;
	rows: string[];
}

/** What the documents have said of a benchmark so far; nothing where it has never run. */
function partBefore({ title }: Benchmark, summary: string, sections: string): Part[] {
	const section = sections.split(/^(?=## )/m).find((one) => one.startsWith(`## ${title}\n`));
	if (section === undefined) return [];
	const figures = [...section.matchAll(/^### (.*)$/gm)].map(([, name]) => `| ${name} |`);
	return [{ section: section.trimEnd(), rows: summary.split('\n').filter((row) => figures.some((figure) => row.startsWith(figure))) }];
}

/**
 * Writes what a benchmark has measured into docs/benchmarks.md, the page, and docs/benchmarks/figures.md, all figures. What
 * the two say of the others stays.
 *
 * @param benchmarks all, in the order of the documents
 */
export async function writeReport(benchmarks: Benchmark[], result: Result): Promise<void> {
	const [page, figures] = [join(ROOT, 'docs/benchmarks.md'), join(ROOT, 'docs/benchmarks/figures.md')];
	const [summary, sections] = [await readFile(page, 'utf8'), await readFile(figures, 'utf8')];
	const now: Part = { section: sectionOf(result), rows: summaryRows(result.figures) };
	const parts = benchmarks.flatMap((benchmark) => (benchmark === result.benchmark ? [now] : partBefore(benchmark, summary, sections)));
	const machines = new Set(parts.flatMap(({ section }) => /^\*[\d-]+, on (.*)\*$/m.exec(section)?.[1] ?? []));
	const measured = `Measured on: ${[...machines].join('; and ')}.\n`;
	const table = ['| What | Case | Agent.ai node | Goal |', '| --- | --- | --- | --- |', ...parts.flatMap(({ rows }) => rows)];
	await writeFile(page, [INTRODUCTION, measured, ...table, '', FINDINGS].join('\n'));
	await writeFile(figures, `${[FIGURES, measured, ...parts.map(({ section }) => section)].join('\n')}\n`);
}
