import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type ModelMessage, readPrompt } from '../prompt.mts';
import { type Reply, type Turn, TURNS } from './turns.mts';

interface ModelRequest {
	/** OpenAI's chat completions and Anthropic's messages. */
	messages?: ModelMessage[];
	/** OpenAI's responses. */
	input?: ModelMessage[];
}

/** A model that answers each turn of a recording as it is written there; which one it is stands in the person's message. */
export async function startStagedModel(): Promise<{ url: string; close(): Promise<void> }> {
	const server = createServer((request, response) => {
		void answer(request, response).catch((error: unknown) => response.destroy(error as Error));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		close: async () => {
			const closed = new Promise((resolve) => server.close(resolve));
			server.closeAllConnections();
			await closed;
		},
	};
}

/** The message that asks for a turn. */
export const askFor = ({ name }: Turn) => `Please play the turn “${name}”`;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
	if (request.method === 'GET') {
		const data = [{ id: 'scripted', object: 'model', owned_by: 'scripted' }];
		return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ object: 'list', data }));
	}
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const { messages, input } = JSON.parse(Buffer.concat(chunks).toString()) as ModelRequest;
	const { message, toolRan } = readPrompt(messages ?? input ?? []);
	const name = /the turn “([^”]+)”/.exec(message)?.[1];
	const turn = TURNS.find((each) => each.name === name);
	const replies = turn?.model ?? [{ text: ['Good morning'] }];
	send(turn?.api, replies[toolRan ? replies.length - 1 : 0]!, response);
}

function send(api: string | undefined, reply: Reply, response: ServerResponse): void {
	if ('status' in reply) {
		const error = { message: `The staged model answers ${reply.status}`, type: 'staged', code: 'staged' };
		return void response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
	}
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	for (const event of api === undefined ? completions(reply) : FORMS[api]!(reply)) response.write(event);
	if (reply.breaksOff) response.destroy();
	else response.end();
}

const data = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

function* completions({ text = [], deltas = [], finish = 'stop', breaksOff }: Extract<Reply, { text?: string[] }>): Generator<string> {
	const chunk = (choices: object[], more = {}) =>
		data({ id: 'chatcmpl-staged', object: 'chat.completion.chunk', created: 1_764_600_000, model: 'scripted', choices, ...more });
	const delta = (content: object, finish_reason: string | null = null) => chunk([{ index: 0, delta: content, finish_reason }]);
	yield delta({ role: 'assistant', content: '' });
	for (const each of deltas) yield delta(each);
	for (const content of text) yield delta({ content });
	if (breaksOff) return;
	yield delta({}, finish);
	yield chunk([], { usage: USAGE });
	yield 'data: [DONE]\n\n';
}

function* anthropic({ text = [], finish = 'end_turn' }: Extract<Reply, { text?: string[] }>): Generator<string> {
	const event = (type: string, value: object) => `event: ${type}\n${data({ type, ...value })}`;
	const usage = { input_tokens: 10, output_tokens: 1 };
	const message = { id: 'msg_staged', type: 'message', role: 'assistant', model: 'scripted', content: [], stop_reason: null, usage };
	yield event('message_start', { message });
	yield event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
	yield event('ping', {});
	for (const piece of text) yield event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } });
	yield event('content_block_stop', { index: 0 });
	yield event('message_delta', { delta: { stop_reason: finish, stop_sequence: null }, usage: { output_tokens: 5 } });
	yield event('message_stop', {});
}

function* responses({ text = [] }: Extract<Reply, { text?: string[] }>): Generator<string> {
	let sequence_number = 0;
	const event = (type: string, value: object) => `event: ${type}\n${data({ type, sequence_number: sequence_number++, ...value })}`;
	const response = {
		id: 'resp_staged',
		object: 'response',
		created_at: 1_764_600_000,
		model: 'scripted',
		status: 'in_progress',
		output: [],
	};
	const item = { id: 'msg_staged', type: 'message', role: 'assistant', status: 'in_progress', content: [] as object[] };
	const at = { item_id: item.id, output_index: 0, content_index: 0 };
	const part = { type: 'output_text', text: text.join(''), annotations: [] };
	yield event('response.created', { response });
	yield event('response.output_item.added', { output_index: 0, item });
	yield event('response.content_part.added', { ...at, part: { ...part, text: '' } });
	for (const delta of text) yield event('response.output_text.delta', { ...at, delta });
	yield event('response.output_text.done', { ...at, text: part.text });
	yield event('response.content_part.done', { ...at, part });
	const done = { ...item, status: 'completed', content: [part] };
	yield event('response.output_item.done', { output_index: 0, item: done });
	const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
	yield event('response.completed', { response: { ...response, status: 'completed', output: [done], usage } });
}

const FORMS: Record<string, (reply: Extract<Reply, { text?: string[] }>) => Iterable<string>> = {
	'anthropic-messages': anthropic,
	'openai-responses': responses,
};
