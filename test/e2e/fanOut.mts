import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Sandbox } from '../../sandbox/server.mts';
import { withCredential } from '../../scripts/examples.mts';
import { outputOf, type WorkflowJson, type WorkflowNode } from '../../scripts/n8n/client.mts';
import { chain, node, OWNER, type Stage, until } from './support.mts';

export interface FanOut {
	credential: { id: string; name: string };
	/** Credential of the example that keeps its table in PostgreSQL. */
	postgres?: { id: string; name: string };
	/** How many sample rows “Fill with samples” makes. */
	rows: number;
	/** Name of the data table. */
	table?: string;
	/** How often a run starts, at most 59. */
	everySeconds: number;
	/** For how long a run takes new rows. */
	runSeconds: number;
	/** After how long the rows of a dead run are sent again. */
	leaseSeconds: number;
	/** Longest wait of a row for the limit. */
	limitWaitSeconds?: number;
}

/** A fan-out example with the rows and the times of a test. */
export function fanOut(workflow: WorkflowJson, times: FanOut): WorkflowJson {
	const { credential, postgres, rows, table = 'large_table', everySeconds, runSeconds, leaseSeconds, limitWaitSeconds = 120 } = times;
	const example = changed(withCredential(workflow, credential), {
		...schedule('Every minute', { field: 'minutes', minutesInterval: 1 }, everySeconds),
		'Go On?': { '10 * 60 * 1000': String(runSeconds * 1000) },
		Claim: postgres ? { "interval '30 minutes'": `interval '${leaseSeconds} seconds'` } : { '30 * 60 * 1000': String(leaseSeconds * 1000) },
		'Agent.ai': { '"maxRateLimitWait":120': `"maxRateLimitWait":${limitWaitSeconds}` },
		...(postgres ? { 'Add Rows': { 'generate_series(1, 100)': `generate_series(1, ${rows})` } } : {}),
	});
	const nodes = example.nodes.map((node): WorkflowNode => {
		const parameters = JSON.parse(
			JSON.stringify(node.parameters).replaceAll('"large_table"', JSON.stringify(table)),
		) as WorkflowNode['parameters'];
		return { ...node, parameters, ...(postgres && node.type.endsWith('.postgres') ? { credentials: { postgres } } : {}) };
	});
	return withSamples({ ...example, nodes }, rows);
}

/** The nightly example with the rows and the times of a test. */
export function nightly(
	workflow: WorkflowJson,
	{ rows, everySeconds, leaseSeconds }: Pick<FanOut, 'rows' | 'everySeconds' | 'leaseSeconds'>,
): WorkflowJson {
	const example = changed(workflow, {
		...schedule('Every night', { field: 'days', triggerAtHour: 2 }, everySeconds),
		Claim: { '90 * 60 * 1000': String(leaseSeconds * 1000) },
	});
	return withSamples(example, rows);
}

const schedule = (trigger: string, from: object, everySeconds: number) => ({
	[trigger]: { [JSON.stringify(from)]: JSON.stringify({ field: 'seconds', secondsInterval: everySeconds }) },
});

/** The workflow with other texts in the parameters of some nodes. */
function changed(workflow: WorkflowJson, changes: Record<string, Record<string, string>>): WorkflowJson {
	const nodes = workflow.nodes.map((node) => {
		let text = JSON.stringify(node.parameters);
		for (const [from, to] of Object.entries(changes[node.name] ?? {})) {
			if (!text.includes(from)) throw new Error(`${node.name} does not say ${from} any more`);
			text = text.replace(from, to);
		}
		return { ...node, parameters: JSON.parse(text) as WorkflowNode['parameters'] };
	});
	return { ...workflow, nodes };
}

function withSamples(workflow: WorkflowJson, rows: number): WorkflowJson {
	const jsonOutput = JSON.stringify({ rows: samples(rows) });
	const nodes = workflow.nodes.map((node) =>
		node.name === 'Samples' ? { ...node, parameters: { ...node.parameters, jsonOutput } } : node,
	);
	return { ...workflow, nodes };
}

const samples = (rows: number) => Array.from({ length: rows }, (_, row) => ({ prompt: `row ${row}` }));

/** Reads the example's table through workflows: n8n's own nodes alone can read it. */
export function readTable(stage: Stage, table: string) {
	const ids = new Map<string, string>();
	const rows = async (limited: boolean, ...statuses: string[]) => {
		const name = `${limited ? 'any' : 'all'} ${statuses.join(' or ')} of ${table}`;
		const id =
			ids.get(name) ??
			(
				await stage.client.createWorkflow({
					name,
					...chain(node('Start', 'n8n-nodes-base.manualTrigger'), reader(table, limited, statuses)),
				})
			).id;
		ids.set(name, id);
		return outputOf(await stage.client.run(id, 'Start'), 'Rows');
	};
	return {
		/** Whether any row has one of the statuses. */
		any: async (...statuses: string[]) => (await rows(true, ...statuses)).length > 0,
		/** How many rows have one of the statuses. */
		count: async (...statuses: string[]) => (await rows(false, ...statuses)).length,
	};
}

/** How long a table may take to its end after the last death. */
const LONGEST_MS = 400_000;

/** What the test of a table needs of it. */
export interface TableTest {
	sandbox: Sandbox;
	workflow: WorkflowJson;
	rows: number;
	/** Names the table in the log. */
	name: string;
	/** Whether any row is not done. */
	isOpen: () => Promise<boolean>;
	answered: () => Promise<number>;
	/** What goes wrong, one after another in the middle of it; each gives the most rows that were in flight on what was killed. */
	deaths: ((workflowId: string) => Promise<number>)[];
}

/** Lets an example answer its table while things die: no row is lost, and only what was in flight on them is sent twice. */
export async function answerTable(stage: Stage, { sandbox, workflow, rows, name, isOpen, answered, deaths }: TableTest): Promise<void> {
	const { runs } = sandbox.agent;
	const { id } = await stage.client.createWorkflow(workflow);
	assert.equal((await stage.client.run(id, 'Fill with samples')).status, 'success');
	await stage.client.activate(id);
	let inFlight = 0;
	for (const [index, die] of deaths.entries()) {
		const enough = (rows * (index + 1)) / (deaths.length + 1);
		await until(`${enough} rows sent`, () => Promise.resolve(runs.length >= enough || undefined), 300_000);
		inFlight += await die(id);
	}
	// looking is work for n8n too; right after a death it may fail
	const deadline = Date.now() + LONGEST_MS;
	while (await isOpen().catch(() => true)) {
		assert.ok(Date.now() < deadline, `Rows are left after ${LONGEST_MS} ms`);
		await sleep(2_000);
	}
	await stage.client.deactivate(id);
	assert.equal(await answered(), rows);
	assert.equal(new Set(runs.map(({ message }) => message)).size, rows);
	const twice = runs.length - rows;
	console.log(`${name}: ${rows} rows, ${twice} of them sent twice, ${inFlight} at most in flight on what was killed`);
	assert.ok(twice <= inFlight, `${twice} rows were sent twice`);
}

/** Kills n8n and boots it again; gives the rows that its runs had claimed at most, with one run that began just then. */
export async function killMain(stage: Stage, workflowId: string, chunk: number): Promise<number> {
	const running = (await stage.client.executions(workflowId)).filter(({ status }) => status === 'running').length;
	await stage.server.killMain();
	await stage.server.bootMain();
	stage.client = await stage.server.client(OWNER);
	return (running + 1) * chunk;
}

/** What is left of a data table, and what is done. */
export const doneIn = (table: ReturnType<typeof readTable>): Pick<TableTest, 'isOpen' | 'answered'> => ({
	isOpen: async () => await table.any('pending', 'sending'),
	answered: async () => await table.count('answered'),
});

const reader = (table: string, limited: boolean, statuses: string[]) =>
	node(
		'Rows',
		'n8n-nodes-base.dataTable',
		{
			resource: 'row',
			operation: 'get',
			dataTableId: { __rl: true, mode: 'name', value: table },
			matchType: 'anyCondition',
			filters: { conditions: statuses.map((status) => ({ keyName: 'status', condition: 'eq', keyValue: status })) },
			...(limited ? { returnAll: false, limit: 1 } : { returnAll: true }),
		},
		{ typeVersion: 1.1 },
	);
