import type { WorkflowNode } from '../../scripts/n8n/client.mts';
import { chain, node, type Stage, until } from './support.mts';

/** In how many seconds the schedule starts it; twice as many where it was not active by then, on a busy machine. */
const FIRST_LEAD_S = 5;
const MOST_LEAD_S = 40;

/** Lets a schedule start a workflow, and once only; gives the ids of the workflow and of its execution. */
export async function runOnSchedule(
	stage: Pick<Stage, 'client'>,
	nodes: WorkflowNode[],
	settings: Record<string, unknown> = {},
): Promise<{ id: string; executionId: string }> {
	for (let leadS = FIRST_LEAD_S; ; leadS *= 2) {
		const at = new Date(Date.now() + 1000 * leadS);
		const expression = `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} * * *`;
		const daily = { rule: { interval: [{ field: 'cronExpression', expression }] } };
		const trigger = node('Schedule', 'n8n-nodes-base.scheduleTrigger', daily, { typeVersion: 1.2 });
		const { id } = await stage.client.createWorkflow({ name: 'scheduled', settings, ...chain(trigger, ...nodes) });
		await stage.client.activate(id);
		const started = until(`the schedule to start the workflow`, async () => (await stage.client.executions(id))[0], 1000 * leadS + 5_000);
		const execution = await (leadS < MOST_LEAD_S ? started.catch(() => undefined) : started);
		await stage.client.deactivate(id);
		if (execution) return { id, executionId: execution.id };
	}
}
