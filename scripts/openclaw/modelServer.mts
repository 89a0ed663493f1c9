import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { echoReply, pieces } from '../../sandbox/model/replies.mts';
import { readScript, type Script } from '../../sandbox/model/script.mts';
import { topicReply } from '../../sandbox/model/topics.mts';
import { type ModelMessage, readPrompt } from './prompt.mts';

interface ChatRequest {
	model: string;
	messages: ModelMessage[];
	stream?: boolean;
}

/** A request of an agent to its model. */
export interface ModelCall {
	/** Counts from 1. */
	id: number;
	/** What the person said, without what OpenClaw writes around it. */
	message: string;
	/** What the person said before, oldest first. */
	earlier: string[];
	/** All that OpenClaw sent, for looking into it. */
	messages: ModelMessage[];
	/** `performance.now()` */
	startedAt: number;
	endedAt?: number;
	/** Whether the agent went away before the answer was complete, as it does when its run is aborted. */
	abandoned: boolean;
}

/**
 * A model behind OpenAI's API on loopback, for agents of a real OpenClaw: it obeys the directives in the latest message
 * of the person, and repeats what it was told otherwise.
 */
export class ModelServer {
	readonly calls: ModelCall[] = [];

	private readonly server: Server;

	private constructor(private readonly reply: (message: string, earlier: string[]) => string) {
		this.server = createServer((request, response) => {
			void this.take(request, response).catch((error: unknown) => response.destroy(error as Error));
		});
	}

	/** @param replies repeats what it was told, or says something about it that is worth looking at */
	static async start(replies: 'echo' | 'topics' = 'echo'): Promise<ModelServer> {
		const model = new ModelServer(replies === 'topics' ? topicReply : echoReply);
		await new Promise<void>((resolve) => model.server.listen(0, '127.0.0.1', resolve));
		return model;
	}

	/** The base URL for an OpenAI client. */
	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
	}

	async close(): Promise<void> {
		const closed = new Promise((resolve) => this.server.close(resolve));
		this.server.closeAllConnections();
		await closed;
	}

	private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const json = (status: number, body: object) =>
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		if (request.method === 'GET')
			return void json(200, { object: 'list', data: [{ id: 'scripted', object: 'model', owned_by: 'scripted' }] });
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const body = JSON.parse(Buffer.concat(chunks).toString()) as ChatRequest;
		const prompt = readPrompt(body.messages);
		const call: ModelCall = {
			id: this.calls.length + 1,
			message: prompt.message,
			earlier: prompt.earlier,
			messages: body.messages,
			startedAt: performance.now(),
			abandoned: false,
		};
		this.calls.push(call);
		response.on('close', () => {
			call.endedAt = performance.now();
			call.abandoned = !response.writableFinished;
		});
		const script = readScript(prompt.message);
		if (script.delayMs > 0) await sleep(script.delayMs);
		if (response.destroyed) return;
		if (script.fail !== undefined) {
			return void json(script.fail, {
				error: { message: `The scripted model fails with ${script.fail}`, type: 'scripted', code: 'scripted' },
			});
		}
		const earlier = prompt.earlier.map((message) => readScript(message).text);
		const text = script.end === 'empty' ? '' : (script.say ?? this.reply(script.text, earlier));
		await answer({ id: call.id, script, text, toolRan: prompt.toolRan }, body, response);
	}
}

interface Answer {
	id: number;
	script: Script;
	text: string;
	/** Whether the tool that the script asks for has run. */
	toolRan: boolean;
}

/** Sends the answer, whole or in pieces, as OpenAI does. */
async function answer({ id, script, text, toolRan }: Answer, { model, stream }: ChatRequest, response: ServerResponse): Promise<void> {
	const tool = toolRan ? undefined : script.tool;
	const toolCalls = tool && [{ index: 0, id: `call_${id}`, type: 'function', function: { name: tool.name, arguments: tool.args } }];
	const finish_reason = tool ? 'tool_calls' : 'stop';
	const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
	const base = { id: `chatcmpl-${id}`, created: Math.floor(Date.now() / 1000), model };
	if (!stream) {
		const message = { role: 'assistant', content: tool ? null : text, ...(toolCalls ? { tool_calls: toolCalls } : {}) };
		const body = { ...base, object: 'chat.completion', choices: [{ index: 0, message, finish_reason }], usage };
		response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		return;
	}
	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
	const send = (event: object) => response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', ...event })}\n\n`);
	const delta = (content: object, reason: string | null = null) => send({ choices: [{ index: 0, delta: content, finish_reason: reason }] });
	delta({ role: 'assistant', content: '' });
	if (toolCalls) delta({ tool_calls: toolCalls });
	else {
		for (const [index, content] of pieces(text).entries()) {
			if (index > 0 && script.pieceDelayMs > 0) await sleep(script.pieceDelayMs);
			if (response.destroyed) return;
			if (script.end === 'cut' && index === 2) return void response.destroy();
			delta({ content });
		}
	}
	delta({}, finish_reason);
	send({ choices: [], usage });
	response.end('data: [DONE]\n\n');
}
