import type { ActionRequest } from '../../nodes/AgentAi/client/actionRequest.ts';
import { chatCompletion } from '../../nodes/AgentAi/operations/chatCompletion.ts';
import { actionResponse } from '../../nodes/AgentAi/transport/answer.ts';

const REQUEST: ActionRequest = { action: 'openclaw_chat_completion', body: {}, timeoutSeconds: 1, secrets: [], jsonMode: 'off' };

test.each([
	['', 'length', /cut by its length, before/, /raise the output limit/],
	[null, 'content_filter', /cut by a content filter, before/, /raise the output limit/],
	['', 'stop', /^The agent/, /Rephrase the message/],
])('an answer without a text says whether it was cut: content %j, %s', (content, finish_reason, message, advice) => {
	const answer = actionResponse({ object: 'chat.completion', choices: [{ index: 0, message: { content }, finish_reason }] });
	const judged = chatCompletion.judge?.(answer!, REQUEST);
	if (judged?.ok !== false) throw new Error('it passed');
	expect(judged.failure).toMatchObject({ kind: 'emptyAnswer' });
	expect([judged.failure.message, judged.failure.description]).toEqual([expect.stringMatching(message), expect.stringMatching(advice)]);
});
