/** The workflows that are measured against each other: this package, and what people use today for the same job. */
import type { IConnections, IDataObject, INode, INodeType, IVersionedNodeType, NodeConnectionType } from 'n8n-workflow';

import type { Job } from '../job.mts';
import { BareLoop, type Sender } from './bareLoop.mts';
import { newestVersion, nodeType, type NodeTypeName } from './n8n.mts';

export interface WorkflowParts {
	/** The first is the one that is measured, and gets the items. */
	nodes: INode[];
	connections: IConnections;
	types: Record<string, INodeType | IVersionedNodeType>;
	/** The node whose output counts. */
	last: string;
	/** The output of it that counts. */
	output: number;
}

const AGENT = 'Agent.ai';
const OURS = 'n8n-nodes-agent-ai.agentAi';
const HTTP_REQUEST = 'n8n-nodes-base.httpRequest';
const LOOP = 'n8n-nodes-base.splitInBatches';
const CHAIN = '@n8n/n8n-nodes-langchain.chainLlm';
/** Longer than any answer here takes, in seconds. */
const TIMEOUT_S = 900;
const CREDENTIAL = { agentAiApi: { id: '1', name: 'bench' } };

/** The parameters of the Agent.ai node with all ten fields of the chat action filled in. */
function agentAiParameters(job: Job): IDataObject {
	const { options, ...parameters } = job.parameters ?? {};
	return {
		resource: 'openclaw',
		operation: 'chatCompletion',
		instance: 'defineBelow',
		instance_ip: '127.0.0.1',
		auth_token: 'bench-gateway-token',
		message: '={{ $json.prompt }}',
		agent_id: { __rl: true, mode: 'id', value: 'main' },
		session_key: { __rl: true, mode: 'id', value: '={{ $json.prompt }}' },
		output_variable_name: 'openclaw_result',
		...parameters,
		options: {
			messages_json: '[{"role":"system","content":"Be brief"}]',
			model: 'openclaw:main',
			stream: job.stream ?? false,
			timeout: TIMEOUT_S,
			maxConcurrency: job.concurrency,
			...(options as IDataObject | undefined),
		},
	};
}

/** The same ten fields for the HTTP Request node, each a row of its body. */
const bodyRows = (job: Job) =>
	Object.entries({
		instance_ip: '127.0.0.1',
		auth_token: 'bench-gateway-token',
		message: '={{ $json.prompt }}',
		messages_json: '[{"role":"system","content":"Be brief"}]',
		model: 'openclaw:main',
		agent_id: 'main',
		session_key: '={{ "agent:main:" + $json.prompt }}',
		stream: String(job.stream ?? false),
		timeout: String(TIMEOUT_S),
		output_variable_name: 'openclaw_result',
	}).map(([name, value]) => ({ name, value }));

const node = (job: Job, name: string, type: string, version: number, parameters: IDataObject): INode => ({
	id: name,
	name,
	type,
	typeVersion: version,
	position: [0, 0],
	parameters: parameters as INode['parameters'],
	credentials: { ...CREDENTIAL, openAiApi: { id: '2', name: 'bench' } },
	onError: job.onError ?? 'stopWorkflow',
	...(job.retryOnFail ? { retryOnFail: true, maxTries: 5, waitBetweenTries: 5000 } : {}),
});

const single = (job: Job, type: INodeType | IVersionedNodeType, name: string, parameters: IDataObject): WorkflowParts => ({
	nodes: [node(job, AGENT, name, newestVersion(type), parameters)],
	connections: {},
	types: { [name]: type },
	last: AGENT,
	output: 0,
});

function httpRequest(job: Job, settings: { credential: boolean; intervalMs?: number }): WorkflowParts {
	const { credential, intervalMs } = settings;
	const token = [{ name: 'Authorization', value: 'Bearer bench-api-token' }];
	return single(job, nodeType(HTTP_REQUEST), HTTP_REQUEST, {
		method: 'POST',
		url: `${job.baseUrl}/action/openclaw_chat_completion`,
		...(credential
			? { authentication: 'predefinedCredentialType', nodeCredentialType: 'agentAiApi' }
			: { sendHeaders: true, headerParameters: { parameters: token } }),
		sendBody: true,
		bodyParameters: { parameters: bodyRows(job) },
		options: {
			timeout: TIMEOUT_S * 1000,
			...(intervalMs === undefined ? {} : { batching: { batch: { batchSize: job.concurrency, batchInterval: intervalMs } } }),
		},
	});
}

/** Loop Over Items around another single node, as in n8n's own templates. */
function looped(job: Job, inner: WorkflowParts): WorkflowParts {
	const type = nodeType(LOOP);
	const loop = 'Loop Over Items';
	const to = (name: string) => [{ node: name, type: 'main' as NodeConnectionType, index: 0 }];
	return {
		nodes: [node(job, loop, LOOP, newestVersion(type), { batchSize: job.concurrency, options: {} }), ...inner.nodes],
		connections: { [loop]: { main: [[], to(AGENT)] }, [AGENT]: { main: [to(loop)] } },
		types: { ...inner.types, [LOOP]: type },
		last: loop,
		output: 0,
	};
}

function chain(job: Job, model: NodeTypeName, parameters: IDataObject): WorkflowParts {
	const [chainType, modelType] = [nodeType(CHAIN), nodeType(model)];
	const batching = { batchSize: job.concurrency, delayBetweenBatches: 0 };
	return {
		nodes: [
			node(job, AGENT, CHAIN, newestVersion(chainType), { promptType: 'define', text: '={{ $json.prompt }}', batching }),
			node(job, 'Model', model, newestVersion(modelType), parameters),
		],
		connections: {
			Model: { ai_languageModel: [[{ node: AGENT, type: 'ai_languageModel', index: 0 }]] },
		},
		types: { [CHAIN]: chainType, [model]: modelType },
		last: AGENT,
		output: 0,
	};
}

const bareLoop = (job: Job, sender: Sender) =>
	single(job, new BareLoop(nodeType(OURS) as INodeType, job, sender), 'bareLoop', agentAiParameters(job));

/** Every workflow of the benchmarks by its name. */
const PARTIES = {
	agentAi: (job: Job) => single(job, nodeType(OURS), OURS, agentAiParameters(job)),
	bareLoop: (job: Job) => bareLoop(job, 'authenticated'),
	bareLoopReadAsStream: (job: Job) => bareLoop(job, 'readAsStream'),
	bareLoopWithoutCredential: (job: Job) => bareLoop(job, 'plain'),
	bareLoopKeepAlive: (job: Job) => bareLoop(job, 'keepAlive'),
	nodeHttp: (job: Job) => bareLoop(job, 'nodeHttp'),
	nodeHttpKeepAlive: (job: Job) => bareLoop(job, 'nodeHttpKeepAlive'),
	bareStream: (job: Job) => bareLoop(job, 'stream'),
	nothing: (job: Job) => bareLoop(job, 'nothing'),
	httpRequest: (job: Job) => httpRequest(job, { credential: false }),
	httpRequestBatching: (job: Job) => httpRequest(job, { credential: false, intervalMs: job.intervalMs ?? 1000 }),
	httpRequestCredential: (job: Job) => httpRequest(job, { credential: true }),
	loopOverItems: (job: Job) => looped(job, httpRequest(job, { credential: true })),
	chainOpenAi: (job: Job) =>
		chain(job, '@n8n/n8n-nodes-langchain.lmChatOpenAi', {
			model: { __rl: true, mode: 'id', value: 'bench' },
			responsesApiEnabled: false,
			options: { maxRetries: 0 },
		}),
	chainAgentAi: (job: Job) => {
		const ofTheNode = ['resource', 'operation', 'message'];
		const shared = Object.fromEntries(Object.entries(agentAiParameters(job)).filter(([name]) => !ofTheNode.includes(name)));
		return chain(job, 'n8n-nodes-agent-ai.lmChatAgentAi', { ...shared, session_key: '', options: { timeout: TIMEOUT_S } });
	},
} satisfies Record<string, (job: Job) => WorkflowParts>;

export type Party = keyof typeof PARTIES;

/** The workflow of one party for a job. */
export const workflowOf = (job: Job): WorkflowParts => PARTIES[job.party](job);
