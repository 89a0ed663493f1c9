import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import { Credentials, ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	type ICredentialDataDecryptedObject,
	ICredentialsHelper,
	type IDataObject,
	type IExecuteData,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IRunExecutionData,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
	NodeConnectionTypes,
	NodeHelpers,
	type StructuredChunk,
	Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { AgentAiApi } from '../../credentials/AgentAiApi.credentials.ts';
import { AgentAi } from '../../nodes/AgentAi/AgentAi.node.ts';

const NODE = 'Agent.ai';

/** A stand-in for the nodes around ours: gives on what it gets. */
class PassOn implements INodeType {
	description = {
		displayName: 'Pass On',
		name: 'passOn',
		group: ['transform' as const],
		version: 1,
		description: '',
		defaults: { name: 'Pass On' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [{ displayName: 'Reads', name: 'reads', type: 'string' as const, default: '' }],
	};

	execute(this: { getInputData(): INodeExecutionData[]; getNodeParameter(name: string, index: number): unknown }) {
		const items = this.getInputData();
		return Promise.resolve([
			items.map((item, index) => ({
				...(item.binary ? { binary: item.binary } : {}),
				json: { ...item.json, ...read(this.getNodeParameter('reads', index)) },
				pairedItem: { item: index },
			})),
		]);
	}
}

const read = (value: unknown): IDataObject => (value === '' ? {} : { read: value as IDataObject });

class NodeTypes implements INodeTypes {
	private readonly types: Record<string, INodeType>;

	constructor(underTest: INodeType = new AgentAi()) {
		this.types = { agentAi: underTest, passOn: new PassOn() };
	}

	getByName(name: string): INodeType | IVersionedNodeType {
		return this.types[name]!;
	}

	getByNameAndVersion(name: string, version?: number): INodeType {
		return NodeHelpers.getVersionedNodeType(this.getByName(name), version);
	}

	getKnownTypes(): IDataObject {
		return {};
	}
}

/** Resolves the expressions of a credential class with n8n's own expression engine. */
export function resolveWithCredential(value: unknown, credentials: object): unknown {
	const anyNode = node('Any', 'passOn', {});
	const workflow = new Workflow({ nodes: [anyNode], connections: {}, active: false, nodeTypes: new NodeTypes() });
	const keys = { $credentials: credentials };
	return workflow.expression.getComplexParameterValue(anyNode, value as never, 'internal', keys, undefined, undefined, keys);
}

/** Gives the node its credential, and puts the credential's own `authenticate` onto requests as n8n does. */
class CredentialsHelper extends ICredentialsHelper {
	constructor(private readonly read: () => ICredentialDataDecryptedObject) {
		super();
	}

	getParentTypes(): string[] {
		return [];
	}

	getCredentialsProperties() {
		return new AgentAiApi().properties;
	}

	authenticate(credentials: ICredentialDataDecryptedObject, _type: string, request: IHttpRequestOptions) {
		const headers = resolveWithCredential(new AgentAiApi().authenticate.properties.headers, credentials) as IDataObject;
		return Promise.resolve({ ...request, headers: { ...request.headers, ...headers } });
	}

	preAuthentication() {
		return Promise.resolve(undefined);
	}

	runPreAuthentication() {
		return Promise.resolve(undefined);
	}

	getOAuth2Options() {
		return undefined;
	}

	isCredentialUsableByNode() {
		return true;
	}

	getCredentials() {
		return Promise.resolve(new Credentials({ id: null, name: '' }, '', ''));
	}

	/** Resolves expressions for the item, as n8n's own helper does. */
	getDecrypted(...[, , , mode, executeData, , values]: Parameters<ICredentialsHelper['getDecrypted']>) {
		const data = this.read();
		if (!values) return Promise.resolve(resolveWithCredential(data, {}) as ICredentialDataDecryptedObject);
		const { connectionInputData, itemIndex, node: asking, runExecutionData, runIndex, workflow } = values;
		const resolved = workflow.expression.getParameterValue(
			data as INodeParameters,
			runExecutionData,
			runIndex,
			itemIndex,
			asking.name,
			connectionInputData,
			mode,
			{},
			executeData,
			false,
			data,
		);
		return Promise.resolve(resolved as ICredentialDataDecryptedObject);
	}

	updateCredentials() {
		return Promise.resolve();
	}

	updateCredentialsOauthTokenData() {
		return Promise.resolve();
	}
}

export type OnError = 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';

export interface RunOptions {
	/** Parameters of the node; resource and operation may be left out. */
	parameters?: IDataObject;
	/** The credential; `baseUrl` at least. A function gives it anew whenever n8n reads it. */
	credential: ICredentialDataDecryptedObject | (() => ICredentialDataDecryptedObject);
	/** n8n's id of the credential. */
	credentialId?: string;
	/** Another node in the place of ours, to compare with. */
	nodeType?: INodeType;
	/** Input items by their json. */
	items?: IDataObject[];
	/** Binary data of every input item. */
	binary?: INodeExecutionData['binary'];
	onError?: OnError;
	/** Other settings of the node, such as `retryOnFail`. */
	settings?: Partial<INode>;
	/** An expression that a node behind ours reads for each of its items. */
	downstreamReads?: string;
	/** The data of an earlier execution, to retry it as n8n does. */
	retryOf?: IRunExecutionData;
	/** Whether the workflow streams, as behind a Chat Trigger; `onChunk` receives what is shown, and may hold it back. */
	onChunk?: (chunk: StructuredChunk) => void | Promise<void>;
	/** Who has started the execution; a person by hand, unless given. */
	mode?: WorkflowExecuteMode;
	/** The workflow's timeout in seconds, as its settings and n8n's server name it; nothing of the engine's own ends it. */
	executionTimeout?: number;
	/** Further settings of the workflow. */
	workflowSettings?: IWorkflowSettings;
	/** Runs other workflows for the node, in the place of n8n's server. */
	executeWorkflow?: IWorkflowExecuteAdditionalData['executeWorkflow'];
	/** When the execution times out, as n8n's server says. */
	timeoutAt?: number;
	/** Receives the running execution, to stop it. */
	onStart?: (execution: { cancel(): void }) => void;
}

export interface RunResult {
	run: IRun;
	/** Items of the success output, or of the only one. */
	items: INodeExecutionData[];
	/** Items of the error output. */
	errorItems: INodeExecutionData[];
	/** Items after the downstream node. */
	downstream: INodeExecutionData[];
	error?: Error & { description?: string | null; httpCode?: string | null; context?: IDataObject };
	hints: string[];
	/** All that was logged while it ran. */
	log: string;
	/** Everything of the execution that n8n would save or show, deeply serialised, causes included. */
	everything: string;
}

/** Runs the Agent.ai node in a small workflow through n8n-core's own `WorkflowExecute`. */
export async function runNode(options: RunOptions): Promise<RunResult> {
	const nodeTypes = new NodeTypes(options.nodeType);
	const onError = options.onError ?? 'stopWorkflow';
	const nodes: INode[] = [
		node('Rows', 'passOn', {}),
		{
			...node(NODE, 'agentAi', { resource: 'openclaw', operation: 'chatCompletion', ...options.parameters }),
			credentials: { agentAiApi: { id: options.credentialId ?? '1', name: 'test' } },
			onError,
			...options.settings,
		},
		node('After', 'passOn', { reads: options.downstreamReads ?? '' }),
	];
	const connections = {
		Rows: { main: [[{ node: NODE, type: NodeConnectionTypes.Main, index: 0 }]] },
		[NODE]: { main: [[{ node: 'After', type: NodeConnectionTypes.Main, index: 0 }]] },
	};
	const workflow = new Workflow({
		id: 'w',
		nodes,
		connections,
		nodeTypes,
		active: false,
		settings: { executionOrder: 'v1', executionTimeout: options.executionTimeout, ...options.workflowSettings },
	});
	const workflowData = { id: 'w', name: 'w', nodes, connections, active: false } as never;
	const log: string[] = [];
	captureLog(log);

	const data =
		options.retryOf ??
		newRunData({
			node: workflow.getNode('Rows')!,
			data: { main: [(options.items ?? [{}]).map((json, item) => ({ json, binary: options.binary, pairedItem: { item } }))] },
			source: null,
		});
	const additional = additionalData(options.credential, workflowData);
	if (options.executeWorkflow) additional.executeWorkflow = options.executeWorkflow;
	if (options.timeoutAt !== undefined) additional.executionTimeoutTimestamp = options.timeoutAt;
	if (options.onChunk) {
		additional.streamingEnabled = true;
		additional.hooks?.addHandler('sendChunk', options.onChunk);
	}
	const execution = new WorkflowExecute(additional, options.mode ?? 'manual', data);
	const promise = execution.processRunExecutionData(workflow);
	options.onStart?.({ cancel: () => promise.cancel() });
	const run = withFinalStatus(await promise);
	const tasks = run.data.resultData.runData[NODE] ?? [];
	const last = tasks.at(-1);
	const main = last?.data?.main ?? [];
	return {
		run,
		items: main[0] ?? [],
		errorItems: main[1] ?? [],
		downstream: run.data.resultData.runData.After?.at(-1)?.data?.main?.[0] ?? [],
		error: (last?.error ?? run.data.resultData.error) as RunResult['error'],
		hints: (last?.hints ?? []).map(({ message }) => message),
		log: log.join('\n'),
		get everything() {
			return deepText([run, log]);
		},
	};
}

/** The data with which n8n's Retry starts the new execution: what the failed one left, the failed node on top of the stack. */
export function retryData(failed: IRunExecutionData): IRunExecutionData {
	const data = structuredClone(JSON.parse(JSON.stringify(failed)) as IRunExecutionData);
	const { lastNodeExecuted } = data.resultData;
	data.resultData.runData[lastNodeExecuted!]?.pop();
	delete data.resultData.error;
	return data;
}

/** Older engines leave the run's last status to n8n's server, which reads it from the error. */
function withFinalStatus(run: IRun): IRun {
	if (run.status === 'running') run.status = run.data.resultData.error ? 'error' : 'success';
	return run;
}

/** An execution that has not begun, spelt out: n8n-workflow has a function for it only from 2.0 on. */
const newRunData = (first: IExecuteData): IRunExecutionData =>
	({
		startData: {},
		resultData: { runData: {} },
		executionData: { contextData: {}, nodeExecutionStack: [first], metadata: {}, waitingExecution: {}, waitingExecutionSource: {} },
	}) as unknown as IRunExecutionData;

const node = (name: string, type: string, parameters: IDataObject): INode => ({
	id: name,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: parameters as INode['parameters'],
});

function additionalData(credential: RunOptions['credential'], workflowData: never): IWorkflowExecuteAdditionalData {
	const url = 'http://127.0.0.1:5678';
	return {
		credentialsHelper: new CredentialsHelper(() => ({
			apiToken: '',
			instanceIp: '',
			authToken: '',
			...(typeof credential === 'function' ? credential() : credential),
		})),
		hooks: new ExecutionLifecycleHooks('manual', '1', workflowData),
		executionId: '1',
		currentNodeExecutionIndex: 0,
		variables: {},
		restApiUrl: `${url}/rest`,
		instanceBaseUrl: url,
		webhookBaseUrl: `${url}/webhook`,
		webhookWaitingBaseUrl: `${url}/webhook-waiting`,
		webhookTestBaseUrl: `${url}/webhook-test`,
		formBaseUrl: `${url}/form`,
		formWaitingBaseUrl: `${url}/form-waiting`,
		formTestBaseUrl: `${url}/form-test`,
		logAiEvent: () => undefined,
		setExecutionStatus: () => undefined,
		sendDataToUI: () => undefined,
	} as unknown as IWorkflowExecuteAdditionalData;
}

function captureLog(lines: string[]): void {
	const write = (...parts: unknown[]) => void lines.push(deepText(parts));
	const logger = { error: write, warn: write, info: write, debug: write, verbose: write, scoped: () => logger };
	Container.set(Logger, logger as unknown as Logger);
}

/** Every string reachable from a value: own properties, enumerable or not, causes, maps and buffers included. */
export function deepText(value: unknown): string {
	const seen = new Set<unknown>();
	const parts: string[] = [];
	const visit = (current: unknown): void => {
		if (typeof current === 'string') parts.push(current);
		else if (typeof current === 'number' || typeof current === 'boolean') parts.push(String(current));
		if (typeof current !== 'object' || current === null || seen.has(current)) return;
		seen.add(current);
		if (Buffer.isBuffer(current)) {
			parts.push(current.toString());
			return;
		}
		if (current instanceof Map) for (const entry of current) visit(entry);
		for (const key of Reflect.ownKeys(current)) {
			parts.push(String(key));
			visit((current as Record<PropertyKey, unknown>)[key]);
		}
	};
	visit(value);
	return parts.join('\n');
}
