import { Agent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

import type { Job } from '../job.mts';

/**
 * How a bare loop sends: with n8n's authenticated helper (the least that a node with a credential can do), its plain
 * helper, its helper asked to keep connections, or past n8n with Node's own client, with and without kept connections.
 * `readAsStream` is the authenticated helper with the answer read as a stream, the only way to bound its size and its time.
 * `stream` passes each piece of a streamed answer to the chat as it comes, unparsed but for its text. `nothing` sends nothing and gives the rows back: the engine alone.
 */
export type Sender = 'authenticated' | 'readAsStream' | 'plain' | 'keepAlive' | 'nodeHttp' | 'nodeHttpKeepAlive' | 'stream' | 'nothing';

const decoder = new TextDecoder();

/**
 * The least a node can do: a sliding window over the items that reads the ten fields, sends them and keeps the answer.
 * No check, no retry, no rate limit, no order of sessions, no streaming. It has the parameters of the Agent.ai node, so
 * that reading them costs the same.
 */
export class BareLoop implements INodeType {
	description: INodeTypeDescription;
	readonly job: Job;
	private readonly sender: Sender;
	private readonly agents: { http: Agent; https: HttpsAgent };

	constructor(like: INodeType, job: Job, sender: Sender) {
		this.description = { ...like.description, name: 'bareLoop' };
		this.job = job;
		this.sender = sender;
		const options = { keepAlive: sender === 'nodeHttpKeepAlive' };
		this.agents = { http: new Agent(options), https: new HttpsAgent(options) };
		// n8n calls `execute` with its own `this`
		this.execute = makeExecute(this);
	}

	execute: NonNullable<INodeType['execute']>;

	/** Sends one body and gives the parsed answer. */
	async send(context: IExecuteFunctions, body: IDataObject, item: number): Promise<IDataObject> {
		const url = `${this.job.baseUrl}/action/openclaw_chat_completion`;
		const headers = { accept: 'application/json', 'content-type': 'application/json' };
		const options: IHttpRequestOptions = {
			method: 'POST',
			url,
			body,
			json: true,
		};
		const authorization = 'Bearer bench-api-token';
		switch (this.sender) {
			case 'authenticated':
				return (await context.helpers.httpRequestWithAuthentication.call(context, 'agentAiApi', options)) as IDataObject;
			case 'readAsStream': {
				const streamed: IHttpRequestOptions = { ...options, json: false, encoding: 'stream' };
				const answer: unknown = await context.helpers.httpRequestWithAuthentication.call(context, 'agentAiApi', streamed);
				const chunks: Uint8Array[] = [];
				for await (const chunk of answer as AsyncIterable<Uint8Array>) chunks.push(chunk);
				return JSON.parse(Buffer.concat(chunks).toString()) as IDataObject;
			}
			case 'plain':
				return (await context.helpers.httpRequest({ ...options, headers: { ...headers, authorization } })) as IDataObject;
			case 'keepAlive':
				return (await context.helpers.httpRequestWithAuthentication.call(context, 'agentAiApi', {
					...options,
					agentOptions: { keepAlive: true },
				})) as IDataObject;
			case 'nodeHttp':
			case 'nodeHttpKeepAlive':
				return await this.sendWithNode(url, { ...headers, authorization }, body);
			case 'stream': {
				const options_: IHttpRequestOptions = { ...options, json: false, encoding: 'stream' };
				const answer: unknown = await context.helpers.httpRequestWithAuthentication.call(context, 'agentAiApi', options_);
				for await (const chunk of answer as AsyncIterable<Uint8Array>) context.sendChunk('item', item, decoder.decode(chunk));
				return {};
			}
			case 'nothing':
				return body;
		}
	}

	private sendWithNode(url: string, headers: Record<string, string>, body: IDataObject): Promise<IDataObject> {
		return new Promise((resolve, reject) => {
			const secure = url.startsWith('https:');
			const agent = secure ? this.agents.https : this.agents.http;
			const request = (secure ? httpsRequest : httpRequest)(url, { method: 'POST', headers, agent }, (response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.on('error', reject);
				response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as IDataObject));
			});
			request.on('error', reject);
			request.end(JSON.stringify(body));
		});
	}
}

/** The ten fields of an item, as the Agent.ai node has them in its panel. */
function readBody(context: IExecuteFunctions, item: number): IDataObject {
	const options: IDataObject = context.getNodeParameter('options', item, {});
	const picked = { extractValue: true };
	return {
		instance_ip: context.getNodeParameter('instance_ip', item),
		auth_token: context.getNodeParameter('auth_token', item),
		message: context.getNodeParameter('message', item),
		messages_json: options.messages_json,
		model: options.model,
		agent_id: context.getNodeParameter('agent_id', item, '', picked),
		session_key: `agent:main:${context.getNodeParameter('session_key', item, '', picked) as string}`,
		stream: options.stream,
		timeout: `${options.timeout as number}`,
		output_variable_name: context.getNodeParameter('output_variable_name', item),
	};
}

function makeExecute(loop: BareLoop): NonNullable<INodeType['execute']> {
	return async function execute(this: IExecuteFunctions) {
		const { concurrency } = loop.job;
		const items = this.getInputData();
		const output = new Array<INodeExecutionData>(items.length);
		const indexes = items.keys();
		const work = async () => {
			for (const item of indexes) {
				try {
					output[item] = { json: await loop.send(this, readBody(this, item), item), pairedItem: { item } };
				} catch (error) {
					if (!this.continueOnFail()) throw error;
					output[item] = { json: { error: (error as Error).message }, pairedItem: { item } };
				}
			}
		};
		await Promise.all(Array.from({ length: concurrency }, work));
		return [output];
	};
}
