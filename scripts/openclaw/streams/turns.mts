/** What the model answers to one request of its agent. */
export type Reply =
	| {
			/** Its text, in the pieces in which it comes. */
			text?: string[];
			/** Other deltas, sent before the text. */
			deltas?: object[];
			finish?: string;
			/** The connection breaks off behind the text. */
			breaksOff?: boolean;
	  }
	/** The HTTP status with which its provider refuses. */
	| { status: number };

/** One turn of an agent whose stream is recorded. */
export interface Turn {
	/** Names the file too. */
	name: string;
	/** What the model answers: first, and once a tool has run. */
	model: Reply[];
	/** The text that the node gives, where it is not what a plain client reads. */
	gives?: string;
	/** Fields of the request, beside model, messages and stream. */
	request?: object;
	/** Earlier messages of the request. */
	earlier?: object[];
	/** An image in the message. */
	image?: string;
	/** The agent and its provider, where a turn spoils one or needs another API. */
	agent?: string;
	api?: string;
	session?: string;
	/** Takes more than a minute: the agent asks a failing provider again. */
	isSlow?: boolean;
}

/** A turn whose model says a text in pieces. */
const says = (name: string, text: string[], more: Partial<Turn> = {}): Turn => ({
	name,
	model: [{ text }],
	...more,
});
const words = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? [];
const toolCall = (name: string, args: object): Reply => ({
	deltas: [{ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: JSON.stringify(args) } }] }],
	finish: 'tool_calls',
});
/** A PNG of one transparent pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const TOOLS = [
	{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } },
];

/** The turns of a recording, from plain words to what only some models or providers do. */
export const TURNS: Turn[] = [
	says('words', words('Do not delete it, and do not pay twice.')),
	says('one word', ['Yes']),
	says('one character at a time', Array.from('No, wait.')),
	says('all in one piece', ['First the invoice, then the reminder, and never both on one day.']),
	says('quotes and backslashes', ['She said "no', '" and left \\', 'server\\share\\"x"', ' behind']),
	says('code', ['```ts\n', 'if (a < b && c) {\n\t', 'return `${a}\\n`;', '\n}\n```', '\n']),
	says('JSON', ['{"a":', ' [1, 2, {"b"', ':null}], "data": "x', '"}\n']),
	says('JSON in a fence', ['Here it is:\n```json\n', '{"choices":[{"delta":{"content":"x"}}]}', '\n```']),
	says('words of the protocol', ['One\n\n', 'data: [DONE]\n\n', 'event: error\ndata: {"error"', ':{"message":"no"}}\n\n', 'two']),
	says('line ends of all kinds', ['a\r\n', 'b\r', 'c\n\n\n', 'd\u2028e\u2029f\u0085g', '\th  i']),
	says('a table', words('| a | b |\n|---|---|\n| 1 | not 2 |\n')),
	says('emoji', ['👩‍👩', '‍👧 and ', '🏳️‍🌈', ' 🦞']),
	says('Greek, Arabic, Hebrew, Chinese', ['Όχι ', 'لا تدفع ', 'אל ', '不要删除', '。']),
	says('accents in two forms', ['Grüße', ' Gru\u0308ße', ' naïve']),
	says('codes of HTML and URLs', ['a &amp; b ', '%20 &#x2F; ', '\\u0041 ', '<b>no</b>']),
	says('blanks around', ['  ', 'indented', '\n', '  ']),
	says('numbers', ['1', '0', '0', '.5', '0 €', ' or −1']),
	says('an address of an image', ['![cat](https://files.example/', 'cat.png) and ', 'https://files.example/a?b=c&d=%22']),
	says('long', words('The order was placed on Monday and paid on Tuesday. '.repeat(12).trimEnd())),
	says('a session’s first turn', ['Hello ', 'Ada'], { session: 'recorded' }),
	says('a session’s second turn', ['As I said, ', 'hello'], { session: 'recorded' }),
	says('earlier messages', ['You asked ', 'before'], {
		earlier: [
			{ role: 'user', content: 'Is it paid?' },
			{ role: 'assistant', content: 'No.' },
		],
	}),
	says('an image in the message', ['A single ', 'pixel'], { image: PIXEL }),
	says('with usage', ['Five ', 'tokens'], { request: { stream_options: { include_usage: true } } }),
	says('silent words alone', ['NO_', 'REPLY']),
	says('silent words at the end', ['All done. ', 'NO_REPLY'], { gives: 'All done.' }),
	says('a heartbeat', ['HEARTBEAT_OK'], { gives: '' }),
	says('a text that a tag of thinking opens', ['<think>Maybe ', 'not.</think>', 'Yes']),
	says('a call of a tool as text', ['I look. <tool_call>{"name":"x"', ',"arguments":{}}</tool_call>', ' Done']),
	{
		name: 'reasoning, then the text',
		model: [{ deltas: [{ reasoning_content: 'Hm, ' }, { reasoning_content: 'no.' }], text: ['Better ', 'not'] }],
	},
	{ name: 'a refusal', model: [{ deltas: [{ refusal: 'I cannot ' }, { refusal: 'help.' }] }] },
	{ name: 'cut by its length', model: [{ text: words('And then the'), finish: 'length' }] },
	{ name: 'stopped by a filter', model: [{ text: words('How to'), finish: 'content_filter' }] },
	{ name: 'an odd reason to finish', model: [{ text: words('It is done'), finish: 'eos' }] },
	{
		name: 'a tool, then the text',
		model: [toolCall('sessions_list', { limit: 1 }), { text: words('There is one session') }],
	},
	{
		name: 'text, a tool, and text again',
		model: [{ ...toolCall('sessions_list', { limit: 1 }), text: ['I look. '] }, { text: words('There is one') }],
	},
	{
		name: 'a tool of the caller',
		model: [toolCall('get_weather', { city: 'Bern "BE"' })],
		request: { tools: TOOLS },
	},
	{ name: 'nothing at all', model: [{}] },
	{ name: 'the provider refuses the request', model: [{ status: 400 }] },
	{ name: 'the provider refuses its key', model: [{ status: 401 }], agent: 'keyless' },
	{ name: 'the provider wants money', model: [{ status: 402 }], agent: 'moneyless' },
	says('a session without its agent', ['never said'], { session: 'bare', agent: '' }),
	says('a model behind Anthropic’s API', ['Do ', 'not ', 'pay "twice"'], { agent: 'anthropic', api: 'anthropic-messages' }),
	says('a model behind OpenAI’s Responses API', ['Do ', 'not ', 'pay "twice"'], { agent: 'responses', api: 'openai-responses' }),
	{ name: 'the provider is down', model: [{ status: 500 }], agent: 'down', isSlow: true },
	{ name: 'the provider breaks off', model: [{ text: words('Do not'), breaksOff: true }], agent: 'breaking', isSlow: true },
	{ name: 'the provider is overloaded', model: [{ status: 529 }], agent: 'overloaded', isSlow: true },
];
