import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { logger, None, parse, View } from 'vega';
import { compile, type Config, type TopLevelSpec } from 'vega-lite';

import { ROOT } from '../scripts/paths.mts';
import { type Figure, median, OURS, PARTY_LABELS, ratios } from './figure.mts';

/** Colours of the reader's page. */
const THEMES = {
	light: { text: '#24292f', faint: '#d0d7de', ours: '#e4572e', others: '#8c959f' },
	dark: { text: '#e6edf3', faint: '#30363d', ours: '#ff7a50', others: '#7d8590' },
} as const;
type Theme = keyof typeof THEMES;

/** The file of a plot in docs/benchmarks/plots. */
export const plotFile = (figure: Figure, theme: Theme) => `${figure.name}-${theme}.svg`;

interface Bar {
	case: string;
	party: string;
	value: number;
	least: number;
	most: number;
	ours: boolean;
	order: number;
}

/** What is drawn: ratios where there is something to compare with, else values. */
function bars(figure: Figure): Bar[] {
	return figure.series.map((series, order) => {
		const values = ratios(figure, series) ?? series.values;
		return {
			case: series.case,
			party: PARTY_LABELS[series.party] ?? series.party,
			value: median(values),
			least: Math.min(...values),
			most: Math.max(...values),
			ours: series.party === OURS,
			order,
		};
	});
}

function axisTitle(figure: Figure): string {
	const { over, unit } = figure;
	if (!over) return unit;
	return 'party' in over ? `ratio to ${PARTY_LABELS[over.party] ?? over.party}` : `ratio to ${over.case} items`;
}

function specification(figure: Figure, theme: Theme): TopLevelSpec {
	const colours = THEMES[theme];
	const colour = {
		field: 'ours',
		type: 'nominal' as const,
		scale: { domain: [true, false], range: [colours.ours, colours.others] },
		legend: null,
	};
	const title = axisTitle(figure);
	const goals = [...new Set((figure.goals ?? []).map(({ atMost, atLeast }) => atMost ?? atLeast ?? 0))];
	const text = { labelColor: colours.text, titleColor: colours.text };
	const config: Config = {
		font: 'system-ui, sans-serif',
		background: 'transparent',
		view: { stroke: null },
		axis: { ...text, labelLimit: 260, gridColor: colours.faint, domainColor: colours.faint, tickColor: colours.faint },
		header: { ...text },
		title: { color: colours.text, anchor: 'start' },
	};
	const data = { values: bars(figure) };
	const rule = goals.map((goal) => ({
		mark: { type: 'rule' as const, strokeDash: [4, 4], color: colours.text },
		encoding: { [figure.sizes === true ? 'y' : 'x']: { datum: goal } },
	}));
	if (figure.sizes === true) {
		return {
			title: figure.title,
			config,
			width: 560,
			height: 240,
			data,
			layer: [
				{
					mark: { type: 'line', point: true },
					encoding: {
						x: { field: 'case', type: 'ordinal', sort: { field: 'order' }, title: 'items', axis: { labelAngle: 0 } },
						y: { field: 'value', type: 'quantitative', title },
						color: {
							...colour,
							field: 'party',
							scale: { range: [colours.ours, colours.others] },
							legend: { title: null, labelColor: colours.text },
						},
					},
				},
				...rule,
			],
		};
	}
	const y = { field: 'party', type: 'nominal' as const, sort: { field: 'order' }, title: null };
	const cases = new Set(figure.series.map((series) => series.case));
	return {
		title: figure.title,
		config,
		data,
		facet: {
			row: {
				field: 'case',
				type: 'nominal',
				sort: { field: 'order' },
				title: null,
				header: { labelAngle: 0, labelAlign: 'left', labels: cases.size > 1 },
			},
		},
		resolve: { scale: { y: 'independent' } },
		spec: {
			width: 460,
			height: { step: 22 },
			layer: [
				{
					mark: { type: 'bar', height: 13, cornerRadiusEnd: 2 },
					encoding: { y, x: { field: 'value', type: 'quantitative', title }, color: colour },
				},
				{
					mark: { type: 'rule', color: colours.text },
					encoding: { y, x: { field: 'least', type: 'quantitative' }, x2: { field: 'most' } },
				},
				...rule,
			],
		},
	};
}

/** What Vega-Lite remarks on scales that several layers share is as it is meant. */
const QUIET = logger(None);

/** Draws every figure for light and for dark pages into docs/benchmarks/plots. */
export async function writePlots(figures: Figure[]): Promise<void> {
	const folder = join(ROOT, 'docs/benchmarks/plots');
	await mkdir(folder, { recursive: true });
	for (const figure of figures) {
		for (const theme of Object.keys(THEMES) as Theme[]) {
			const { spec } = compile(specification(figure, theme), { logger: QUIET });
			const view = new View(parse(spec, {}), { renderer: 'none', logLevel: None });
			await writeFile(join(folder, plotFile(figure, theme)), await view.toSVG());
			view.finalize();
		}
	}
}
