import type { ISupplyDataFunctions } from 'n8n-workflow';
import { type IExecuteFunctions, type INodeExecutionData, type INodeType, NodeConnectionTypes } from 'n8n-workflow';

import { LmChatAgentAi } from '../../nodes/AgentAi/LmChatAgentAi.node.ts';
import { runNode } from '../support/engine.mts';
import { WireServer } from '../support/wireServer.mts';

/** A message, or a piece of one. */
interface Said {
	content: unknown;
	usage_metadata?: object;
}

/** The model as LangChain's users call it. */
interface Runnable {
	invoke(messages: unknown, options?: object): Promise<Said>;
	stream(messages: unknown, options?: object): Promise<AsyncIterable<Said>>;
	withStructuredOutput(schema: object): unknown;
	bindTools(tools: object[]): Runnable;
}

/** Runs something with the model that n8n's own AI SDK makes of ours, inside of a node. */
async function withModel(
	baseUrl: string,
	use: (model: Runnable) => Promise<unknown>,
): Promise<{ value?: unknown; message?: string; description?: string }> {
	class Root implements INodeType {
		description = {
			displayName: 'Root',
			name: 'agentAi',
			group: ['transform' as const],
			version: 1,
			description: '',
			defaults: { name: 'Root' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: 'agentAiApi', required: true }],
			properties: new LmChatAgentAi().description.properties,
		};

		async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			// what the SDK's tracing tells n8n of a model's runs
			const context = Object.assign(Object.create(this) as ISupplyDataFunctions, {
				addInputData: () => ({ index: 0 }),
				addOutputData: () => undefined,
				logAiEvent: () => undefined,
				getNextRunIndex: () => 0,
			});
			try {
				const supplied = await new LmChatAgentAi().supplyData.call(context, 0);
				return [[{ json: { value: (await use(supplied.response as Runnable)) as never }, pairedItem: { item: 0 } }]];
			} catch (error) {
				const { message, description } = error as { message: string; description?: string };
				return [[{ json: { message, description }, pairedItem: { item: 0 } }]];
			}
		}
	}
	const { items, error } = await runNode({
		credential: { apiToken: 'model-api-token', baseUrl, instanceIp: '10.0.0.1', authToken: 'model-gateway-token' },
		nodeType: new Root(),
		parameters: { agent_id: 'main', options: { maxTries: 1 } },
	});
	if (error) throw error;
	return items[0]!.json;
}

const JSON_ANSWER = { body: JSON.stringify({ status: 200, response: { response_text: 'One, two. STOP three' } }) };
const piece = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const STREAM = { contentType: 'text/event-stream', body: [piece('Good '), piece('morning'), 'data: [DONE]\n\n'] };
const IMAGE = [
	{
		role: 'user',
		content: [
			{ type: 'text', text: 'What is this?' },
			{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
		],
	},
];

test('the content is one text, whole and in pieces', async () => {
	const whole = await WireServer.start(JSON_ANSWER);
	expect((await withModel(whole.baseUrl, async (model) => (await model.invoke('hi')).content)).value).toBe('One, two. STOP three');
	const streaming = await WireServer.start(STREAM);
	const streamed = await withModel(streaming.baseUrl, async (model) => {
		const contents: unknown[] = [];
		for await (const { content } of await model.stream('hi')) contents.push(content);
		return contents;
	});
	expect(streamed.value).toEqual(expect.arrayContaining(['Good ', 'morning']));
	expect((streamed.value as unknown[]).every((content) => typeof content === 'string')).toBe(true);
});

test.each([
	['OpenAI’s', { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 }],
	['Anthropic’s', { input_tokens: 7, output_tokens: 5 }],
	['both', { prompt_tokens: 0, completion_tokens: 0, input_tokens: 7, output_tokens: 5 }],
])('n8n is told the tokens of an answer, whole and in pieces, in %s words', async (_whose, usage) => {
	const counted = { input_tokens: 7, output_tokens: 5, total_tokens: 12 };
	const whole = await WireServer.start({ body: JSON.stringify({ status: 200, response: { response_text: 'Hi', usage } }) });
	const asked = await withModel(whole.baseUrl, async (model) => (await model.invoke('hi')).usage_metadata);
	expect(asked.value).toMatchObject(counted);
	const last = `data: ${JSON.stringify({ choices: [], usage })}\n\n`;
	const streaming = await WireServer.start({ contentType: 'text/event-stream', body: [piece('Hi'), last, 'data: [DONE]\n\n'] });
	const streamed = await withModel(streaming.baseUrl, async (model) => {
		const told: unknown[] = [];
		for await (const { usage_metadata: tokens } of await model.stream('hi')) if (tokens) told.push(tokens);
		return told;
	});
	expect(streamed.value).toMatchObject([counted]);
});

test('an answer ends before a stop word, also where it streams', async () => {
	const server = await WireServer.start(JSON_ANSWER);
	const asked = await withModel(server.baseUrl, async (model) => (await model.invoke('hi', { stop: ['STOP'] })).content);
	expect(asked.value).toBe('One, two. ');
});

test('a caller that leaves, or whose time is over, ends the request, and the run is not called canceled', async () => {
	for (const options of [{ signal: AbortSignal.timeout(300) }, { timeout: 300 }]) {
		const server = await WireServer.start({ body: '{"status":200,', then: 'stayOpen' });
		const asked = await withModel(server.baseUrl, async (model) => (await model.invoke('hi', options)).content);
		expect(asked.message).toBeDefined();
		expect(asked.message).not.toMatch(/canceled/);
		while (server.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
	}
});

test('images and structured output are refused by name, before anything is sent', async () => {
	const server = await WireServer.start(JSON_ANSWER);
	const image = await withModel(server.baseUrl, async (model) => (await model.invoke(IMAGE)).content);
	expect(image.message).toMatch(/accepts text only, but the message contains an image.*Passthrough Binary Images/);
	const structured = await withModel(
		server.baseUrl,
		async (model) => await Promise.resolve(model.withStructuredOutput({ type: 'object' })),
	);
	expect(structured.message).toMatch(/does not support this node’s way of requesting structured output/);
	const tools = await withModel(
		server.baseUrl,
		async (model) =>
			await Promise.resolve(
				model.bindTools([{ type: 'function', function: { name: 'x', parameters: { type: 'object', properties: {} } } }]),
			),
	);
	expect(tools.message).toMatch(/cannot use n8n’s tools/);
	expect(server.requests).toHaveLength(0);
});

test('of a failure the message says all, and the description, which a chat shows to its visitors, nothing', async () => {
	const server = await WireServer.start({
		status: 401,
		body: JSON.stringify({
			status: 401,
			error: 'OpenClaw instance returned 401: {"error":{"message":"Unauthorized","type":"unauthorized"}}',
			response: null,
		}),
	});
	const asked = await withModel(server.baseUrl, async (model) => (await model.invoke('hi')).content);
	expect(asked.message).toMatch(/did not accept its auth token.*Correct the OpenClaw Auth Token/);
	expect(asked.description).toBe('There is no answer right now. Please try again later.');
});
