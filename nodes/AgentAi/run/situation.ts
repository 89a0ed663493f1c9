import type { INodeProperties } from 'n8n-workflow';

import type { AgentAiCredential } from '../client/client';
import type { AdvisedOptions, Situation } from '../failures/advice';
import type { Operation } from '../operations/operation';
import type { BatchingSettings } from '../parameters/batching';
import { isAutomatic } from '../parameters/instance';
import type { LiveAnswers } from './liveAnswers';
import type { SituationOf } from './results';
import type { RunContext } from './runContext';

/** The names of the options that a panel has. */
export const optionNames = (properties: INodeProperties[]): Set<string> =>
	new Set(properties.filter(({ type }) => type === 'collection').flatMap(({ options = [] }) => options.map(({ name }) => name)));

/** The options that advice may name, as far as the panel has them. */
export function advisedOptions(names: Set<string>, settings: BatchingSettings, timeout?: number, stream?: boolean): AdvisedOptions {
	const { maxConcurrency, requestsPerMinute, maxTries, retryUncertain, maxLimitWaitMs } = settings;
	return {
		...(names.has('timeout') && timeout !== undefined ? { timeout } : {}),
		...(names.has('maxConcurrency') ? { maxConcurrency } : {}),
		...(names.has('requestsPerMinute') ? { requestsPerMinute } : {}),
		...(names.has('maxTries') ? { maxTries } : {}),
		...(names.has('maxRateLimitWait') ? { maxWait: maxLimitWaitMs / 1000 } : {}),
		...(names.has('retryUncertainFailures') ? { retryUncertain } : {}),
		...(names.has('stream') && stream !== undefined ? { stream } : {}),
	};
}

/** Where the address and the token of the instance come from. */
export const instanceFrom = (automatic: boolean, credential: AgentAiCredential | undefined): Situation['instance'] =>
	!automatic ? 'node' : credential?.instanceIp === '' ? 'account' : 'credential';

/** Gives what is true where the failure of an item of a run is read. */
export function situationsOf(run: RunContext, operation: Operation, settings: BatchingSettings, live: LiveAnswers): SituationOf {
	const names = optionNames(operation.properties);
	const automatic = isAutomatic(run.node.parameters.instance);
	return ({ index, ready }, { tries, uncertain }) => ({
		options: advisedOptions(names, settings, ready?.request.timeoutSeconds, ready?.request.stream),
		asked: ready ? (ready.request.asked ?? 'other') : operation.resource === 'openclaw' && !operation.reads ? 'chat' : 'other',
		instance: instanceFrom(automatic, ready?.client.credential),
		webhook: ready?.request.webhook !== undefined,
		reads: operation.reads === true,
		tries,
		uncertain,
		shown: live.started.has(index),
		isBatch: run.items.length > 1,
		retryOnFail: run.node.retryOnFail === true,
		continues: run.continues,
	});
}
