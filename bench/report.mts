import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ROOT } from '../scripts/paths.mts';
import { table } from '../scripts/table.mts';
import { type Benchmark, type Figure, goalOf, median, OURS, PARTY_LABELS, ratios, type Series } from './figure.mts';
import { plotFile } from './plots.mts';

/** The results of one benchmark, as they are kept between runs. */
export interface Kept {
	name: string;
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

\`npm run bench\` measures everything again, \`npm run bench -- cpu memory\` some of it, and \`npm run bench -- quick\` runs everything with few items, to check that it works. A full run writes this page and [all figures](benchmarks/figures.md), including those of the other nodes.
`;

const FINDINGS = `## What is behind the figures

- Most of the cost of an item is n8n’s own: expressions, the credential’s header, and a new connection for each request, because n8n’s HTTP helper creates a new agent each time. A community node must use that helper. Node’s own client would need 0.4 times the processor time, or 0.2 times over TLS.
- The node reads each answer as a stream, because only then can it limit the answer’s size and time. On loopback without TLS, this alone costs 10%; over TLS, as agent.ai uses it, 2%.
- In *Stop Workflow* the node reads all items before it sends the first, so that invalid input costs nothing. This takes 0.1 ms per item, almost all of it for expressions. In the Continue modes the first request is sent immediately.
- Parameters without an expression are read once for all items.
- The node never assumes that a window of a limit ends too early. It learns the server’s clock from the \`date\` of its responses, which has whole seconds: short windows lose up to a second at the start of a run, windows of a minute 0.3%.
- Loops over items pause regularly, so that n8n can serve webhooks meanwhile.
`;

const FIGURES = `# All figures

The summary is in [benchmarks.md](../benchmarks.md). Values are medians, with the minimum and the maximum in brackets.
`;

/** What the node reached of each goal, as one table. */
function summary(figures: Figure[]): string {
	const rows = figures.flatMap((figure) =>
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
	return ['| What | Case | Agent.ai node | Goal |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Writes docs/benchmarks.md, the page, and docs/benchmarks/figures.md, all that was measured. */
export async function writeReport(results: { benchmark: Benchmark; kept: Kept }[]): Promise<void> {
	const sections = results.map(({ benchmark, kept }) =>
		[
			`## ${benchmark.title}`,
			'',
			benchmark.text,
			'',
			...kept.figures.map((figure) => `${figureMarkdown(figure)}\n`),
			`*${kept.date.slice(0, 10)}*`,
		].join('\n'),
	);
	const machines = [...new Set(results.map(({ kept }) => kept.machine))];
	const measured = `Measured on: ${machines.join('; and ')}.\n`;
	const page = [INTRODUCTION, measured, summary(results.flatMap(({ kept }) => kept.figures)), '', FINDINGS].join('\n');
	await writeFile(join(ROOT, 'docs/benchmarks.md'), page);
	await writeFile(join(ROOT, 'docs/benchmarks/figures.md'), `${[FIGURES, measured, ...sections].join('\n')}\n`);
}
