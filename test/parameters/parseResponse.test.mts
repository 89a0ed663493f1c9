import { withJson } from '../../nodes/AgentAi/parameters/parseResponse.ts';

test('the data stand beside the text, also where the text is the whole response', () => {
	for (const response of [{ response_text: '{"a":1}' }, '{"a":1}']) {
		expect(withJson({ status: 200, response })).toEqual({
			answer: { status: 200, response: { response_text: '{"a":1}', response_json: { a: 1 } } },
		});
	}
	const { answer, invalid } = withJson({ status: 200, response: 'no JSON' });
	expect(answer.response).toEqual({ response_text: 'no JSON', response_json: null, response_json_error: invalid });
	expect(invalid).toBeDefined();
});

test('an answer without a text stays as it is', () => {
	for (const response of [{ files: [] }, ['{"a":1}'], 12, null, undefined]) {
		expect(withJson({ status: 200, response })).toEqual({ answer: { status: 200, response } });
	}
});

test.each([
	['length', 'its length'],
	['content_filter: PROHIBITED_CONTENT', 'a content filter'],
])('of an answer that was cut in a block (%s) the block before is not the answer', (finish_reason, by) => {
	const block = (json: string) => `\`\`\`json\n${json}`;
	const whole = `Draft:\n${block('{"a":1}')}\n\`\`\`\nFinal:\n`;
	const response = { response_text: whole + block('{"a":2,"b":['), finish_reason };
	expect(withJson({ status: 200, response })).toMatchObject({ invalid: `it was cut by ${by}` });
	// one that was cut behind its block has it
	expect(withJson({ status: 200, response: { ...response, response_text: whole } })).toMatchObject({
		answer: { response: { response_json: { a: 1 } } },
	});
});
