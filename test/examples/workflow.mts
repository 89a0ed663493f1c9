import { compileFunction } from 'node:vm';

import type { WorkflowJson, WorkflowNode } from '../../scripts/n8n/client.mts';
import type { Condition, DataTable, Row } from './dataTable.mts';

/** The json of an item. */
export type Json = Record<string, unknown>;

/** Something that takes time: it is given what to call when it is over. */
export type Step = (resume: (failed?: Error) => void) => void;

/** What a simulated execution is given. */
export interface Surroundings {
	id: string;
	now: () => number;
	table: DataTable;
	/** One statement on its way to the database. @throws what `resume` is given, while the database is down */
	statement: Step;
	wait: (ms: number) => Step;
	/** Sends rows as the Agent.ai node does: pushes an item for each, in their order, and resumes. */
	send: (rows: Row[], node: WorkflowNode, into: Json[]) => Step;
	/** A row's answer, or its failure, has been written or let go. */
	written: (row: Row, failure: boolean, kept: boolean) => void;
}

interface RuleOfNode {
	conditions: (json: Json) => Condition[];
	values: (json: Json) => Json;
	test: (json: Json) => boolean;
}

interface Scope {
	$json: Json;
	$execution: { id: string };
	$: (name: string) => { isExecuted: boolean; all: () => { json: Json }[]; first: () => { json: Json } };
	Date: { now: () => number; parse: (text: string) => number };
}

const compiled = new Map<string, (scope: Scope) => unknown>();

/** A parameter of a node: a value as it stands, or an expression. */
function parameter(value: unknown): (scope: Scope) => unknown {
	if (typeof value !== 'string' || !value.startsWith('=')) return () => value;
	let run = compiled.get(value);
	if (!run) {
		const [, code] = /^=\{\{(.*)\}\}$/s.exec(value) ?? [];
		if (code === undefined) throw new Error(`Only whole expressions are simulated: ${value}`);
		const body = compileFunction(`return (${code})`, ['$json', '$execution', '$', 'Date']) as (...scope: unknown[]) => unknown;
		run = ({ $json, $execution, $, Date }) => body($json, $execution, $, Date);
		compiled.set(value, run);
	}
	return run;
}

/** The nodes of an example as the simulation runs them: the file's own conditions, values and expressions. */
export class Workflow {
	readonly nodes: Map<string, WorkflowNode>;

	constructor(private readonly json: WorkflowJson) {
		this.nodes = new Map(json.nodes.map((node) => [node.name, node]));
	}

	/**
	 * One execution from a trigger on, as n8n walks it: one branch to its end, then the next.
	 *
	 * @param triggeredAt ISO time at which the trigger fired; the job may have waited for a worker since
	 */
	*run(trigger: string, triggeredAt: string, around: Surroundings): Generator<Step, void, void> {
		const last = new Map<string, Json[]>([[trigger, [{ timestamp: triggeredAt }]]]);
		const open = this.behind(trigger, 0, last.get(trigger)!);
		for (let next = open.pop(); next; next = open.pop()) {
			const outputs = yield* this.node(this.nodes.get(next.name)!, next.items, around, last);
			last.set(next.name, outputs[0] ?? []);
			for (const [index, items] of [...outputs.entries()].reverse()) if (items.length > 0) open.push(...this.behind(next.name, index, items));
		}
	}

	private behind(name: string, output: number, items: Json[]): { name: string; items: Json[] }[] {
		const { main } = (this.json.connections[name] ?? { main: [] }) as { main: { node: string }[][] };
		return (main[output] ?? []).map(({ node }) => ({ name: node, items }));
	}

	private *node(node: WorkflowNode, input: Json[], around: Surroundings, last: Map<string, Json[]>): Generator<Step, Json[][], void> {
		const items = node.executeOnce === true ? input.slice(0, 1) : input;
		const rule = ruleOf(node, around, last);
		if (node.type.endsWith('.if')) {
			return [items.filter((json) => rule.test(json)), items.filter((json) => !rule.test(json))];
		}
		const output: Json[] = [];
		if (node.type.endsWith('.agentAi')) yield around.send(items as Row[], node, output);
		else if (node.type.endsWith('.dataTable')) yield* this.withTries(node, () => statements(node, rule, items, around, output), around);
		else output.push(...items);
		return [output.length === 0 && node.alwaysOutputData === true ? [{}] : output];
	}

	/** n8n's *Retry On Fail*: the whole node again, with a pause. */
	private *withTries(node: WorkflowNode, work: () => Generator<Step, void, void>, { wait }: Surroundings): Generator<Step, void, void> {
		const tries = node.retryOnFail === true ? Number(node.maxTries) : 1;
		for (let attempt = 1; ; attempt++) {
			try {
				return yield* work();
			} catch (error) {
				if (attempt >= tries) throw error;
				yield wait(Number(node.waitBetweenTries));
			}
		}
	}
}

function ruleOf({ parameters }: WorkflowNode, { id, now }: Surroundings, last: Map<string, Json[]>): RuleOfNode {
	const clock = { now, parse: (text: string) => Date.parse(text) };
	const $ = (name: string) => {
		const items = (last.get(name) ?? []).map((json) => ({ json }));
		return { isExecuted: last.has(name), all: () => items, first: () => items[0]! };
	};
	const scope = ($json: Json): Scope => ({ $json, $execution: { id }, $, Date: clock });
	const { filters, columns, conditions } = parameters as {
		filters?: { conditions: { keyName: string; condition: string; keyValue: unknown }[] };
		columns?: { value: Json };
		conditions?: { conditions: { leftValue: string }[] };
	};
	const wanted = (filters?.conditions ?? []).map((each) => ({ ...each, value: parameter(each.keyValue) }));
	const values = Object.entries(columns?.value ?? {}).map(([column, value]) => [column, parameter(value)] as const);
	const tests = (conditions?.conditions ?? []).map(({ leftValue }) => parameter(leftValue));
	return {
		conditions: (json) => wanted.map(({ keyName, condition, value }) => ({ column: keyName, operator: condition, value: value(scope(json)) })),
		values: (json) => Object.fromEntries(values.map(([column, value]) => [column, value(scope(json))])),
		test: (json) => tests.every((test) => test(scope(json)) === true),
	};
}

/** A Data Table node sends one statement for each item; a failing one ends the node, and what was done before it stays. */
function* statements(
	node: WorkflowNode,
	rule: RuleOfNode,
	items: Json[],
	{ table, statement, written }: Surroundings,
	output: Json[],
): Generator<Step, void, void> {
	output.length = 0;
	if (node.parameters.resource === 'table') return void output.push({});
	for (const json of items) {
		yield statement;
		if (node.parameters.operation === 'get') {
			output.push(...table.get(rule.conditions(json), Number(node.parameters.limit)));
			continue;
		}
		const rows = table.update(rule.conditions(json), rule.values(json));
		output.push(...rows);
		if (node.name === 'Write Back') written(json as Row, json.error !== undefined, rows.length > 0);
	}
}
