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
