import type { ChatBody } from '../../sandbox/openClawActions.mts';
import type { GatewayCase, Step } from './gatewayCases.mts';

/** Where cases are run: agent.ai's actions in front of some gateway. */
export interface Stand {
	/** Base URL of the actions. */
	baseUrl: string;
	apiToken: string;
	/** Address and token of the gateway. */
	instance: string;
	authToken: string;
}

interface Chunk {
	choices?: { delta: { content?: string }; finish_reason: string | null }[];
	usage?: object | null;
	error?: { type: string; message: string };
}

interface ToolResult {
	ok: boolean;
	error?: { type: string; message: string };
	result?: { details?: Record<string, unknown> };
}

/** Runs the steps of a case one after another, and gives a line for each answer. */
export async function runCase({ steps }: GatewayCase, stand: Stand): Promise<string[]> {
	const lines: string[] = [];
	for (const step of steps) lines.push(...(await runStep(step, stand)));
	return lines;
}

async function runStep(step: Step, stand: Stand): Promise<string[]> {
	if ('together' in step) {
		const answers = await Promise.all(step.together.map(async (chat) => await describeAnswer(await sendChat(chat, stand))));
		return answers.sort();
	}
	if ('leaves' in step) {
		const left = sendChat(step.leaves, stand, AbortSignal.timeout(step.afterMs));
		return [await left.then(describeAnswer, () => 'left')];
	}
	if ('chat' in step) return [await describeAnswer(await sendChat(step.chat, token(step, stand)))];
	const body = {
		tool: step.tool,
		output_variable_name: 'tool_result',
		...(step.args ? { args_json: JSON.stringify(step.args) } : {}),
		...(step.session ? { session_key: step.session } : {}),
	};
	return [await describeAnswer(await send('openclaw_tools_invoke', body, token(step, stand)))];
}

const token = ({ token: authToken }: { token?: string }, stand: Stand): Stand => (authToken ? { ...stand, authToken } : stand);

const sendChat = async (chat: Partial<ChatBody>, stand: Stand, signal?: AbortSignal): Promise<Response> =>
	await send(
		'openclaw_chat_completion',
		{ model: 'openclaw:main', timeout: '170', output_variable_name: 'openclaw_result', ...chat },
		stand,
		signal,
	);

async function send(action: string, body: object, stand: Stand, signal?: AbortSignal): Promise<Response> {
	return await fetch(`${stand.baseUrl}/action/${action}`, {
		method: 'POST',
		headers: { authorization: `Bearer ${stand.apiToken}`, 'content-type': 'application/json' },
		body: JSON.stringify({ instance_ip: stand.instance, auth_token: stand.authToken, ...body }),
		...(signal ? { signal } : {}),
	});
}

/** One line that says everything of an answer that a client could depend on: status, shape, type, words. */
async function describeAnswer(response: Response): Promise<string> {
	const text = await response.text();
	if (response.headers.get('content-type')?.startsWith('text/event-stream')) return `${response.status} stream ${describeStream(text)}`;
	const json = JSON.parse(text) as { status: number; error?: unknown; response: Record<string, unknown> | null };
	if (json.status !== response.status) throw new Error(`The body's status ${json.status} is not the answer's ${response.status}`);
	if (json.error) {
		const error = json.error as string | { type: string; message: string };
		return `${json.status} ${typeof error === 'string' ? `“${error}”` : `${error.type} “${error.message}”`}`;
	}
	const result = json.response ?? {};
	if (typeof result.ok === 'boolean') return `tool ${describeTool(result as unknown as ToolResult)}`;
	return `${json.status} “${String(result.response_text)}”${result.usage ? ' with usage' : ''}`;
}

function describeStream(text: string): string {
	let words = '';
	const rest: string[] = [];
	for (const line of text.split('\n\n').filter(Boolean)) {
		const data = line.replace(/^data: /, '');
		if (data === '[DONE]') {
			rest.push('end');
			continue;
		}
		const { choices: [choice] = [], error, usage } = JSON.parse(data) as Chunk;
		words += choice?.delta.content ?? '';
		if (choice?.finish_reason) rest.push(choice.finish_reason);
		if (usage) rest.push('usage');
		if (error) rest.push(`${error.type} “${error.message}”`);
	}
	return [`“${words}”`, ...rest].join(', ');
}

function describeTool({ ok, error, result }: ToolResult): string {
	if (!ok) return `${error?.type ?? ''} “${error?.message ?? ''}”`;
	const details = result?.details ?? {};
	const { agents, sessions, hasMore, status } = details as {
		agents?: { id: string }[];
		sessions?: { key: string; agentId: string }[];
		hasMore?: boolean;
		status?: string;
	};
	if (agents) return `agents ${agents.map(({ id }) => id).join(', ')}`;
	if (sessions) {
		const rows = sessions.map(({ key, agentId }) => `${withoutUuids(key)} (${agentId})`).join(', ');
		return `sessions ${rows || 'none'}${hasMore ? ', and more' : ''}`;
	}
	return status === 'error' ? `error “${String(details.error)}”` : (status ?? 'ok');
}

const withoutUuids = (text: string): string => text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uuid>');
