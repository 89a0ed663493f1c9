import { jsonFromText } from '../../nodes/AgentAi/parameters/jsonFromText.ts';

const data = { a: 1 };

test.each<[string, string, unknown]>([
	['bare', '{"a":1}', data],
	['bare, with white space', '\n {"a":1}\n', data],
	['a bare scalar', '42', 42],
	['a block', 'Sure:\n```json\n{"a":1}\n```\nDone.', data],
	['a block without a language', '```\n{"a":1}\n```', data],
	['a list', '```json\n[1,2]\n```', [1, 2]],
	['a scalar in a block', '```json\n42\n```', 42],
	['a block with CRLF', 'x\r\n```json\r\n{"a":1}\r\n```\r\n', data],
	['on one line', 'Here: ```json {"a":1}``` as asked', data],
	['on one line without a language', '```{"a":1}```', data],
	['four backticks', '````json\n{"a":1}\n````', data],
	['tildes', '~~~json\n{"a":1}\n~~~', data],
	['indented', '1. So:\n   ```json\n   {"a":1}\n   ```', data],
	['not closed', 'So:\n```json\n{"a":1}\n', data],
	['not closed, and more text', 'So:\n```json\n{"a":1}\nThat is all', data],
	['fences inside a string', '```json\n{"code":"```js\\nx\\n```"}\n```', { code: '```js\nx\n```' }],
	['fences inside a string of a bare object', '{"code":"```json {} ```"}', { code: '```json {} ```' }],
	['a fenced list inside a string, on one line', '```json\n{"code":"```json [1] ```"}\n```', { code: '```json [1] ```' }],
	['fences inside a string, and not closed', '```json\n{"code":"```js {} ```"}\nThat is all', { code: '```js {} ```' }],
	[
		'many fences inside a string',
		`\`\`\`json\n${JSON.stringify({ code: '```js\n{}\n```\n'.repeat(40) })}\n\`\`\``,
		{ code: '```js\n{}\n```\n'.repeat(40) },
	],
	['JSON that stands behind it in no block', '```json\n{"a":1}\n```\n[1]', data],
	['JSON that stands between blocks', '```json\n{"a":1}\n```\n[1]\n```js\nx()\n```', data],
	['a block in a block of Markdown', '````md\n```json\n{"a":1}\n```\n````', data],
	['a stray fence before it', 'Use ``` for code:\n```json\n{"a":1}\n```', data],
	['words with braces behind it', '```json\n{"a":1}\n```\nwhere {a} is a number', data],
	['words around it', 'Here it is: {"a":1}. Done', data],
	['words with a bracket before it', 'See [1]: {"a":1}', data],
	['forty blocks of code behind it', '```json\n{"a":1}\n```\n' + '```js\nif (a) {}\n```\n'.repeat(40), data],
	['four backticks around three', '````json\n{"code":"```"}\n````', { code: '```' }],
	['another block first', '```js\nconst a = {};\n```\nand\n```json\n{"a":1}\n```', data],
	['another block last', '```json\n{"a":1}\n```\nand\n```js\nconst a = {};\n```', data],
	['thinking before', '<think>Maybe {"a":0}?</think>{"a":1}', data],
	['thinking with a block', '<think>\n```json\n{"a":0}\n```\n</think>\n\n```json\n{"a":1}\n```', data],
	['thinking that was not opened', 'Maybe.\n</think>\n{"a":1}', data],
	['thinking twice', '<think>x</think>\n{"a":\n<think>y</think>\n1}', data],
	['tags inside a string', '```json\n{"html":"<think>x</think>"}\n```', { html: '<think>x</think>' }],
])('%s', (_what, text, expected) => {
	expect(jsonFromText(text)).toEqual({ ok: true, data: expected });
});

test('of several blocks the last that parses counts, and one behind it is told', () => {
	const text = '```json\n{"a":0}\n```\nBetter:\n```json\n{"a":1}\n```\nNot:\n```json\n{"a":\n```';
	expect(jsonFromText(text)).toEqual({ ok: true, data, isOvertaken: true });
});

test.each([
	['no JSON', 'no json here'],
	['nothing', ''],
	['thinking alone', '<think>\n```json\n{"a":0}\n```\n'],
	['thinking that holds the only block', '<think>\n```json\n{"a":0}\n```\n</think>\nI cannot.'],
	['a block of two values', '```json\n{"a":1}\n{"a":2}\n```'],
	['a block with a comment', '```json\n{"a":1} // one\n```'],
	['a fence in a sentence', 'Use ``` to fence'],
	['two objects in words', 'Either {"a":1} or {"a":2}'],
	['a part of a list', '[{"a":1}, and so on'],
	['a part of an object', '{"b": {"a":1}'],
	['an object, and one that breaks off', 'Draft {"a":1}, better {"a":2'],
])('%s gives the parser’s reason', (_what, text) => {
	expect(jsonFromText(text)).toEqual({ ok: false, reason: expect.any(String) as string });
});

test.each([
	['fences', '```'.repeat(300_000)],
	['braces', '{ '.repeat(400_000) + '}'],
	['names', '"a" '.repeat(250_000)],
	['blocks that open an object', '```\n{\n'.repeat(100_000)],
	['blocks that open a string', '```{"'.repeat(100_000)],
	['thoughts', '<think>\n'.repeat(100_000)],
	['ends of thoughts', '</think>\n'.repeat(100_000)],
	['white space', `\`\`\`${' '.repeat(500_000)}x`],
	['blocks of white space', '```json\n    \n'.repeat(100_000)],
	['fences of tildes on one line', '~~~ '.repeat(250_000)],
	['blocks that are valid but for their end', '```\n{} x\n{}\n```\n'.repeat(60_000)],
	['ends of a list that never came', '```["a"' + ',"a"'.repeat(100_000) + '```]'.repeat(100_000)],
	['words that end as values do', '```\n{e\n'.repeat(100_000)],
	['blocks that are valid', '```\n[]\n```\n'.repeat(100_000)],
	['deep nesting', '```json\n' + '['.repeat(200_000)],
])('a megabyte of %s is read in time', (_what, text) => {
	// a quadratic walk over these takes minutes, and the test runner ends it
	expect(typeof jsonFromText(text).ok).toBe('boolean');
});
