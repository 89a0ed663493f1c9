import type { IDataObject, INodeProperties, ISupplyDataFunctions, SupplyData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { AgentAiClient } from '../client/client';
import { Environment } from '../client/environment';
import { ANYWHERE, type Situation } from '../failures/advice';
import { DEFAULT_TIMEOUT_S } from '../operations/chatCompletion';
import { CHAT_LIMIT_WAIT_S, readBatching } from '../parameters/batching';
import { isAutomatic } from '../parameters/instance';
import { hint, showHints } from '../run/hints';
import { nodeError } from '../run/nodeError';
import { callerOf } from '../run/runContext';
import { advisedOptions, instanceFrom, optionNames } from '../run/situation';
import { asTextModel, type LangChainModel } from './langChainModel';
import { OpenClawChatModel } from './openClawChatModel';

/**
 * Makes the chat model that a chain or an agent of n8n runs on.
 *
 * @throws NodeApiError or NodeOperationError when the credential, the options or the instance cannot be used, or when this
 * n8n is too old
 */
export async function supplyModel(context: ISupplyDataFunctions, itemIndex: number, properties: INodeProperties[]): Promise<SupplyData> {
	const node = context.getNode();
	const opened = await AgentAiClient.open(context, itemIndex);
	if (!opened.ok) throw nodeError(node, opened.failure, itemIndex);
	const client = opened.value;
	const get = (name: string) => context.getNodeParameter(name, itemIndex, '', { extractValue: true });
	const options = context.getNodeParameter('options', itemIndex, {}) as IDataObject;
	const batching = readBatching((name) => options[name], CHAT_LIMIT_WAIT_S, CHAT_LIMIT_WAIT_S);
	if (batching.problem) throw nodeError(node, batching.problem, itemIndex);
	const sdk = await loadSdk(context);
	const signal = context.getExecutionCancelSignal();
	const caller = callerOf(context);
	const automatic = isAutomatic(get('instance'));
	const environment = new Environment(client, { ...batching.settings, ...caller, signal });
	// asked for once: a failure of it is the first call's
	if (automatic) await environment.automaticInstance().catch(() => {});
	const { notice } = environment;
	if (notice !== undefined) showHints(context, () => [hint(notice)]);
	const situation: Situation = {
		...ANYWHERE,
		options: advisedOptions(optionNames(properties), batching.settings, Number(options.timeout ?? DEFAULT_TIMEOUT_S)),
		instance: instanceFrom(automatic, client.credential),
	};
	const model = new OpenClawChatModel({
		node,
		client,
		environment,
		parameters: { get, options, row: {} },
		batching: batching.settings,
		situation,
		caller,
		itemIndex,
		signal,
		schemaOf: (tool) => sdk.getParametersJsonSchema(tool as never),
	});
	// the SDK's types come from a copy of n8n-workflow of its own, whose private members differ
	const supplied = sdk.supplyModel(context as never, model as never) as SupplyData;
	return { ...supplied, response: asTextModel(supplied.response as LangChainModel, (error) => model.refusal(error)) };
}

/** n8n brings the SDK along from 2.16 on; older hosts must still load the rest of this package. */
async function loadSdk(context: ISupplyDataFunctions) {
	try {
		return await import('@n8n/ai-node-sdk');
	} catch {
		throw new NodeOperationError(context.getNode(), 'This n8n is too old for the OpenClaw Chat Model', {
			description: 'Update n8n to 2.16 or newer, or use the Agent.ai node instead',
		});
	}
}
