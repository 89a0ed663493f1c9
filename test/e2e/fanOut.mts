import { withCredential } from '../../scripts/examples.mts';
import { type N8nClient, outputOf, type WorkflowJson } from '../../scripts/n8n/client.mts';
import { chain, node } from './support.mts';

export interface FanOut {
	credential: { id: string; name: string };
	/** How many sample rows “Fill with samples” makes. */
	rows: number;
	/** How often rows are claimed, at most 59; if left out, twice a day. */
	everySeconds?: number;
	/** After how long the rows of a dead worker are sent again. */
	lostAfterSeconds: number;
	/** Most rows claimed at a time; the example's own number if left out. */
	claimed?: number;
}

/** The fan-out example with rows and times of a test. */
export function fanOut(workflow: WorkflowJson, { credential, rows, everySeconds, lostAfterSeconds, claimed }: FanOut): WorkflowJson {
	const changes: Record<string, Record<string, unknown>> = {
		'Every minute': {
			rule: {
				interval: [
					everySeconds === undefined ? { field: 'hours', hoursInterval: 12 } : { field: 'seconds', secondsInterval: everySeconds },
				],
			},
		},
		Samples: { jsonOutput: JSON.stringify({ rows: Array.from({ length: rows }, (_, row) => ({ prompt: `row ${row}` })) }) },
		'Free Lost Rows': {
			filters: {
				conditions: [
					{ keyName: 'status', condition: 'eq', keyValue: 'queued' },
					{ keyName: 'since', condition: 'lt', keyValue: `={{ Date.now() - ${lostAfterSeconds * 1000} }}` },
				],
			},
		},
		'Pending Rows': claimed === undefined ? {} : { limit: claimed },
	};
	const example = withCredential(workflow, credential);
	return { ...example, nodes: example.nodes.map((each) => ({ ...each, parameters: { ...each.parameters, ...changes[each.name] } })) };
}

/**
 * Counts the rows of the example's table that have one of some statuses, through a workflow: n8n's own nodes alone can read it.
 * Statuses are counted in one query, because a row may go from one to the other between two.
 */
export function readTable(client: N8nClient): { count(...statuses: string[]): Promise<number> } {
	const counting = async (statuses: string[]) =>
		await client.createWorkflow({
			name: `count ${statuses.join(' or ')}`,
			...chain(
				node('Start', 'n8n-nodes-base.manualTrigger'),
				node(
					'Rows',
					'n8n-nodes-base.dataTable',
					{
						resource: 'row',
						operation: 'get',
						dataTableId: { __rl: true, mode: 'name', value: 'large_table' },
						matchType: 'anyCondition',
						filters: { conditions: statuses.map((status) => ({ keyName: 'status', condition: 'eq', keyValue: status })) },
						returnAll: true,
					},
					{ typeVersion: 1.1 },
				),
			),
		});
	const workflows = new Map<string, string>();
	return {
		count: async (...statuses) => {
			const key = statuses.join();
			const id = workflows.get(key) ?? (await counting(statuses)).id;
			workflows.set(key, id);
			return outputOf(await client.run(id, 'Start'), 'Rows').length;
		},
	};
}
