import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { WorkflowJson } from './n8n/client.mts';
import { ROOT } from './paths.mts';

const FOLDER = join(ROOT, 'examples');
const AGENT_AI = 'n8n-nodes-agent-ai.';

/** File names of all example workflows. */
export async function exampleNames(): Promise<string[]> {
	return (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort();
}

export async function readExample(name: string): Promise<WorkflowJson> {
	return JSON.parse(await readFile(join(FOLDER, name), 'utf8')) as WorkflowJson;
}

/** The workflow with a credential picked in every Agent.ai node, as a person does it after importing. */
export function withCredential(workflow: WorkflowJson, credential: { id: string; name: string }): WorkflowJson {
	const nodes = workflow.nodes.map((node) =>
		node.type.startsWith(AGENT_AI) ? { ...node, credentials: { agentAiApi: { id: credential.id, name: credential.name } } } : node,
	);
	return { ...workflow, nodes };
}
