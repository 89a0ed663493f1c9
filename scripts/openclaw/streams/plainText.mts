import { createParser } from 'eventsource-parser';

interface Chunk {
	error?: unknown;
	choices?: { delta?: { content?: string | null } }[];
}

/** The text of a gateway's stream as a plain client of OpenAI's API reads it; `null` where the stream tells of an error. */
export function plainText(stream: string): string | null {
	const chunks: Chunk[] = [];
	const parser = createParser({
		onEvent: ({ data }) => {
			if (data !== '[DONE]') chunks.push(JSON.parse(data) as Chunk);
		},
	});
	parser.feed(stream);
	if (chunks.some(({ error }) => error !== undefined)) return null;
	return chunks.map(({ choices }) => choices?.[0]?.delta?.content ?? '').join('');
}
