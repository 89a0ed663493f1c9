import Fastify from 'fastify';

import { echoReply } from '../../sandbox/model/replies.mts';
import { readScript } from '../../sandbox/model/script.mts';
import { portOf } from '../support/port.mts';

interface ChatRequest {
	messages: { role: string; content: string | { text?: string }[] | null }[];
	tools?: { function: { name: string } }[];
	tool_choice?: unknown;
	stream?: boolean;
}

/**
 * A model behind OpenAI's API that obeys the directives of the sandbox's agent, so that one prompt can be given to both. What it
 * says is given through a tool where the caller insists on one, or hands it n8n's own for the format of the answer.
 */
export async function startScriptedChat() {
	const app = Fastify();
	app.post('/v1/embeddings', () => ({
		object: 'list',
		model: 'scripted',
		data: [{ object: 'embedding', index: 0, embedding: [1, 0] }],
		usage: { prompt_tokens: 1, total_tokens: 1 },
	}));
	app.post<{ Body: ChatRequest }>('/v1/chat/completions', (request, reply) => {
		const { messages, tools = [], tool_choice, stream } = request.body;
		const said = messages.filter(({ role }) => role === 'user').map(textOf);
		const script = readScript(said.at(-1) ?? '');
		if (script.fail !== undefined)
			return reply.code(script.fail).send({ error: { message: `It fails with ${script.fail}`, type: 'scripted' } });
		const earlier = said.slice(0, -1).map((text) => readScript(text).text);
		const content = script.say ?? echoReply(script.text, earlier);
		const toolRan = messages.at(-1)?.role === 'tool';
		const asked = script.tool && tools.some(({ function: { name } }) => name === script.tool?.name) && !toolRan ? script.tool : undefined;
		const forFormat = tools.find(({ function: { name } }) => typeof tool_choice === 'object' || name.startsWith('format_final'));
		const call =
			asked ?? (forFormat && !toolRan ? { name: forFormat.function.name, args: formatted(forFormat.function.name, content) } : undefined);
		const calls = call && [{ index: 0, id: 'call_1', type: 'function', function: { name: call.name, arguments: call.args } }];
		const message = { role: 'assistant', content: calls ? null : content, ...(calls ? { tool_calls: calls } : {}) };
		const finish_reason = calls ? 'tool_calls' : 'stop';
		const base = { id: 'chatcmpl-1', created: 1, model: 'scripted' };
		if (!stream) {
			const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
			return { ...base, object: 'chat.completion', choices: [{ index: 0, message, finish_reason }], usage };
		}
		const chunk = (delta: object, reason: string | null) =>
			`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
		return reply.type('text/event-stream').send(`${chunk(message, null)}${chunk({}, finish_reason)}data: [DONE]\n\n`);
	});
	await app.listen({ port: 0, host: '127.0.0.1' });
	return { url: `http://127.0.0.1:${portOf(app.server)}/v1`, close: async () => await app.close() };
}

const textOf = ({ content }: ChatRequest['messages'][number]): string =>
	Array.isArray(content) ? content.map(({ text = '' }) => text).join('') : (content ?? '');

/** n8n's tool for the format of an answer takes it as `output`. */
function formatted(tool: string, json: string): string {
	return tool.startsWith('format_final') ? `{"output":${json}}` : json;
}
