import { readExample, withCredential } from '../../scripts/examples.mts';
import type { WorkflowJson, WorkflowNode } from '../../scripts/n8n/client.mts';
import { postWhenReady, type Stage } from './support.mts';

/** Activates a workflow with a Chat Trigger under a webhook of its own, and gives the URL of its chat. */
export async function activateChat(stage: Stage, workflow: WorkflowJson): Promise<{ id: string; chat: string }> {
	const webhookId = `live-${crypto.randomUUID()}`;
	const nodes = workflow.nodes.map((each) => (each.webhookId ? { ...each, webhookId } : each));
	const { id } = await stage.client.createWorkflow({ ...workflow, nodes });
	await stage.client.activate(id);
	return { id, chat: `${stage.server.url}/webhook/${webhookId}/chat` };
}

/** Says something in a chat, as n8n's chat page does. */
export const say = async (url: string, chatInput: string, sessionId = 'visitor') =>
	await postWhenReady(url, { action: 'sendMessage', sessionId, chatInput });

/** The example of an agent with our node as its tool, with a scripted model in the place of OpenAI's. */
export async function toolsExample(stage: Stage, modelUrl: string): Promise<WorkflowJson> {
	const credential = await stage.client.request<{ id: string; name: string }>('POST', '/rest/credentials', {
		name: 'Scripted',
		type: 'openAiApi',
		data: { apiKey: 'scripted', url: modelUrl, header: false },
	});
	const example = withCredential(await readExample('agent-with-openclaw-tools.json'), stage.credential);
	const nodes = example.nodes.map((each: WorkflowNode) =>
		each.name === 'Chat Model' ? { ...each, credentials: { openAiApi: { id: credential.id, name: credential.name } } } : each,
	);
	return { ...example, nodes };
}
