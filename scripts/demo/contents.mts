import { exampleNames, readExample, withCredential } from '../examples.mts';
import type { N8nClient } from '../n8n/client.mts';
import type { Backend } from './backends.mts';
import type { DemoHome } from './home.mts';

export interface Credential {
	id: string;
	name: string;
}

const CREDENTIAL_NAME = 'Agent.ai (npm start)';

/**
 * The one credential of the demo, brought up to date: workflows that people made with it go on working when the sandbox
 * had to move, or another backend answers. One that a person has pointed somewhere else since is theirs, and stays as it
 * is; the demo then makes another.
 */
export async function demoCredential(client: N8nClient, home: DemoHome, { credential: data }: Backend): Promise<Credential> {
	const known = home.get('credential');
	const saved = known && (await ourCredential(client, known));
	const credential = saved ?? (await client.createCredential(CREDENTIAL_NAME, data));
	if (saved) await client.request('PATCH', `/rest/credentials/${saved.id}`, { name: saved.name, type: 'agentAiApi', data });
	await home.set({ credential: { id: credential.id, baseUrl: data.baseUrl } });
	return credential;
}

async function ourCredential(client: N8nClient, known: { id: string; baseUrl: string }): Promise<Credential | undefined> {
	const saved = await client
		.request<Credential & { data?: { baseUrl?: string } }>('GET', `/rest/credentials/${known.id}?includeData=true`)
		.catch(() => undefined);
	return saved?.data?.baseUrl === known.baseUrl ? { id: saved.id, name: saved.name } : undefined;
}

/**
 * Imports the examples that are not there: those that people have edited, renamed or archived stay as they are.
 *
 * @returns the file names of what was imported
 */
export async function importMissingExamples(client: N8nClient, home: DemoHome, credential: Credential): Promise<string[]> {
	const imported: string[] = [];
	for (const name of await exampleNames()) {
		const id = home.get('examples')?.[name];
		if (id !== undefined && (await exists(client, id))) continue;
		const workflow = await client.createWorkflow(withCredential(await readExample(name), credential));
		await home.set({ examples: { ...home.get('examples'), [name]: workflow.id } });
		imported.push(name);
	}
	return imported;
}

async function exists(client: N8nClient, workflowId: string): Promise<boolean> {
	return await client.request('GET', `/rest/workflows/${workflowId}`).then(
		() => true,
		() => false,
	);
}
