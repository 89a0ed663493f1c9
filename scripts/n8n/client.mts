import { setTimeout as sleep } from 'node:timers/promises';

import type { Owner } from './server.mts';

export interface WorkflowNode {
	id?: string;
	name: string;
	type: string;
	typeVersion?: number;
	position?: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	onError?: string;
	webhookId?: string;
	[setting: string]: unknown;
}

export interface WorkflowJson {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
}

export interface SavedWorkflow extends WorkflowJson {
	id: string;
	versionId: string;
	checksum?: string;
}

export interface Item {
	json: Record<string, unknown>;
	pairedItem?: unknown;
}

/** One run of one node, as an execution's data holds it. */
export interface NodeRun {
	error?: { message: string; description?: string; httpCode?: string; context?: Record<string, unknown> };
	data?: { main?: (Item[] | null)[] };
	hints?: { message: string }[];
	executionStatus?: string;
}

export interface Execution {
	id: string;
	status: string;
	mode: string;
	finished: boolean;
	data: string;
}

/** How often a request is repeated, a second apart, while n8n's database is not ready. */
const NOT_READY_TRIES = 60;

/** n8n's internal REST API, as far as the demo and the end-to-end tests need it (n8n 1.123 to 2.41). */
export class N8nClient {
	private cookie = '';

	constructor(private readonly url: string) {}

	/** Makes the owner on a fresh n8n, signs in on a known one. */
	async signIn(owner: Owner): Promise<void> {
		const settings = await this.request<{ userManagement?: { showSetupOnFirstLoad?: boolean } }>('GET', '/rest/settings');
		if (settings.userManagement?.showSetupOnFirstLoad) await this.request('POST', '/rest/owner/setup', owner);
		else await this.request('POST', '/rest/login', { emailOrLdapLoginId: owner.email, password: owner.password });
	}

	async createCredential(name: string, data: Record<string, unknown>, type = 'agentAiApi'): Promise<{ id: string; name: string }> {
		return await this.request('POST', '/rest/credentials', { name, type, data });
	}

	/** Runs a credential's test as the editor does on saving it. */
	async testCredential(id: string, name: string, data: Record<string, unknown>): Promise<{ status: string; message: string }> {
		return await this.request('POST', '/rest/credentials/test', { credentials: { id, name, type: 'agentAiApi', data } });
	}

	async createWorkflow(workflow: WorkflowJson): Promise<SavedWorkflow> {
		const settings = { executionOrder: 'v1', ...workflow.settings };
		// n8n 1 demands to be told that it is not active
		return await this.request('POST', '/rest/workflows', { active: false, ...workflow, settings });
	}

	/** Saves another version of a workflow. */
	async updateWorkflow(id: string, workflow: WorkflowJson): Promise<void> {
		const { versionId, settings } = await this.request<SavedWorkflow>('GET', `/rest/workflows/${id}`);
		await this.request('PATCH', `/rest/workflows/${id}`, { settings, ...workflow, versionId });
	}

	async deleteWorkflow(id: string): Promise<void> {
		await this.request('POST', `/rest/workflows/${id}/archive`, {});
		await this.request('DELETE', `/rest/workflows/${id}`);
	}

	async listWorkflows(): Promise<{ id: string; name: string }[]> {
		return await this.request('GET', '/rest/workflows');
	}

	async activate(id: string): Promise<void> {
		const { versionId, checksum } = await this.request<SavedWorkflow>('GET', `/rest/workflows/${id}`);
		await this.request('POST', `/rest/workflows/${id}/activate`, { versionId, expectedChecksum: checksum });
	}

	async deactivate(id: string): Promise<void> {
		await this.request('POST', `/rest/workflows/${id}/deactivate`, {});
	}

	/** Starts a workflow by hand from one of its triggers, and gives the id of the execution. */
	async startRun(id: string, trigger: string): Promise<string> {
		const { executionId } = await this.request<{ executionId: string }>('POST', `/rest/workflows/${id}/run`, {
			triggerToStartFrom: { name: trigger },
			// n8n 1 runs what it is sent, n8n 2 what it has saved
			workflowData: await this.request<SavedWorkflow>('GET', `/rest/workflows/${id}`),
		});
		return executionId;
	}

	async run(id: string, trigger: string): Promise<Execution> {
		return await this.finished(await this.startRun(id, trigger));
	}

	/** Retries a failed execution, with the workflow as it was or as it is saved now. */
	async retry(executionId: string, loadWorkflow: boolean): Promise<Execution> {
		const { id } = await this.request<{ id: string }>('POST', `/rest/executions/${executionId}/retry`, { loadWorkflow });
		return await this.finished(id);
	}

	async stopExecution(id: string): Promise<void> {
		await this.request('POST', `/rest/executions/${id}/stop`, {});
	}

	async executions(workflowId: string): Promise<{ id: string; status: string; mode: string }[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.request<{ results: { id: string; status: string; mode: string }[] }>(
			'GET',
			`/rest/executions?filter=${filter}&limit=100`,
		);
		return results;
	}

	async execution(id: string): Promise<Execution> {
		return await this.request('GET', `/rest/executions/${id}`);
	}

	/** Waits for an execution to end. */
	async finished(id: string, timeoutMs = 240_000): Promise<Execution> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const execution = await this.execution(id).catch((error: unknown) => {
				// n8n 2.16 cannot show an execution that has no data yet
				if (error instanceof Error && error.message.includes("reading 'resultData'")) return undefined;
				throw error;
			});
			if (execution && isOver(execution)) return execution;
			if (Date.now() > deadline) throw new Error(`Execution ${id} is still ${execution?.status ?? 'without data'} after ${timeoutMs} ms`);
			await sleep(100);
		}
	}

	/** @throws Error with n8n's answer for any status but 2xx */
	async request<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
		const json = JSON.parse(await this.requestText(method, path, body)) as { data?: T };
		return json.data ?? (json as T);
	}

	/**
	 * The same for what is no JSON, such as a stream, which is read to its end.
	 *
	 * @throws Error with n8n's answer for any status but 2xx
	 */
	async requestText(method: string, path: string, body?: unknown): Promise<string> {
		for (let left = NOT_READY_TRIES; ; left--) {
			const { ok, status, text } = await this.send(method, path, body);
			if (ok) return text;
			// n8n says so before it does anything, when the machine is so busy that its database has not answered in time
			if (left === 0 || !text.includes('Database is not ready')) throw new Error(`${method} ${path} → ${status} ${text.slice(0, 600)}`);
			await sleep(1_000);
		}
	}

	private async send(method: string, path: string, body: unknown): Promise<{ ok: boolean; status: number; text: string }> {
		const answer = await fetch(this.url + path, {
			method,
			// a connection that is kept may be closed by n8n just when a request is sent on it
			headers: { 'content-type': 'application/json', connection: 'close', cookie: this.cookie, 'browser-id': 'n8n-nodes-agent-ai' },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		for (const cookie of answer.headers.getSetCookie()) {
			if (cookie.startsWith('n8n-auth=')) this.cookie = cookie.split(';')[0] ?? '';
		}
		return { ok: answer.ok, status: answer.status, text: await answer.text() };
	}
}

/** Whether an execution has ended and, where it ran to its end, is saved: n8n 1.123 names its status a moment before its data. */
function isOver({ status, data }: Execution): boolean {
	if (['new', 'running', 'waiting'].includes(status)) return false;
	return !['success', 'error'].includes(status) || unflatten(data) !== undefined;
}

/** The runs of a node in an execution; n8n stores them "flatted": strings of numbers point at other entries. */
export function nodeRuns(execution: Execution, node: string): NodeRun[] {
	const data = unflatten(execution.data) as { resultData: { runData: Record<string, NodeRun[] | undefined> } };
	return data.resultData.runData[node] ?? [];
}

/** The json of a node's items on one of its outputs, in its last run. */
export function outputOf(execution: Execution, node: string, output = 0): Record<string, unknown>[] {
	return (nodeRuns(execution, node).at(-1)?.data?.main?.[output] ?? []).map(({ json }) => json);
}

function unflatten(text: string): unknown {
	const entries = JSON.parse(text) as unknown[];
	const revived = new Map<number, unknown>();
	const revive = (reference: unknown): unknown => {
		if (typeof reference !== 'string') return reference;
		const index = Number(reference);
		const entry = entries[index];
		if (typeof entry !== 'object' || entry === null) return entry;
		if (revived.has(index)) return revived.get(index);
		const target: Record<string, unknown> | unknown[] = Array.isArray(entry) ? [] : {};
		revived.set(index, target);
		for (const [key, value] of Object.entries(entry)) (target as Record<string, unknown>)[key] = revive(value);
		return target;
	};
	return revive('0');
}
