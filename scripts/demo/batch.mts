import { readExample, withCredential } from '../examples.mts';
import { type N8nClient, nodeRuns, type WorkflowJson } from '../n8n/client.mts';
import { table } from '../table.mts';
import type { Credential } from './contents.mts';

/** A batch that every row can answer. */
const PROMPTS = [
	{ customer: 'Ada', prompt: 'Write a one-line greeting for Ada' },
	{ customer: 'Grace', prompt: 'Write a one-line greeting for Grace' },
	{ customer: 'Linus', prompt: 'Write a one-line greeting for Linus' },
	{ customer: 'Margaret', prompt: 'Write a one-line greeting for Margaret' },
	{ customer: 'Alan', prompt: 'Answer in JSON: what is the name in this sentence about Alan?' },
];

/**
 * The main job: sends a batch of prompts through n8n and prints the answers. The workflow is removed afterwards.
 *
 * @returns whether every prompt was answered
 * @throws Error when the batch gave no items at all
 */
export async function runBatch(client: N8nClient, credential: Credential): Promise<boolean> {
	const workflow = await client.createWorkflow(withCredential(batchOf(PROMPTS, await readExample('scheduled-batch.json')), credential));
	try {
		console.log(`\nSending ${PROMPTS.length} prompts …\n`);
		const execution = await client.run(workflow.id, 'Every night');
		const [answers = [], failures = []] = nodeRuns(execution, 'Agent.ai').at(-1)?.data?.main ?? [];
		const rows = [...(answers ?? []), ...(failures ?? [])].map(({ json }) => {
			const answer = json.openclaw_result as { response_text?: string } | undefined;
			const error = json.error as { message?: string } | undefined;
			return {
				customer: String(json.customer),
				state: answer ? 'answered' : 'failed',
				answer: answer?.response_text ?? error?.message ?? '',
			};
		});
		if (rows.length === 0) throw new Error(`The batch gave no items; the execution ended as ${execution.status}`);
		console.log(table(rows));
		return rows.length === PROMPTS.length && rows.every(({ state }) => state === 'answered');
	} finally {
		await client.deleteWorkflow(workflow.id);
	}
}

/** The scheduled batch example with other rows. */
function batchOf(rows: object[], example: WorkflowJson): WorkflowJson {
	const nodes = example.nodes.map((node) =>
		node.name === 'Rows' ? { ...node, parameters: { ...node.parameters, jsonOutput: JSON.stringify({ rows }) } } : node,
	);
	return { ...example, name: 'Agent.ai: batch of npm start', nodes };
}
