import type { INodeProperties } from 'n8n-workflow';

import type { ActionRequest } from '../client/actionRequest';
import { conversationLane, INVOKE_AGENT } from '../client/agents';
import type { Environment } from '../client/environment';
import { unwrap } from '../failures/failureError';
import { InputError } from '../failures/inputError';
import { agentProperty, type ChosenAgent, readAgent, visibilityBesideList } from '../parameters/agent';
import { agentInputsProperties, readAgentInputs } from '../parameters/agentInputs';
import { largeBatchOptions } from '../parameters/batching';
import { downloadOptions, readDownloads } from '../parameters/downloads';
import type { ItemParameters } from '../parameters/itemParameters';
import { optionsCollection, simplifyProperty } from '../parameters/output';
import { nameText } from '../parameters/text';
import { readTimeout, timeoutOption } from '../parameters/timeout';
import type { Operation } from './operation';

/** agent.ai states no timeout for its agents; runs of a minute have been seen, and research takes longer. */
const DEFAULT_TIMEOUT_S = 300;

const properties: INodeProperties[] = [
	visibilityBesideList,
	agentProperty(true),
	...agentInputsProperties,
	simplifyProperty,
	optionsCollection([
		{
			displayName: 'Run ID',
			name: 'run_id',
			type: 'string',
			default: '',
			placeholder: 'e.g. {{ $json.run_id }}',
			description:
				'The run_id of an earlier answer, to continue the conversation with a knowledge agent. Items with the same Run ID are sent one after another.',
		},
		timeoutOption(DEFAULT_TIMEOUT_S, 'How long to wait for the response, in seconds'),
		...downloadOptions,
		...largeBatchOptions,
	]),
];

/** POST /action/invoke_agent, or the agent's webhook: one of agent.ai's agents. */
export const agentRun: Operation = {
	resource: 'agent',
	option: {
		name: 'Run',
		value: 'run',
		description: 'Run an agent.ai agent, your own or a public one, for each item',
		action: 'Run agent',
	},
	properties,

	async readRequest(parameters: ItemParameters, environment: Environment): Promise<ActionRequest> {
		const { get, options } = parameters;
		const agent = readAgent(get('agent'));
		const runId = nameText(options.run_id, 'Run ID');
		const timeoutSeconds = readTimeout(options.timeout, DEFAULT_TIMEOUT_S) ?? DEFAULT_TIMEOUT_S;
		const { inputs, secrets } = await readAgentInputs(parameters, agent.id, async (name) => await schemaOf(agent, name, environment));
		const { webhook } = agent;
		// the agent and its conversation are chosen here, whatever inputs of theirs are called
		const id = webhook ? {} : { id: agent.id };
		const body = { ...id, ...inputs, ...id, ...(runId ? { run_id: runId } : {}) };
		return {
			action: INVOKE_AGENT,
			body,
			timeoutSeconds,
			secrets: webhook ? [...secrets, webhook.url, webhook.key] : secrets,
			...conversationLane(body),
			...(webhook ? { webhook } : {}),
			downloads: readDownloads(options),
		};
	},
};

async function schemaOf({ id, webhook }: ChosenAgent, nameInList: string | undefined, environment: Environment): Promise<unknown> {
	const asked = await environment.agentSchema(id, nameInList);
	if (asked.ok || !webhook) return unwrap(asked);
	throw new InputError(
		'agent.ai does not show this account the inputs of the webhook’s agent',
		'Set Specify Inputs to Using JSON. Nothing was sent to the webhook',
	);
}
