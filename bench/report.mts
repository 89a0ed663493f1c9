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

/** Median, least and most. */
function spread(values: readonly number[], digits: number): string {
	const text = (value: number) => value.toFixed(digits);
	if (values.length === 1) return text(values[0]!);
	return `${text(median(values))} (${text(Math.min(...values))} to ${text(Math.max(...values))})`;
}

/** Column titles and cells of a figure. */
function cells(figure: Figure): { head: string[]; rows: string[][]; ours: boolean[] } {
	const cases = new Set(figure.series.map((series) => series.case));
	const { over } = figure;
	const base = over && ('party' in over ? label(over.party) : over.case);
	const head = [
		...(cases.size > 1 ? ['Case'] : []),
		'Who',
		figure.unit === '' ? 'Value' : figure.unit,
		...(base === undefined ? [] : [`Over ${base}`]),
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
	return [`### ${figure.title}`, '', picture(figure), '', line(head), line(head.map(() => '---')), ...rows.map((row, index) => line(bold(row, index)))].join('\n');
}

/** A plot in the colours of the reader. */
const picture = (figure: Figure) =>
	`<picture><source media="(prefers-color-scheme: dark)" srcset="plots/${plotFile(figure, 'dark')}"><img alt="${figure.title}" src="plots/${plotFile(figure, 'light')}"></picture>`;

const INTRODUCTION = `# Benchmarks

The Agent.ai node beside what people use today for the same job, from n8n’s own packages, in one run on one machine against one server, through n8n’s own engine (\`WorkflowExecute\`). Each run is a process of its own; the parties take turns, at least five times each. Values are the median of the runs, and the least and the most in brackets. Ratios are taken turn by turn, so that a busy moment of the machine slows both sides of a ratio. The server runs on the same machine and answers without a model; the database that n8n reads credentials from is left out for everybody.

\`npm run bench\` measures all of it anew, \`npm run bench -- cpu memory\` some of it, and \`npm run bench -- quick\` runs everything small, to see that it works. This page and the plots are written by it (\`bench/\`). What was found on the way, and what it led to, is in [profile.md](profile.md).
`;

/** Writes docs/benchmarks.md. */
export async function writeReport(results: { benchmark: Benchmark; kept: Kept }[]): Promise<void> {
	const sections = results.map(({ benchmark, kept }) =>
		[`## ${benchmark.title}`, '', benchmark.text, '', ...kept.figures.map((figure) => `${figureMarkdown(figure)}\n`), `*${kept.date.slice(0, 10)}*`].join('\n'),
	);
	const machines = [...new Set(results.map(({ kept }) => kept.machine))];
	const text = [INTRODUCTION, `Measured on: ${machines.join('; and ')}.`, '', ...sections].join('\n');
	await writeFile(join(ROOT, 'docs/benchmarks.md'), `${text}\n`);
}
