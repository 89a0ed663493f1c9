import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { AgentAiClient, PANEL_WAITS } from '../client/client';
import { Environment } from '../client/environment';
import { unwrap } from '../failures/failureError';
import { InputError } from '../failures/inputError';
import { isObject, readJson } from '../failures/json';
import { invokeTool } from '../operations/invokeTool';
import { isAutomatic } from '../parameters/instance';
import { KNOWN_TOOLS } from '../parameters/knownTools';
import { text } from '../parameters/text';
import { attempt } from '../run/attempt';
import { matching } from './panel';

/** Seconds that a person waits for a list. */
const TIMEOUT_S = 30;

/** What a tool of the instance has listed. */
export interface Listed {
	rows: unknown[];
	/** What the tool says beside the rows. */
	beside: Record<string, unknown>;
}

/** Lists something with a tool of the chosen instance; each call is one request. */
type ListTool = (tool: string, key: string, args?: Record<string, unknown>) => Promise<Listed>;

/**
 * Opens the instance that the panel names.
 *
 * @returns what lists with its tools; rejects with a FailureError when the tool fails or lists nothing under the key
 * @throws FailureError when there is no instance to ask
 */
export async function openInstance(context: ILoadOptionsFunctions): Promise<ListTool> {
	const client = unwrap(await AgentAiClient.open(context));
	const environment = new Environment(client, PANEL_WAITS);
	const instance = chosenInstance(context);
	return async (tool, key, args = {}) => {
		const values: Record<string, unknown> = { ...instance, tool, args_json: args, output_variable_name: 'tool_result' };
		const parameters = { get: (name: string) => values[name] ?? '', options: { timeout: TIMEOUT_S }, row: {} };
		const request = await invokeTool.readRequest(parameters, environment);
		const send = async () => await attempt(client, invokeTool, request, {});
		const { response } = unwrap(await client.ask(send, PANEL_WAITS, request.instance));
		const listed = listIn(response, key);
		if (listed) return listed;
		throw new InputError(
			`The OpenClaw instance returned no list: its tool policy may not allow ${tool}`,
			`Allow ${tool} on the instance, or enter the value`,
		);
	};
}

/** The parameters of the panel that name the instance. */
function chosenInstance(context: ILoadOptionsFunctions): Record<string, unknown> {
	const [instance, address, token] = ['instance', 'instance_ip', 'auth_token'].map((name): unknown =>
		context.getCurrentNodeParameter(name),
	);
	if (!isAutomatic(instance) && [address, token].some((value) => text(value, 'Instance').startsWith('='))) {
		throw new InputError(
			'The list cannot use expressions in Instance IP and Auth Token',
			'Enter both as fixed values, or enter the value here',
		);
	}
	return { instance, instance_ip: address, auth_token: token };
}

/** The list in a tool's answer: in its details, or as JSON in its text. */
function listIn(response: unknown, key: string): Listed | undefined {
	const result = isObject(response) ? response.result : undefined;
	if (Array.isArray(result)) return { rows: result, beside: {} };
	if (!isObject(result)) return undefined;
	const content: unknown = Array.isArray(result.content) ? result.content[0] : undefined;
	const read = isObject(content) && typeof content.text === 'string' ? readJson(content.text) : undefined;
	for (const holder of [result.details, result, read?.ok ? read.data : undefined]) {
		if (Array.isArray(holder)) return { rows: holder, beside: {} };
		if (isObject(holder) && Array.isArray(holder[key])) return { rows: holder[key], beside: holder };
	}
	return undefined;
}

/** Well-known tools of OpenClaw; any other name can be typed. */
export function searchTools(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	const tools = KNOWN_TOOLS.map(({ name, description }) => ({ name, value: name, description }));
	return Promise.resolve({ results: matching(tools, filter) });
}
