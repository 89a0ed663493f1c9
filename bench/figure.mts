import type { OnError } from 'n8n-workflow';

import type { Bench } from './measure.mts';

/** What one party achieved in one case, a value for each run. */
export interface Series {
	case: string;
	party: string;
	values: number[];
}

/** Numbers that belong in one table and one plot. */
export interface Figure {
	/** Names the plot's file. */
	name: string;
	title: string;
	unit: string;
	/** Digits behind the point of a value. */
	digits: number;
	series: Series[];
	/** What values are divided by: a party in the same case, or the same party in another case. */
	over?: { party: string } | { case: string };
	/** What the Agent.ai node is to reach: a value, or, with `over`, a ratio. By case, or one for all. */
	goals?: { case?: string; atMost?: number; atLeast?: number }[];
	/** Whether the plot belongs in the README. */
	shown?: boolean;
	/** Whether the cases are sizes, so that the plot is one of lines. */
	sizes?: boolean;
}

export interface Benchmark {
	/** What `npm run bench -- <name>` calls it. */
	name: string;
	title: string;
	/** What is measured and how, for the reader of the document. */
	text: string;
	run(bench: Bench): Promise<Figure[]>;
}

/** The error modes that make a difference, by the names that people know. */
export const ON_ERROR = { Continue: 'continueRegularOutput', 'Stop Workflow': 'stopWorkflow' } satisfies Record<string, OnError>;

/** This package among the parties. */
export const OURS = 'agentAi';

/** Parties by the names that people know. */
export const PARTY_LABELS: Record<string, string> = {
	agentAi: 'Agent.ai node',
	bareLoop: 'Bare authenticated loop',
	bareLoopReadAsStream: 'Bare loop, read as a stream',
	bareLoopWithoutCredential: 'Bare loop without a credential',
	bareLoopKeepAlive: 'Bare loop with keepAlive',
	bareStream: 'Bare reader of the stream',
	nodeHttp: 'Node’s http, new connections',
	nodeHttpKeepAlive: 'Node’s http, kept connections',
	nothing: 'Engine alone, nothing sent',
	httpRequest: 'HTTP Request',
	httpRequestBatching: 'HTTP Request, Batching',
	httpRequestCredential: 'HTTP Request, same credential',
	loopOverItems: 'Loop Over Items + HTTP Request',
	chainOpenAi: 'Basic LLM Chain + OpenAI model',
	chainAgentAi: 'Basic LLM Chain + OpenClaw model',
	eventsourceParser: 'eventsource-parser',
};

/** The series of parties of one case. */
export const seriesOf = (name: string, results: Record<string, number[]>): Series[] =>
	Object.entries(results).flatMap(([party, values]) => (values.length === 0 ? [] : [{ case: name, party, values }]));

export const median = (values: readonly number[]): number => {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/**
 * The ratio of a series to what it is compared with, turn by turn: what slows one turn slows both.
 *
 * @returns a ratio for each turn; nothing where there is no comparison, or for what others are compared with
 */
export function ratios(figure: Figure, series: Series): number[] | undefined {
	const { over } = figure;
	if (!over) return undefined;
	const base =
		'party' in over
			? figure.series.find((other) => other.case === series.case && other.party === over.party)
			: figure.series.find((other) => other.case === over.case && other.party === series.party);
	if (!base) return undefined;
	const paired = base.values.length === series.values.length;
	return series.values.map((value, turn) => value / (paired ? base.values[turn]! : median(base.values)));
}

/** The goal of a series and whether it is met; nothing for other parties, or where there is none. */
export function goalOf(figure: Figure, series: Series): { text: string; met: boolean; limit: number } | undefined {
	if (series.party !== OURS) return undefined;
	const goal = figure.goals?.find((one) => one.case === undefined || one.case === series.case);
	if (!goal) return undefined;
	const reached = median(ratios(figure, series) ?? series.values);
	if (goal.atMost !== undefined) return { text: `≤ ${goal.atMost}`, met: reached <= goal.atMost, limit: goal.atMost };
	const atLeast = goal.atLeast ?? 0;
	return { text: `≥ ${atLeast}`, met: reached >= atLeast, limit: atLeast };
}
