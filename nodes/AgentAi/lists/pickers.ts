import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult, ResourceMapperFields } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { title } from '../account/catalogue';
import { AgentAiClient } from '../account/client';
import { loadCatalogue, loadEnvironment } from '../account/environment';
import { TOOLS_INVOKE, toolsInvokeBody } from '../account/openclaw';
import { mapperFields } from '../parameters/actionInputs';
import { InputError } from '../parameters/inputError';
import { readInstance } from '../parameters/instance';
import { text } from '../parameters/text';
import { FailureError, thrownFailure, unwrap } from '../transport/failureError';
import { sentences } from '../transport/failures';
import { isObject } from '../transport/interpret';
import { readJson } from '../transport/readJson';

const TYPE_IT = 'You can always type the value: choose By ID beside the list';

/** Tools of OpenClaw itself. An instance offers no list of its tools, and its tool policy may forbid any of them. */
const KNOWN_TOOLS: Array<[name: string, description: string]> = [
	['agents_list', 'List the agents of the instance'],
	['browser', 'Drive the browser of the instance'],
	['cron', 'List and change scheduled jobs'],
	['memory_get', 'Read from the memory of the agent'],
	['memory_search', 'Search the memory of the agent'],
	['message', 'Send a message through a channel'],
	['session_status', 'Show the state of a session'],
	['sessions_history', 'Read the messages of a session'],
	['sessions_list', 'List the sessions of the instance'],
	['sessions_send', 'Send a message into a session'],
	['web_fetch', 'Fetch a web page'],
	['web_search', 'Search the web'],
];

/** Agents of the chosen instance. Opening the list sends one request. */
export async function searchAgents(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	const agents = await listThroughTool(this, 'agents_list', 'agents');
	return matching(
		agents.flatMap((agent): INodeListSearchItems[] => {
			const id = isObject(agent) ? agent.id : agent;
			if (typeof id !== 'string' || id === '') return [];
			const name = isObject(agent) && typeof agent.name === 'string' && agent.name ? `${agent.name} (${id})` : id;
			return [{ name, value: id }];
		}),
		filter,
	);
}

/** Sessions of the chosen instance, under the keys that the gateway uses. Opening the list sends one request. */
export async function searchSessions(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	const sessions = await listThroughTool(this, 'sessions_list', 'sessions');
	return matching(
		sessions.flatMap((session): INodeListSearchItems[] => {
			const key = isObject(session) ? (session.key ?? session.sessionKey) : session;
			if (typeof key !== 'string' || key === '') return [];
			const label = isObject(session) ? (session.displayName ?? session.label) : undefined;
			return [{ name: typeof label === 'string' && label && label !== key ? `${label} (${key})` : key, value: key }];
		}),
		filter,
	);
}

/** Well-known tools of OpenClaw; any other name can be typed. */
export async function searchTools(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	return matching(
		KNOWN_TOOLS.map(([value, description]) => ({ name: value, value, description })),
		filter,
	);
}

/** All of agent.ai's actions, by name and description. */
export async function searchActions(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	return await inPanel(this, async () => {
		const client = unwrap(await AgentAiClient.open(this));
		const actions = [...(await loadCatalogue(client)).values()].map(({ name, description }) => ({
			name: `${title(name)} (${name})`,
			value: name,
			...(description ? { description } : {}),
		}));
		return matching(actions, filter);
	});
}

/** The inputs of the chosen action, for n8n's resource mapper. */
export async function getActionInputs(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	return await inPanel(this, async () => {
		const name = text(this.getCurrentNodeParameter('actionName', { extractValue: true }), 'Action').trim();
		if (name === '') return { fields: [] };
		if (name.startsWith('=')) {
			return { fields: [], emptyFieldsNotice: 'The action is chosen by an expression: set Specify Inputs to Using JSON' };
		}
		const client = unwrap(await AgentAiClient.open(this));
		const action = (await loadCatalogue(client)).get(name);
		if (!action) throw new InputError(`agent.ai has no action “${name}”`, 'Choose an action from the list');
		return { fields: mapperFields(action) };
	});
}

async function listThroughTool(context: ILoadOptionsFunctions, tool: string, key: string): Promise<unknown[]> {
	return await inPanel(context, async () => {
		const client = unwrap(await AgentAiClient.open(context));
		const instance = await chosenInstance(context, client);
		const outcome = await client.request({
			action: TOOLS_INVOKE,
			body: toolsInvokeBody(instance, { tool, argsJson: '{}', outputName: 'tool_result' }),
			timeoutSeconds: 30,
			stream: false,
			secrets: [instance.authToken],
		});
		if (!outcome.ok) throw new FailureError(outcome.failure);
		const list = listIn(outcome.value.response, key);
		if (list) return list;
		throw new InputError(
			`The OpenClaw instance does not give a list here: its tool policy may not allow ${tool}`,
			`Allow ${tool} on the instance`,
		);
	});
}

async function chosenInstance(context: ILoadOptionsFunctions, client: AgentAiClient) {
	const get = (name: string) => context.getCurrentNodeParameter(name);
	const automatic = get('instance') !== 'defineBelow';
	const unresolved = ['instance_ip', 'auth_token'].some((name) => text(get(name), name).startsWith('='));
	if (!automatic && unresolved) {
		throw new InputError('The list needs Instance IP and Auth Token as plain values', 'Fill in both fields above');
	}
	return readInstance({ get }, await loadEnvironment(client, 'instance', automatic));
}

/** The list in a tool's answer: in its details, or as JSON in its text. */
function listIn(response: unknown, key: string): unknown[] | undefined {
	const result = isObject(response) && response.ok !== false ? response.result : undefined;
	if (Array.isArray(result)) return result;
	if (!isObject(result)) return undefined;
	const content: unknown = Array.isArray(result.content) ? result.content[0] : undefined;
	const read = isObject(content) && typeof content.text === 'string' ? readJson(content.text) : undefined;
	for (const holder of [result.details, result, read?.ok ? read.data : undefined]) {
		if (Array.isArray(holder)) return holder;
		if (isObject(holder) && Array.isArray(holder[key])) return holder[key];
	}
	return undefined;
}

function matching(results: INodeListSearchItems[], filter = ''): INodeListSearchResult {
	const wanted = filter.trim().toLowerCase();
	const hit = ({ name, value, description }: INodeListSearchItems) =>
		[name, String(value), description ?? ''].some((part) => part.toLowerCase().includes(wanted));
	return { results: results.filter(hit).sort((a, b) => a.name.localeCompare(b.name)) };
}

/** Runs what a list needs, and turns every failure into a text that helps in the panel. */
async function inPanel<T>(context: ILoadOptionsFunctions, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const { message, description } = thrownFailure(error, 'unreadable', (text) => text);
		throw new NodeOperationError(context.getNode(), message, { description: sentences(description, TYPE_IT) });
	}
}
