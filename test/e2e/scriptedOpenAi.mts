import Fastify from 'fastify';

import { portOf } from '../support/port.mts';

interface ChatRequest {
	messages: { role: string; content: unknown }[];
	tools?: { function: { name: string; parameters?: { properties?: Record<string, unknown> } } }[];
	stream?: boolean;
}

/**
 * A scripted model behind OpenAI's API: it calls the tool whose name contains the word in the user's message once, with
 * its texts filled in, and then repeats what the tool said.
 */
export async function startScriptedOpenAi() {
	/** What the tools have answered, as the model received it. */
	const toolAnswers: string[] = [];
	const app = Fastify();
	app.post<{ Body: ChatRequest }>('/v1/chat/completions', (request, reply) => {
		const { messages, tools = [], stream } = request.body;
		const answers = messages
			.filter(({ role }) => role === 'tool')
			.map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)));
		toolAnswers.push(...answers);
		const asked = JSON.stringify(messages.findLast(({ role }) => role === 'user')?.content ?? '');
		const tool = tools.find(({ function: { name } }) => asked.includes(name));
		const calls =
			tool && answers.length === 0
				? [
						{
							index: 0,
							id: 'call_1',
							type: 'function',
							function: { name: tool.function.name, arguments: JSON.stringify(argumentsFor(tool)) },
						},
					]
				: undefined;
		const content = calls ? null : `The tool said: ${answers.join(' ')}`;
		const finish_reason = calls ? 'tool_calls' : 'stop';
		const message = { role: 'assistant', content, ...(calls ? { tool_calls: calls } : {}) };
		const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
		if (!stream)
			return { id: '1', object: 'chat.completion', created: 1, model: 'scripted', choices: [{ index: 0, message, finish_reason }], usage };
		const chunk = (delta: object, reason: string | null) =>
			`data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'scripted', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
		return reply.type('text/event-stream').send(`${chunk(message, null)}${chunk({}, finish_reason)}data: [DONE]\n\n`);
	});
	await app.listen({ port: 0, host: '127.0.0.1' });
	return {
		url: `http://127.0.0.1:${portOf(app.server)}/v1`,
		toolAnswers,
		close: async () => {
			await app.close();
		},
	};
}

const argumentsFor = (tool: NonNullable<ChatRequest['tools']>[number]) =>
	Object.fromEntries(Object.keys(tool.function.parameters?.properties ?? {}).map((name) => [name, 'asked by the model']));
