/** Runs workflows through n8n-core's own `WorkflowExecute`, and notes what a run costs while it runs. */
import type {
	IAuthenticateGeneric,
	IExecuteFunctions,
	ICredentialDataDecryptedObject,
	ICredentialsHelper,
	IHttpRequestOptions,
	INode,
	INodeExecutionData,
	INodeType,
	INodeTypes,
	IRun,
	IRunExecutionData,
	IVersionedNodeType,
	IWorkflowExecuteAdditionalData,
	StructuredChunk,
	Workflow,
} from 'n8n-workflow';

import type { WorkflowParts } from './parties.mts';
import { agentAiApi, core, workflowModule } from './n8n.mts';

const { NodeConnectionTypes, NodeHelpers, createRunExecutionData } = workflowModule;

const ROWS = 'rows';

/** The node before the measured one: gives on the rows, as a trigger would. */
class Rows implements INodeType {
	description = {
		displayName: 'Rows',
		name: ROWS,
		group: ['input' as const],
		version: 1,
		description: '',
		defaults: { name: 'Rows' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	};

	execute(this: IExecuteFunctions) {
		return Promise.resolve([this.getInputData()]);
	}
}

/** Node types by the names that the nodes of a workflow use. */
class NodeTypes implements INodeTypes {
	private readonly types: WorkflowParts['types'];

	constructor(types: WorkflowParts['types']) {
		this.types = types;
	}

	getByName(name: string): INodeType | IVersionedNodeType {
		const type = this.types[name];
		if (!type) throw new Error(`The workflow has no node type ${name}`);
		return type;
	}

	getByNameAndVersion(name: string, version?: number): INodeType {
		return NodeHelpers.getVersionedNodeType(this.getByName(name), version);
	}

	getKnownTypes() {
		return {};
	}
}

/**
 * Credentials without a database: the data is at hand, and `authenticate` resolves a credential's expressions for each
 * request in the running workflow, as n8n's own helper does (n8n 2.41.1, credentials-helper).
 */
class CredentialsHelper extends workflowModule.ICredentialsHelper {
	private readonly data: Record<string, ICredentialDataDecryptedObject>;
	private readonly type = agentAiApi();

	constructor(data: Record<string, ICredentialDataDecryptedObject>) {
		super();
		this.data = data;
	}

	getParentTypes() {
		return [];
	}

	getCredentialsProperties(type: string) {
		return type === this.type.name ? this.type.properties : [];
	}

	authenticate(credentials: ICredentialDataDecryptedObject, type: string, request: IHttpRequestOptions, workflow: Workflow, node: INode) {
		if (type !== this.type.name) return Promise.resolve(request);
		const keys = { $credentials: credentials };
		const { properties } = this.type.authenticate as IAuthenticateGeneric;
		for (const [part, values] of Object.entries(properties)) {
			const target = ((request as unknown as Record<string, unknown>)[part] ??= {}) as Record<string, unknown>;
			for (const [key, value] of Object.entries(values as Record<string, string>)) {
				target[key] = workflow.expression.getSimpleParameterValue(node, value, 'internal', keys, undefined, '');
			}
		}
		return Promise.resolve(request);
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
		return Promise.resolve(new core.Credentials({ id: null, name: '' }, '', ''));
	}

	getDecrypted(_data: IWorkflowExecuteAdditionalData, _node: unknown, type: string) {
		return Promise.resolve(this.data[type] ?? {});
	}

	updateCredentials() {
		return Promise.resolve();
	}

	updateCredentialsOauthTokenData() {
		return Promise.resolve();
	}
}

export interface RunOptions {
	items: INodeExecutionData[];
	credentials: Record<string, ICredentialDataDecryptedObject>;
	/** Where the workflow streams: receives what a chat would show. */
	onChunk?: (chunk: StructuredChunk) => void;
	/** The data of an earlier execution, to retry it as n8n does. */
	retryOf?: IRunExecutionData;
}

/** Runs a workflow from its first node to its end; never throws for what a node does. */
export async function runWorkflow(parts: WorkflowParts, options: RunOptions): Promise<IRun> {
	const nodeTypes = new NodeTypes({ ...parts.types, [ROWS]: new Rows() });
	const first: INode = { id: ROWS, name: 'Rows', type: ROWS, typeVersion: 1, position: [0, 0], parameters: {} };
	const nodes = [first, ...parts.nodes];
	const measured = { node: parts.nodes[0]!.name, type: NodeConnectionTypes.Main, index: 0 };
	const connections = { ...parts.connections, [first.name]: { main: [[measured]] } };
	const workflow = new workflowModule.Workflow({
		id: 'bench',
		nodes,
		connections,
		nodeTypes,
		active: false,
		settings: { executionOrder: 'v1' },
	});
	const hooks = new core.ExecutionLifecycleHooks('manual', '1', { id: 'bench', name: 'bench', nodes, connections, active: false } as never);
	const { onChunk } = options;
	if (onChunk) hooks.addHandler('sendChunk', (chunk) => onChunk(chunk));
	const url = 'http://127.0.0.1';
	const additionalData = {
		credentialsHelper: new CredentialsHelper(options.credentials) as ICredentialsHelper,
		hooks,
		executionId: '1',
		currentNodeExecutionIndex: 0,
		streamingEnabled: onChunk !== undefined,
		variables: {},
		restApiUrl: url,
		instanceBaseUrl: url,
		webhookBaseUrl: url,
		webhookWaitingBaseUrl: url,
		webhookTestBaseUrl: url,
		formBaseUrl: url,
		formWaitingBaseUrl: url,
		formTestBaseUrl: url,
		mcpBaseUrl: url,
		mcpTestBaseUrl: url,
		logAiEvent: () => undefined,
		setExecutionStatus: () => undefined,
		sendDataToUI: () => undefined,
	} as unknown as IWorkflowExecuteAdditionalData;
	const data = createRunExecutionData({
		executionData: {
			contextData: options.retryOf?.executionData?.contextData ?? {},
			nodeExecutionStack: [{ node: first, data: { main: [options.items] }, source: null }],
		},
	} as never);
	return await new core.WorkflowExecute(additionalData, 'manual', data).processRunExecutionData(workflow);
}
